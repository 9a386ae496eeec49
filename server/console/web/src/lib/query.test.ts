import { describe, expect, it } from 'vitest';
import { BadLine, placeOf, ringOf } from './query';

describe('placeOf', () => {
  it.each([
    ['94.9,36.4', 94.9, 36.4],
    ['94.9 36.4', 94.9, 36.4],
    ['９４．９，３６．４', 94.9, 36.4],
    ['36.4, 94.9', 94.9, 36.4],
    ['94.9°E, 36.4°N', 94.9, 36.4],
    ['4030489.910,32401321.407', 94.9, 36.4],
    ['32401321.407 4030489.910', 94.9, 36.4],
    ['3788246.147，31448716.013', 92.443449, 34.220372],
  ])('%s', (text, lon, lat) => {
    const p = placeOf(text)!;
    expect(p[0]).toBeCloseTo(lon, 8);
    expect(p[1]).toBeCloseTo(lat, 8);
  });
  it.each(['632801200100002770', '西城区', '94.9', '200,300', '4030489,401321', '1,2,3', ''])('%s is no place', (text) => {
    expect(placeOf(text)).toBeNull();
  });
});

describe('ringOf', () => {
  it('reads lines and drops the closing one', () => {
    expect(ringOf('94.9,36.4\n\n94.91,36.4\n94.9,36.41\n94.9,36.4')).toEqual([[94.9, 36.4], [94.91, 36.4], [94.9, 36.41]]);
  });
  it('says which line is bad', () => {
    try {
      ringOf('94.9,36.4\nhere');
      expect.unreachable();
    } catch (e) {
      expect(e).toBeInstanceOf(BadLine);
      expect((e as BadLine).line).toBe(2);
    }
  });
});
