// The API beside the console, at "../" of the page.

import type { Geometry, Position } from 'geojson';
import type { Language } from './words';

export interface Class { code: string; name?: string; name_en?: string; group?: string; group_en?: string; color?: string }

/** A layer with what the map needs of its TileJSON. */
export interface Layer {
  id: string;
  title: string;
  titles?: Partial<Record<Language, string>>;
  kind: 'patch' | 'reference' | 'admin';
  classField: string;
  classes: Class[];
  fields: string[];
  count: number;
  bounds: Box | null;
  tiles: string[];
  minzoom: number;
  maxzoom: number;
}

/** west, south, east, north */
export type Box = [number, number, number, number];

export interface Item { id: string; geometry: Geometry | null; properties: Record<string, unknown> | null; area_m2?: number }
export interface Page { features: Item[]; numberMatched: number; links: { rel: string; href: string }[] }

export interface Piece {
  id: string; class: string; area_m2: number; share_of_query: number; share_of_feature: number; sliver: boolean; geometry?: Geometry;
}
export interface Covered {
  layer: string; covered_m2: number; uncovered_m2: number; summed_m2: number;
  classes: { class: string; name?: string; area_m2: number; share: number; count: number }[];
  features?: Piece[];
}
export interface Overlap { area_m2: number; area_mu: number; layers: Covered[] }
export interface OverlapAnswer { seq: number; results: Overlap[]; warnings?: { problems: { code: string; lon: number; lat: number }[] }[] }
export interface Located { layers: { layer: string; features: { id: string }[] }[] }

export interface Commit {
  seq: number;
  layers?: { layer: string; schema: boolean; bounds: Box[]; tiles: Record<string, Box[]> }[]; // none: anything may have changed
}

/** An answer that was not a success. */
export class Refusal extends Error {
  constructor(readonly status: number, problem: { detail?: string; title?: string } | null) {
    super(problem?.detail || problem?.title || `HTTP ${status}`);
  }
}

export const root = new URL('../', location.href.split('#')[0]);

/** Address of an API path such as "collections". */
export const address = (path: string): string => new URL(path, root).href;

let seen = 0;
let tell = (_: number): void => {};

/** Calls f with the data set's seq whenever an answer names a later one. */
export function onSeq(f: (seq: number) => void): void { tell = f; }

export function noteSeq(seq: number): void {
  if (seq > seen) tell(seen = seq);
}

export async function json<T>(path: string, init?: RequestInit): Promise<T> {
  const r = await fetch(address(path), { ...init, headers: { Accept: 'application/geo+json, application/json', ...init?.headers } });
  noteSeq(Number(r.headers.get('Tuban-Seq') ?? 0));
  if (!r.ok) throw new Refusal(r.status, await r.json().catch(() => null));
  return r.json();
}

interface Collection {
  id: string; title: string; titles?: Partial<Record<Language, string>>; kind?: Layer['kind']; class_field?: string; classes?: Class[];
  feature_count?: number; extent?: { spatial?: { bbox?: Box[] } };
}
interface TileJSON { tiles?: string[]; bounds?: Box; minzoom?: number; maxzoom?: number; vector_layers?: { id: string; fields?: Record<string, string> }[] }

/** The data set's layers. */
export async function layers(): Promise<Layer[]> {
  const { collections = [] } = await json<{ collections?: Collection[] }>('collections');
  return Promise.all(collections.map(async (c): Promise<Layer> => {
    const id = encodeURIComponent(c.id);
    const tiles = await json<TileJSON>(`mvt/${id}.json`).catch((): TileJSON => ({}));
    return {
      id: c.id, title: c.title, titles: c.titles, kind: c.kind ?? 'reference', classField: c.class_field ?? '', classes: c.classes ?? [],
      fields: Object.keys(tiles.vector_layers?.find((v) => v.id === c.id)?.fields ?? {}),
      count: c.feature_count ?? 0,
      bounds: tiles.bounds ?? c.extent?.spatial?.bbox?.[0] ?? null,
      tiles: (tiles.tiles ?? [`${root}mvt/${id}/{z}/{x}/{y}`]).map(here),
      minzoom: tiles.minzoom ?? 0, maxzoom: tiles.maxzoom ?? 16,
    };
  }));
}

/** A tile address on the page's own origin, also when a proxy hides the server's. */
export function here(url: string): string {
  const u = new URL(url.replace(/\{([zxy])\}/g, '__$1__'), root);
  const path = u.pathname.includes('/mvt/') ? u.pathname.slice(u.pathname.indexOf('/mvt/') + 1) : u.pathname;
  return new URL(path + u.search, root).href.replace(/__([zxy])__/g, '{$1}');
}

export const itemPath = (layer: string, id: string): string =>
  `collections/${encodeURIComponent(layer)}/items/${encodeURIComponent(id)}`;

export const item = (layer: string, id: string, signal?: AbortSignal): Promise<Item> => json(itemPath(layer, id), { signal });

export const items = (layer: string, query: Record<string, string>, signal?: AbortSignal): Promise<Page> =>
  json(`collections/${encodeURIComponent(layer)}/items?${new URLSearchParams(query)}`, { signal });

export const locate = (lon: number, lat: number, signal?: AbortSignal): Promise<Located> =>
  json(`locate?${new URLSearchParams({ lon: String(lon), lat: String(lat) })}`, { signal });

/** What to measure: a stored feature or a ring. */
export type Subject = { layer: string; id: string } | { ring: Position[] };

export function overlap(of: Subject, others: string[], pieces: boolean, signal?: AbortSignal): Promise<OverlapAnswer> {
  const query = new URLSearchParams({ layers: others.join(','), detail: pieces ? 'features' : 'classes', geometry: pieces ? 'intersection' : 'none' });
  if ('id' in of) return json(`${itemPath(of.layer, of.id)}/overlap?${query}`, { signal });
  const geometry = { type: 'Polygon', coordinates: [[...of.ring, of.ring[0]]] };
  return json(`overlap?${query}`, { method: 'POST', body: JSON.stringify(geometry), headers: { 'Content-Type': 'application/geo+json' }, signal });
}
