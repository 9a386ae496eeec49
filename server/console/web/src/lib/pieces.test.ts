import { describe, expect, it } from 'vitest';
import type { Covered } from './api';
import { fitting, withPieces } from './pieces';

const of = (layer: string, ...counts: number[]): Covered => ({
  layer, covered_m2: 1, uncovered_m2: 0, summed_m2: 1, classes: counts.map((count, i) => ({ class: String(i), area_m2: 1, share: 1, count })),
});

describe('pieces', () => {
  it.each([
    [[of('a', 40, 60), of('b', 10)], { drawn: ['b', 'a'], left: [] }],
    [[of('a', 90, 60), of('b', 10), of('c', 101)], { drawn: ['b'], left: [{ layer: 'c', count: 101 }, { layer: 'a', count: 150 }] }],
    [[of('a', 111), of('b')], { drawn: [], left: [{ layer: 'a', count: 111 }] }],
    [[], { drawn: [], left: [] }],
  ])('fit in 110 from the smallest layer on: %#', (layers, want) => {
    expect(fitting(layers, 110)).toEqual(want);
  });
  it('join the sums', () => {
    const whole = { ...of('b', 1), features: [] };
    expect(withPieces({ area_m2: 1, area_mu: 2, layers: [of('a', 5), of('b', 1)] }, { area_m2: 1, area_mu: 2, layers: [whole] }).layers).toEqual([of('a', 5), whole]);
  });
});
