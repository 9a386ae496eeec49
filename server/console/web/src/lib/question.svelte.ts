// What the panel is about, and what was asked of it: attributes and overlap.

import type { Position } from 'geojson';
import * as api from './api';
import type { LonLat } from './crs';
import type { Hit } from './map';
import { fitting, withPieces } from './pieces';

/** Features at a place of which one is chosen, a drawn polygon, or a place without features. */
export type Subject = { hits: Hit[]; hit: Hit } | { ring: Position[] } | { place: LonLat };

export const message = (e: unknown): string => (e instanceof Error ? e.message : String(e));

export class Question {
  subject = $state.raw<Subject | null>(null);
  item = $state.raw<api.Item | null>(null);
  itemFailure = $state('');
  gone = $state(false); // the feature is no longer there
  overlap = $state.raw<api.Overlap | null>(null);
  overlapFailure = $state('');
  warnings = $state.raw<string[]>([]);
  unmarked = $state.raw<{ layer: string; count: number }[]>([]); // layers with too many pieces to draw
  pieced = $state(false); // the overlap has pieces

  private asked: AbortController | null = null;

  /** Turns to a subject: what was asked of the former one is given up. */
  turn(subject: Subject | null): AbortSignal {
    this.asked?.abort();
    this.asked = new AbortController();
    this.subject = subject;
    this.item = this.overlap = null;
    this.itemFailure = this.overlapFailure = '';
    this.gone = this.pieced = false;
    this.warnings = [];
    this.unmarked = [];
    return this.asked.signal;
  }

  async readItem(layer: string, id: string, signal: AbortSignal): Promise<api.Item | null> {
    try {
      return (this.item = await api.item(layer, id, signal));
    } catch (e) {
      if (signal.aborted) return null;
      this.gone = e instanceof api.Refusal && e.status === 404;
      this.itemFailure = message(e);
      return null;
    }
  }

  /** First the sums, which are small, then the pieces of the layers that have not too many. */
  async measure(of: api.Subject, others: string[], signal: AbortSignal): Promise<void> {
    if (!others.length) return;
    try {
      const sums = await api.overlap(of, others, false, signal);
      this.overlap = sums.results[0];
      this.warnings = (sums.warnings ?? []).flatMap((w) => w.problems.map((p) => `${p.code} ${p.lon}, ${p.lat}`)).slice(0, 5);
      const { drawn, left } = fitting(this.overlap.layers);
      this.unmarked = left;
      if (!drawn.length) return;
      this.overlap = withPieces(this.overlap, (await api.overlap(of, drawn, true, signal)).results[0]);
      this.pieced = true;
    } catch (e) {
      if (!signal.aborted) this.overlapFailure = message(e);
    }
  }
}
