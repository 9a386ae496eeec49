// Which pieces of an overlap are drawn and listed.

import type { Covered, Overlap } from './api';

/**
 * How many pieces are drawn at most. Their geometry is some 600 bytes each: as
 * many hold the page up for less than half a second, once.
 */
export const mostPieces = 10_000;

export const pieceCount = (c: Covered): number => c.classes.reduce((n, k) => n + k.count, 0);

/** The layers whose pieces fit together, the smallest first, and those that are left out with their counts. */
export function fitting(layers: Covered[], most = mostPieces): { drawn: string[]; left: { layer: string; count: number }[] } {
  const drawn: string[] = [], left: { layer: string; count: number }[] = [];
  let sum = 0;
  for (const { layer, count } of layers.map((c) => ({ layer: c.layer, count: pieceCount(c) })).filter((c) => c.count > 0).sort((a, b) => a.count - b.count)) {
    if ((sum += count) <= most) drawn.push(layer);
    else left.push({ layer, count });
  }
  return { drawn, left };
}

/** The sums of one answer with the pieces of another. */
export const withPieces = (sums: Overlap, whole: Overlap): Overlap =>
  ({ ...sums, layers: sums.layers.map((c) => whole.layers.find((w) => w.layer === c.layer) ?? c) });
