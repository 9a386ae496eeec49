// Following the commits (server-sent events), and whether one matters.

import { address, json, noteSeq, type Box, type Commit } from './api';

/**
 * Follows the commits while the page is in sight. changed is called with each;
 * state with true and false as the connection comes and goes. A hidden page
 * gives its connection back: a browser has only six to a host.
 */
export function follow(changed: (c: Commit) => void, state: (on: boolean) => void): void {
  let source: EventSource | null = null;
  let last = 0;
  const take = (e: MessageEvent<string>): void => {
    let commit: Commit;
    try { commit = JSON.parse(e.data); } catch { return; }
    last = Math.max(last, commit.seq);
    noteSeq(commit.seq);
    changed(commit);
  };
  const open = (): void => {
    const s = (source = new EventSource(address(last ? `events?after=${last}` : 'events')));
    s.onopen = () => state(true);
    s.onerror = () => {
      state(false);
      // A refused stream (too many, still loading) is not tried again by itself.
      if (s.readyState === EventSource.CLOSED) setTimeout(() => { if (s === source) open(); }, 10_000);
    };
    s.addEventListener('commit', take);
    s.addEventListener('reset', take);
  };
  document.addEventListener('visibilitychange', async () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      const { seq } = await json<{ seq?: number }>('collections').catch(() => ({ seq: 0 }));
      if (!last && seq) changed({ seq }); // what came meanwhile is not known
      open();
    }
  });
  void json<{ seq?: number }>('collections').then((c) => { last = Math.max(last, c.seq ?? 0); }, () => {}).then(() => { if (!document.hidden) open(); });
}

export interface Tile { z: number; x: number; y: number }

const unit = (lon: number): number => (lon + 180) / 360;
const unitY = (lat: number): number => 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);

/** The ranges of tiles of a zoom that a view shows: minx, miny, maxx, maxy. */
export function viewTiles([w, s, e, n]: Box, z: number): Box {
  const k = 2 ** z, cell = (v: number): number => Math.min(k - 1, Math.max(0, Math.floor(v * k)));
  return [cell(unit(w)), cell(unitY(n)), cell(unit(e)), cell(unitY(s))];
}

/** The tiles in both a view and the ranges that a commit names at that zoom. */
export function touchedTiles(view: Box, z: number, ranges: Box[]): Tile[] {
  const v = viewTiles(view, z);
  const found = new Map<string, Tile>();
  for (const r of ranges) {
    for (let x = Math.max(v[0], r[0]); x <= Math.min(v[2], r[2]); x++) {
      for (let y = Math.max(v[1], r[1]); y <= Math.min(v[3], r[3]); y++) found.set(`${x}/${y}`, { z, x, y });
    }
  }
  return [...found.values()];
}

/** Whether two closed boxes meet. */
export const meets = (a: Box, b: Box): boolean => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
