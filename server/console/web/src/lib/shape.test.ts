import { describe, expect, it } from 'vitest';
import { touchedTiles, viewTiles, meets } from './events';
import { around, boxOf, namePlaces } from './shape';

describe('tiles that matter', () => {
  it('knows the tiles of DOMAIN 7.3', () => {
    expect(viewTiles([94.9, 36.4, 94.9, 36.4], 10)).toEqual([781, 400, 781, 400]);
    expect(viewTiles([94.9, 36.4, 94.9, 36.4], 17)).toEqual([100088, 51289, 100088, 51289]);
  });
  it('keeps what is in view and touched', () => {
    const view: [number, number, number, number] = [94.8, 36.3, 95.0, 36.5];
    expect(touchedTiles(view, 10, [[781, 400, 790, 400], [781, 399, 781, 400]])).toEqual([{ z: 10, x: 781, y: 400 }, { z: 10, x: 782, y: 400 }]
      .filter((t) => t.x <= viewTiles(view, 10)[2]));
    expect(touchedTiles(view, 10, [[0, 0, 5, 5]])).toEqual([]);
  });
  it('compares boxes', () => {
    expect(meets([0, 0, 1, 1], [1, 1, 2, 2])).toBe(true);
    expect(meets([0, 0, 1, 1], [1.1, 0, 2, 2])).toBe(false);
  });
});

describe('shapes', () => {
  it('has boxes', () => {
    expect(boxOf({ type: 'MultiPolygon', coordinates: [[[[1, 2], [3, 2], [3, 5], [1, 2]]], [[[-1, 0], [0, 0], [0, 1], [-1, 0]]]] })).toEqual([-1, 0, 3, 5]);
    expect(boxOf(null)).toBeNull();
    expect(around([null, [1, 2, 3, 4], [0, 3, 2, 9], [-180, -90, 180, 90]])).toEqual([0, 2, 3, 9]);
    expect(around([])).toBeNull();
  });
  it('writes names inside, beside a hole', () => {
    const c = namePlaces({ type: 'Polygon', coordinates: [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]], [[4, 1], [9, 1], [9, 9], [4, 9], [4, 1]]] });
    expect(c).toHaveLength(1);
    const [x, y] = c[0].at;
    expect(x > 4 && x < 9 && y > 1 && y < 9).toBe(false);
  });
  it('knows small parts of a whole', () => {
    const square = (x: number, size: number): number[][][] => [[[x, 0], [x + size, 0], [x + size, size], [x, size], [x, 0]]];
    const places = namePlaces({ type: 'MultiPolygon', coordinates: [square(0, 10), square(20, 5), square(30, 1)] });
    expect(places.map((p) => p.minor)).toEqual([false, false, true]);
    expect(places[0].width).toBeCloseTo(10);
    expect(namePlaces(null)).toEqual([]);
  });
});
