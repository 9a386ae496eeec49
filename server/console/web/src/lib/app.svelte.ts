// What the page shows, and what its people can do with it.

import type { Position } from 'geojson';
import { tick } from 'svelte';
import * as api from './api';
import type { Layer } from './api';
import type { LonLat } from './crs';
import type { Drawing, DrawMode } from './draw';
import { follow, meets } from './events';
import { format, parse } from './hash';
import type { CityMap, Hit } from './map';
import { glossary, layerName, nameOf, readNamed, type Named } from './names';
import { message, Question, type Subject } from './question.svelte';
import { boxOf, namePlaces } from './shape';
import { clicked, colorOf, inOrder } from './style';
import { words, type Key, type Language } from './words';

/** Does something when the page has nothing better to do. */
const whenIdle = (f: () => void): void => { if ('requestIdleCallback' in window) requestIdleCallback(f, { timeout: 500 }); else setTimeout(f); };

export interface Lit { key: string; id?: string }

export const pieceKey = (layer: string, code: string): string => `${layer} ${code}`;

class App {
  language = $state<Language>('zh');
  seq = $state(0);
  layers = $state.raw<Layer[]>([]);
  off = $state.raw<ReadonlySet<string>>(new Set());
  mapless = $state(false);
  loading = $state(true);
  failure = $state('');
  offline = $state(false);
  tileProblem = $state('');
  less = $state.raw<Layer[]>([]);
  pointer = $state.raw<LonLat | null>(null);
  moves = $state(0); // counts the views that the map came to rest on
  lit = $state.raw<Lit | null>(null);
  fromMap = $state(false); // lit by the pointer on the map
  mode = $state<DrawMode>('off');
  drawn = $state.raw<Position[] | null>(null);
  sheet = $state(false);

  readonly question = new Question();
  map: CityMap | null = null;
  private drawing: Drawing | null = null;
  private problems: string[] = [];
  private flags = { probe: false, nogl: false };

  /** Layers as the list has them, the uppermost first. */
  readonly listed = $derived([...inOrder(this.layers)].reverse());

  /** English of the words that the data's dictionaries know. */
  readonly known = $derived(glossary(this.layers));

  t = (key: Key): string => words[this.language][key];

  name = (l: Layer | undefined, id = ''): string => layerName(l, this.language, id);

  layer = (id: string): Layer | undefined => this.layers.find((l) => l.id === id);

  visible = (id: string): boolean => !this.off.has(id);

  /** Reads the address and the layers, then shows them. host takes the map. */
  async start(host: HTMLElement): Promise<void> {
    const a = parse(location.hash);
    this.language = a.lang;
    this.flags = { probe: a.probe, nogl: a.nogl };
    this.off = new Set(a.off);
    api.onSeq((seq) => { this.seq = seq; });
    this.mapless = a.nogl || !document.createElement('canvas').getContext('webgl2');
    const maps = this.mapless ? null : Promise.all([import('./map'), import('./draw')]);
    try {
      this.layers = await api.layers();
      if (this.layers.length && maps) await this.open(host, await maps, a.map);
      this.loading = false;
      window.addEventListener('hashchange', () => this.reread());
      if (a.draw) this.analyse(a.draw.map((p) => [...p]), !a.map);
      else if (a.at) await this.choose({ ...a.at, properties: {} }, undefined, !a.map);
      follow((c) => this.changed(c), (on) => { this.offline = !on; });
      void this.nameUnits();
      await this.watch();
    } catch (e) {
      this.loading = false;
      this.failure = message(e);
      this.ready({ failed: this.failure });
      throw e;
    }
  }

  private async open(host: HTMLElement, [{ CityMap }, { Drawing }]: [typeof import('./map'), typeof import('./draw')], camera: ReturnType<typeof parse>['map']): Promise<void> {
    const map = (this.map = new CityMap(host, this.layers, this.visible, this.language, camera, {
      picked: (hits, at) => this.picked(hits, at),
      hovered: (key) => { if (key !== null || this.fromMap) this.light(key === null ? null : { key }, true); },
      moved: (at) => { this.pointer = at; },
      settled: () => whenIdle(() => { this.less = map.generalised(); }),
      failed: (e) => this.failed(e),
    }));
    map.gl.on('moveend', () => { this.moves++; this.writeSoon(); });
    await map.idle();
    this.drawing = new Drawing(map, (ring) => this.analyse(ring, false), () => { this.mode = 'off'; });
  }

  private writing: ReturnType<typeof setTimeout> | undefined;

  /** Writes the address when moves have ceased: it costs milliseconds, and browsers ration it. */
  private writeSoon(): void {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => this.write(), 150);
  }

  /** Writes the view into the address. */
  private write(): void {
    const s = this.question.subject;
    history.replaceState(history.state, '', format({
      map: this.map?.camera() ?? null,
      off: this.layers.map((l) => l.id).filter((id) => this.off.has(id)),
      at: s && 'hit' in s && s.hit.id !== null ? { layer: s.hit.layer, id: s.hit.id } : null,
      draw: this.drawn?.map(([x, y]) => [x, y] as const) ?? null,
      lang: this.language, ...this.flags,
    }));
  }

  /** The address was changed by hand or by a link: shows what it says now. */
  private reread(): void {
    const a = parse(location.hash);
    this.speak(a.lang);
    for (const l of this.layers) if (a.off.includes(l.id) === this.visible(l.id)) this.toggle(l.id, !a.off.includes(l.id));
    if (a.map) this.map?.jump(a.map);
    if (a.draw) this.analyse(a.draw.map((p) => [...p]), false);
    else if (a.at) void this.choose({ ...a.at, properties: {} });
    else this.close();
  }

  speak(language: Language): void {
    this.language = language;
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = language === 'zh' ? `${words.zh.title} tuban` : 'tuban';
    this.map?.gl.getCanvas().setAttribute('aria-label', this.t('map'));
    this.map?.speak(language);
    void this.nameUnits();
    if (this.loading) return;
    this.write();
    void this.watch();
  }

  toggle(id: string, on: boolean): void {
    const off = new Set(this.off);
    off[on ? 'delete' : 'add'](id);
    this.off = off;
    this.map?.show(id, on);
    this.markPieces();
    void this.nameUnits();
    this.write();
  }

  private failed(e: { message: string }): void {
    if (/abort/i.test(e.message)) return;
    this.problems.push(e.message);
    this.tileProblem = e.message;
  }

  private picked(hits: Hit[], at: LonLat): void {
    if (hits.length) void this.choose(hits[0], hits).then(() => this.watch());
    else {
      this.close();
      void this.watch();
    }
    this.pointer = at;
  }

  /** Opens the panel on a feature; fit moves the map to it. */
  async choose(hit: Hit, hits: Hit[] = [hit], fit = false): Promise<void> {
    const signal = this.turn({ hits, hit });
    this.drawn = null;
    this.drawing?.clear();
    this.mode = 'off';
    this.map?.outline(null);
    this.write();
    if (hit.id === null) return;
    const others = inOrder(this.layers).filter((l) => l.id !== hit.layer && l.kind !== 'patch');
    await Promise.all([this.readItem(hit.layer, hit.id, fit, signal), this.measure({ layer: hit.layer, id: hit.id }, others, signal)]);
  }

  private async readItem(layer: string, id: string, fit: boolean, signal: AbortSignal): Promise<void> {
    const f = await this.question.readItem(layer, id, signal);
    if (!f) return;
    this.map?.outline(f.geometry);
    if (fit) this.map?.fit(boxOf(f.geometry));
  }

  private async measure(of: api.Subject, others: Layer[], signal: AbortSignal): Promise<void> {
    await this.question.measure(of, others.map((l) => l.id), signal);
    if (!signal.aborted) this.markPieces();
  }

  /** Measures a drawn or typed polygon. */
  analyse(ring: Position[], fit: boolean): void {
    const signal = this.turn({ ring });
    this.map?.outline(null);
    this.drawn = ring;
    if (this.mode !== 'edit' && JSON.stringify(this.drawing?.ring()) !== JSON.stringify(ring)) this.drawing?.set(ring);
    this.write();
    if (fit) void tick().then(() => this.map?.fit(boxOf({ type: 'Polygon', coordinates: [ring] })));
    void this.measure({ ring }, inOrder(this.layers), signal).then(() => this.watch());
  }

  /** Goes to a place and opens what lies there. */
  async visit(place: LonLat): Promise<void> {
    const signal = this.turn({ place });
    this.drawn = null;
    this.drawing?.clear();
    this.map?.outline(null);
    this.map?.go(place, 15);
    this.map?.pin(place);
    const { layers } = await api.locate(place[0], place[1], signal);
    const hits = layers.flatMap((l) => l.features.map((f): Hit => ({ layer: l.layer, id: f.id, properties: {} })))
      .sort((a, b) => clicked(this.layer(a.layer)!) - clicked(this.layer(b.layer)!));
    if (hits.length && !signal.aborted) {
      await this.choose(hits[0], hits);
      this.map?.pin(place);
    }
  }

  private turn(subject: Subject | null): AbortSignal {
    this.lit = null;
    this.map?.pieces([]);
    this.map?.pin(null);
    return this.question.turn(subject);
  }

  /** Draws the pieces of the overlap; those of hidden layers and of units only when they are lit. */
  private markPieces(): void {
    this.map?.pieces((this.question.overlap?.layers ?? []).flatMap((r) => {
      const l = this.layer(r.layer)!, quiet = l.kind === 'admin' || !this.visible(l.id);
      return (r.features ?? []).flatMap((p) => (p.geometry ? [{ key: pieceKey(l.id, p.class), id: p.id, color: colorOf(l, p.class), quiet, geometry: p.geometry }] : []));
    }));
  }

  close(): void {
    this.turn(null);
    this.drawn = null;
    this.drawing?.clear();
    this.mode = 'off';
    this.map?.outline(null);
    this.write();
  }

  /** Lights a row of the table and its pieces on the map. */
  light(lit: Lit | null, fromMap = false): void {
    this.lit = lit;
    this.fromMap = fromMap && lit !== null;
    this.map?.hot(lit?.key ?? null, lit?.id);
  }

  draw(): void {
    this.close();
    this.drawing?.draw();
    this.mode = 'draw';
    this.map?.gl.getCanvas().focus(); // so that keys draw too
  }

  edit(): void {
    this.drawing?.edit();
    this.mode = 'edit';
  }

  done(): void {
    this.drawing?.stop();
    this.mode = 'off';
  }

  /** Follows a commit: new or reshaped layers need a new page, others only their tiles. */
  private changed(commit: api.Commit): void {
    const touched = commit.layers ?? [];
    if (touched.some((l) => l.schema || !this.layer(l.layer))) return location.reload();
    this.map?.refresh(commit);
    const s = this.question.subject;
    if (!s || 'place' in s) return;
    const box = 'ring' in s ? boxOf({ type: 'Polygon', coordinates: [s.ring] }) : boxOf(this.question.item?.geometry ?? null);
    if (!commit.layers || !box || touched.some((l) => l.bounds.some((b) => meets(b, box)))) this.again();
  }

  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Reads the subject anew, at most once a second. */
  private again(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const s = this.question.subject;
      if (s && 'hit' in s) void this.choose(s.hit, s.hits);
      else if (s && 'ring' in s) this.analyse(s.ring, false);
    }, 1000);
  }

  /** Features of small layers that have names, read once: for the map's labels and for the search. */
  readonly named = (() => {
    let kept: Promise<Named[]> | null = null;
    return () => (kept ??= readNamed(this.layers));
  })();

  private async nameUnits(): Promise<void> {
    if (!this.map) return;
    const all = await this.named().catch(() => []);
    this.map.names(all.filter((x) => x.layer.kind === 'admin' && this.visible(x.layer.id))
      .flatMap((x) => namePlaces(x.item.geometry).map((place) => ({ name: nameOf(x, this.language), ...place }))));
  }

  /** With "probe" in the address, tells what is drawn once all is; for tests. */
  private async watch(): Promise<void> {
    if (!this.flags.probe || !this.map) return this.ready({ webgl: !this.mapless, empty: !this.layers.length });
    document.documentElement.dataset.ready = 'false';
    await this.named().catch(() => []);
    await this.map.idle();
    const s = this.question.subject;
    this.ready({ drawn: this.map.drawn(), chosen: s && 'hit' in s ? s.hit : null });
  }

  summary = $state('');

  private ready(extra: Record<string, unknown>): void {
    this.summary = JSON.stringify({ seq: this.seq, language: this.language, layers: this.layers.map((l) => l.id), problems: this.problems,
      ms: Math.round(performance.now()), ...extra });
    setTimeout(() => { document.documentElement.dataset.ready = 'true'; }); // after the page has it
  }
}

export const app = new App();
