// The map: layers from tiles, picking, marks, keeping fresh.

import type { Feature, Geometry, Position } from 'geojson';
import { LngLatBounds, Map as GLMap, ScaleControl, setWorkerUrl, type GeoJSONSource, type MapMouseEvent, type PointLike } from 'maplibre-gl';
import worker from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { Box, Commit, Layer } from './api';
import type { LonLat } from './crs';
import { meets, touchedTiles } from './events';
import type { Camera } from './hash';
import { around, type NamePlace } from './shape';
import { build, clicked, fonts, label, labelled } from './style';
import type { Language } from './words';

setWorkerUrl(worker);

export interface Hit { layer: string; id: string | null; properties: Record<string, unknown> }
export interface PieceMark { key: string; id: string; color: string; quiet: boolean; geometry: Geometry }

export interface Handlers {
  picked(hits: Hit[], at: LonLat): void;
  hovered(piece: string | null): void; // the key of the piece under the pointer
  moved(at: LonLat): void;
  settled(): void;
  failed(error: { message: string }): void;
}

/** Whether the reader wants nothing to move by itself. */
const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

export class CityMap {
  readonly gl: GLMap;
  picking = true; // false while a polygon is drawn
  private behind = new Set<string>(); // sources whose tiles out of view may be old
  private asked = new Map<string, Box[][]>(); // sources to refresh now: the commits' boxes, by zoom

  constructor(container: HTMLElement, readonly layers: Layer[], readonly visible: (id: string) => boolean, language: Language, camera: Camera | null, private on: Handlers) {
    const box = around(layers.map((l) => l.bounds));
    this.gl = new GLMap({
      container, style: build(layers, visible, language), attributionControl: false, maxPitch: 0, localIdeographFontFamily: fonts.join(','),
      maxZoom: 20, dragRotate: false, fadeDuration: calm() ? 0 : 150,
      ...(camera ? { center: [camera.lon, camera.lat], zoom: camera.zoom }
        : box ? { bounds: box, fitBoundsOptions: { padding: 24 } } : { center: [94.9, 36.4], zoom: 8 }),
    });
    this.gl.touchZoomRotate.disableRotation();
    this.gl.keyboard.disableRotation();
    this.gl.addControl(new ScaleControl({ maxWidth: 120, unit: 'metric' }), 'bottom-left');
    this.gl.on('click', (e) => { if (this.picking) on.picked(this.at(e.point), e.lngLat.toArray()); });
    this.gl.on('mousemove', (e) => this.pointed(e));
    this.gl.on('mouseout', () => { this.under = null; on.hovered(null); });
    this.gl.on('moveend', () => this.catchUp());
    this.gl.on('idle', () => on.settled());
    this.gl.on('error', (e) => on.failed(e.error ?? new Error('map')));
    this.gl.getCanvas().addEventListener('keydown', (e) => {
      if (e.key !== 'Enter' || !this.picking) return;
      const c = this.gl.getCenter();
      on.picked(this.at(this.gl.project(c)), c.toArray());
    });
  }

  private under: MapMouseEvent | null = null; // where the pointer is, until that has been looked at

  /** Looks at what is under the pointer, once a frame and not while the map moves: then frames are for drawing. */
  private pointed(e: MapMouseEvent): void {
    const waiting = this.under !== null;
    this.under = e;
    if (!waiting) requestAnimationFrame(() => this.lookUnder());
  }

  private lookUnder(): void {
    const e = this.under;
    this.under = null;
    if (!e || this.gl.isMoving()) return;
    this.on.moved(e.lngLat.toArray());
    if (!this.marked || !this.picking) return;
    const hit = this.gl.queryRenderedFeatures(e.point, { layers: ['pieces/fill'] })[0];
    this.on.hovered(hit ? String(hit.properties.key) : null);
  }

  /** Resolves when everything in view has been drawn. */
  idle(): Promise<void> {
    return new Promise((done) => {
      if (this.gl.loaded() && !this.gl.isMoving()) done();
      else void this.gl.once('idle', () => done());
    });
  }

  camera(): Camera {
    const c = this.gl.getCenter();
    return { zoom: this.gl.getZoom(), lat: c.lat, lon: c.lng };
  }

  /** Goes to a camera at once. */
  jump(c: Camera): void { this.gl.jumpTo({ center: [c.lon, c.lat], zoom: c.zoom }); }

  /** Goes to a place, no further out than a zoom. Without a flight: a panel that opens would cut it short. */
  go([lon, lat]: LonLat, zoom: number): void { this.gl.jumpTo({ center: [lon, lat], zoom: Math.max(zoom, this.gl.getZoom()) }); }

  box(): Box {
    const b = this.gl.getBounds();
    return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
  }

  fit(box: Box | null = around(this.layers.map((l) => l.bounds))): void {
    this.gl.resize(); // a panel may just have opened
    const tools = document.querySelector('.tools')?.getBoundingClientRect().height ?? 0; // they lie over the map
    const under = window.innerWidth < 700 && document.getElementById('panel') ? 0.46 * window.innerHeight : 0; // the panel lies over the map there
    if (box) this.gl.fitBounds(box, { padding: { top: 24 + tools, left: 40, right: 40, bottom: 40 + under }, maxZoom: 17, animate: false });
  }

  show(layer: string, on: boolean): void {
    for (const p of this.gl.getStyle().layers) {
      if ('source' in p && p.source === layer) this.gl.setLayoutProperty(p.id, 'visibility', on ? 'visible' : 'none');
    }
    if (on && this.behind.delete(layer)) this.gl.refreshTiles(layer);
  }

  private drawnParts(of: Layer[]): string[] {
    return of.flatMap((l) => ['fill', 'path', 'point'].map((p) => `${l.id}/${p}`)).filter((id) => this.gl.getLayer(id));
  }

  /** The features at a screen point, each once, patches first. */
  private at(point: { x: number; y: number }): Hit[] {
    const near: [PointLike, PointLike] = [[point.x - 3, point.y - 3], [point.x + 3, point.y + 3]];
    const layers = this.drawnParts(this.layers);
    let found = this.gl.queryRenderedFeatures([point.x, point.y], { layers });
    if (!found.length) found = this.gl.queryRenderedFeatures(near, { layers });
    const hits = new Map<string, Hit>();
    for (const f of found) {
      const id = f.properties.id === undefined ? null : String(f.properties.id);
      const key = `${f.source}/${id ?? JSON.stringify(f.properties)}`;
      if (!hits.has(key)) hits.set(key, { layer: f.source, id, properties: f.properties });
    }
    const rank = new Map(this.layers.map((l) => [l.id, clicked(l)]));
    return [...hits.values()].sort((a, b) => rank.get(a.layer)! - rank.get(b.layer)!);
  }

  private put(source: string, features: Feature[]): void {
    (this.gl.getSource(source) as GeoJSONSource | undefined)?.setData({ type: 'FeatureCollection', features });
  }

  /** Outlines one geometry, or none. */
  outline(geometry: Geometry | null): void { this.put('chosen', geometry ? [{ type: 'Feature', properties: {}, geometry }] : []); }

  /** Marks a searched place, or none. */
  pin(at: LonLat | null): void {
    this.put('place', at ? [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [...at] } }] : []);
  }

  /** Writes names at places. */
  names(list: ({ name: string } & NamePlace)[]): void {
    this.put('names', list.map(({ at, ...properties }) => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: at } })));
  }

  /** Writes the features' labels in a language. */
  speak(language: Language): void {
    for (const l of this.layers) if (labelled(l)) this.gl.setLayoutProperty(`${l.id}/label`, 'text-field', label(l, language)!);
  }

  /** Shows the points of a polygon that is being drawn by keyboard. */
  sketch(points: Position[]): void {
    const line: Feature[] = points.length > 1 ? [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [...points, ...(points.length > 2 ? [points[0]] : [])] } }] : [];
    this.put('sketch', [...line, ...points.map((p): Feature => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: p } }))]);
  }

  private marked = false;

  /** Marks the pieces of an overlap. */
  pieces(list: PieceMark[]): void {
    this.marked = list.length > 0;
    this.put('pieces', list.map(({ geometry, ...properties }) => ({ type: 'Feature', properties, geometry })));
    this.hot(null);
  }

  /** Lights the pieces of a key, or with an id one of them. */
  hot(key: string | null, id?: string): void {
    for (const part of ['hot/fill', 'hot/case', 'hot/line']) {
      this.gl.setFilter(part, id === undefined ? ['==', ['get', 'key'], key ?? ''] : ['all', ['==', ['get', 'key'], key ?? ''], ['==', ['get', 'id'], id]]);
    }
  }

  /**
   * Takes a commit: tiles in view that it touches are fetched again, those of
   * hidden layers and out of view when they come into view.
   */
  refresh(commit: Commit): void {
    const touched = commit.layers ?? this.layers.map((l) => ({ layer: l.id, bounds: [] as Box[], tiles: null }));
    for (const t of touched) {
      const l = this.layers.find((k) => k.id === t.layer);
      if (!l) continue;
      this.behind.add(l.id);
      if (!t.tiles) this.asked.set(l.id, []);
      else if (this.asked.get(l.id)?.length !== 0) {
        const z = Math.max(l.minzoom, Math.min(l.maxzoom, Math.floor(this.gl.getZoom())));
        if (this.visible(l.id) && t.bounds.some((b) => meets(b, this.loose()))) this.asked.set(l.id, [...(this.asked.get(l.id) ?? []), t.tiles[z] ?? []]);
      }
    }
    this.timer ??= setTimeout(() => this.fetchAsked(), 200);
  }

  private timer: ReturnType<typeof setTimeout> | undefined;

  /** The view with a margin of a tenth: tiles reach over their edges. */
  private loose(): Box {
    const [w, s, e, n] = this.box(), dx = (e - w) / 10, dy = (n - s) / 10;
    return [w - dx, s - dy, e + dx, n + dy];
  }

  private fetchAsked(): void {
    this.timer = undefined;
    for (const [id, ranges] of this.asked) {
      const l = this.layers.find((k) => k.id === id)!;
      const z = Math.max(l.minzoom, Math.min(l.maxzoom, Math.floor(this.gl.getZoom())));
      if (!ranges.length) {
        this.gl.refreshTiles(id);
        this.behind.delete(id);
      } else this.gl.refreshTiles(id, touchedTiles(this.loose(), z, ranges.flat()));
    }
    this.asked.clear();
  }

  /** After a move, old tiles kept from before a commit may be in view: they are asked for anew. */
  private catchUp(): void {
    for (const id of this.behind) {
      if (!this.visible(id)) continue;
      this.gl.refreshTiles(id);
      this.behind.delete(id);
    }
  }

  /** The layers of which tiles in view say that they leave features out. */
  generalised(): Layer[] {
    if (!this.gl.isStyleLoaded()) return [];
    return this.layers.filter((l) => this.visible(l.id)
      && this.gl.querySourceFeatures(l.id, { sourceLayer: 'tuban:generalised' }).some((f) => Number(f.properties[l.id]) > 0));
  }

  /** How many features of each layer are drawn, counted by feature id. */
  drawn(): Record<string, number> {
    return Object.fromEntries(this.layers.map((l) => {
      const found = this.gl.queryRenderedFeatures({ layers: this.drawnParts([l]) });
      return [l.id, new Set(found.map((f) => f.properties.id ?? f.id)).size];
    }));
  }

  /** The view drawn anew for paper: its picture, metres a pixel, and the classes that it shows. */
  async paper(width: number, height: number, ratio: number): Promise<{ picture: HTMLCanvasElement; metres: number; classes: Map<string, Set<string>> }> {
    const frame = document.createElement('div');
    frame.className = 'paper';
    frame.style.width = `${width}px`;
    frame.style.height = `${height}px`;
    frame.inert = true;
    document.body.append(frame);
    const gl = new GLMap({ container: frame, style: this.gl.getStyle(), attributionControl: false, interactive: false, fadeDuration: 0, pixelRatio: ratio,
      localIdeographFontFamily: fonts.join(','), canvasContextAttributes: { preserveDrawingBuffer: true }, bounds: new LngLatBounds(this.box()), maxPitch: 0 });
    try {
      await new Promise<void>((done, fail) => {
        void gl.once('idle', () => done());
        gl.on('error', (e) => fail(new Error(e.error?.message ?? 'map')));
      });
      const picture = document.createElement('canvas');
      picture.width = width * ratio;
      picture.height = height * ratio;
      picture.getContext('2d')!.drawImage(gl.getCanvas(), 0, 0, picture.width, picture.height);
      const classes = new Map(this.layers.filter((l) => this.visible(l.id)).map((l) => {
        const found = gl.queryRenderedFeatures({ layers: this.drawnParts([l]) });
        return [l.id, new Set(found.map((f) => String(f.properties[l.classField] ?? f.properties.class ?? '')))] as const;
      }).filter(([, found]) => found.size));
      const metres = (Math.cos((gl.getCenter().lat * Math.PI) / 180) * 2 * Math.PI * 6378137) / (512 * 2 ** gl.getZoom());
      return { picture, metres, classes };
    } finally {
      gl.remove();
      frame.remove();
    }
  }
}
