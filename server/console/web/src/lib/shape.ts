// Small geometry of what is shown: boxes, and where to write a name.

import type { Geometry, Position } from 'geojson';
import type { Box } from './api';

/** The smallest box around boxes that are sound and smaller than the world; null: none. */
export function around(boxes: (Box | null)[]): Box | null {
  const sound = boxes.filter((b): b is Box => !!b && b.length >= 4 && b.every(Number.isFinite) && b[0] <= b[2] && !(b[0] <= -180 && b[2] >= 180));
  if (!sound.length) return null;
  return [0, 1, 2, 3].map((i) => Math[i < 2 ? 'min' : 'max'](...sound.map((b) => b[i]))) as Box;
}

/** The box of a geometry, null for one without coordinates. */
export function boxOf(g: Geometry | null): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (c: unknown): void => {
    if (!Array.isArray(c)) return;
    if (typeof c[0] !== 'number') return c.forEach(walk);
    box[0] = Math.min(box[0], c[0]); box[1] = Math.min(box[1], c[1]);
    box[2] = Math.max(box[2], c[0]); box[3] = Math.max(box[3], c[1]);
  };
  if (g && 'coordinates' in g) walk(g.coordinates);
  return box[0] <= box[2] ? box : null;
}

/** The spans of a horizontal line inside a polygon, by the even-odd rule. */
function spans(rings: Position[][], y: number): [number, number][] {
  const xs: number[] = [];
  for (const r of rings) {
    for (let i = 1; i < r.length; i++) {
      const [x1, y1] = r[i - 1], [x2, y2] = r[i];
      if (y1 > y !== y2 > y) xs.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
    }
  }
  xs.sort((p, q) => p - q);
  return xs.flatMap((x, i) => (i % 2 ? [[xs[i - 1], x] as [number, number]] : []));
}

/** Where a name goes: how wide the part is there, in degrees, and whether it is small beside the largest part. */
export interface NamePlace { at: Position; width: number; minor: boolean }

/** A place well inside each part: the middle of the widest of some horizontal cuts. */
export function namePlaces(g: Geometry | null): NamePlace[] {
  const parts = g?.type === 'Polygon' ? [g.coordinates] : g?.type === 'MultiPolygon' ? g.coordinates : [];
  const places = parts.flatMap((rings) => {
    const box = boxOf({ type: 'Polygon', coordinates: rings });
    if (!box) return [];
    let at: Position | null = null, width = 0;
    for (let i = 3; i <= 13; i++) {
      const y = box[1] + ((box[3] - box[1]) * i) / 16;
      for (const [from, to] of spans(rings, y)) {
        const central = (to - from) * (1 - Math.abs(i - 8) / 12); // rather the middle than an edge
        if (central > width) [at, width] = [[(from + to) / 2, y], central];
      }
    }
    return at ? [{ at, width }] : [];
  });
  const widest = Math.max(...places.map((p) => p.width));
  return places.map((p) => ({ ...p, minor: p.width < widest / 3 }));
}
