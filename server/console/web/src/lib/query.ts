// What was typed into a field: a place, or words to look up.

import { fromGrid, isZone, type LonLat } from './crs';

const inRange = ([lon, lat]: LonLat): boolean => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

/** Full-width digits and marks, as a Chinese keyboard gives them, to plain ones. */
const plain = (text: string): string =>
  text.replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[　、；]/g, ' ').trim();

const pair = /^([+-]?\d+(?:\.\d+)?)\s*°?\s*[EN东北]?\s*[,;\s]\s*([+-]?\d+(?:\.\d+)?)\s*°?\s*[EN东北]?$/i;

/**
 * A place typed as "94.9,36.4" (longitude first; latitude first where the other
 * reading cannot be) or as Gauss-Krüger "X,Y" with the zone before Y, in either
 * order, because the zone tells which is which. null: no place.
 */
export function placeOf(text: string): LonLat | null {
  const m = pair.exec(plain(text));
  if (!m) return null;
  const one = Number(m[1]), two = Number(m[2]);
  const grid = (x: number, y: number): boolean => isZone(Math.floor(y / 1e6)) && x > 0 && x < 1e7;
  if (grid(one, two)) return fromGrid(one, two);
  if (grid(two, one)) return fromGrid(two, one);
  if (inRange([one, two])) return [one, two];
  return inRange([two, one]) ? [two, one] : null;
}

/** A line that is no place: its number from 1 and its text. */
export class BadLine extends Error {
  constructor(readonly line: number, readonly text: string) { super(`${line}: ${text}`); }
}

/** A ring typed as one place a line; a repeated first place at the end is dropped. */
export function ringOf(text: string): LonLat[] {
  const ring: LonLat[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    if (!line.trim()) return;
    const place = placeOf(line);
    if (!place) throw new BadLine(i + 1, line.trim());
    ring.push(place);
  });
  const [first, last] = [ring[0], ring[ring.length - 1]];
  if (ring.length > 1 && first[0] === last[0] && first[1] === last[1]) ring.pop();
  return ring;
}
