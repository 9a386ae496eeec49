import { describe, expect, it } from 'vitest';
import { epsgOf, fromGrid, toGrid, zoneOf } from './crs';

// DOMAIN 7.5: by proj4js, to the millimetre.
const golden: [string, number, number, number, number, number][] = [
  ['Golmud', 94.9, 36.4, 32, 4030489.91, 32401321.407],
  ['Qarhan', 95.311407, 36.815762, 32, 4076286.243, 32438559.2],
  ['Dagele', 95.758657, 36.450215, 32, 4035527.032, 32478363.962],
  ['Wutumeiren', 93.168552, 36.915143, 31, 4087107.082, 31515019.757],
  ['Tanggulashan', 92.443449, 34.220372, 31, 3788246.147, 31448716.013],
];

describe('Gauss-Krüger', () => {
  it.each(golden)('%s', (_, lon, lat, zone, x, y) => {
    const g = toGrid([lon, lat]);
    expect(g.zone).toBe(zone);
    expect(Math.abs(g.x - x)).toBeLessThan(0.0006);
    expect(Math.abs(g.y - y)).toBeLessThan(0.0006);
  });

  it('comes back to within a nanodegree, also in the neighbour zone', () => {
    for (const [, lon, lat, zone] of golden) {
      for (const z of [zone - 1, zone, zone + 1]) {
        const g = toGrid([lon, lat], z);
        const [lon2, lat2] = fromGrid(g.x, g.y);
        expect(Math.abs(lon2 - lon)).toBeLessThan(1e-11);
        expect(Math.abs(lat2 - lat)).toBeLessThan(1e-11);
      }
    }
  });

  it('numbers zones and systems', () => {
    expect([zoneOf(94.4999), zoneOf(94.5), zoneOf(91.5), zoneOf(91.49)]).toEqual([31, 32, 31, 30]);
    expect([epsgOf(32), epsgOf(31), epsgOf(25)]).toEqual([4520, 4519, 4513]);
  });
});
