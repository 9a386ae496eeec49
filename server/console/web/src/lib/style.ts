// From layers to a MapLibre style. No glyphs: the browser's own fonts draw all
// labels, so that Chinese needs no font server.

import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification, VectorSourceSpecification } from 'maplibre-gl';
import type { Layer } from './api';
import { className, englishField, nameField } from './names';
import type { Language } from './words';

export const fonts = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', 'sans-serif'];

type Color = string | ExpressionSpecification;

const plain: Record<Layer['kind'], string> = { patch: '#e5261b', admin: '#59636e', reference: '#3a7d6b' };

/** Whether a layer covers the ground with many classes (land classes). */
export const covers = (l: Layer): boolean => l.kind === 'reference' && l.classes.length > 8;

const pick = (l: Layer, cover: number, by: Record<Layer['kind'], number>): number => (covers(l) ? cover : by[l.kind]);

/** Layers in drawing order, the lowest first: cover, other reference, administrative, patches. */
export const inOrder = (layers: Layer[]): Layer[] => {
  const rank = (l: Layer): number => pick(l, 0, { reference: 1, admin: 2, patch: 3 });
  return [...layers].sort((a, b) => rank(a) - rank(b));
};

/** What a click means first: patches, zones, parcels, and units last. */
export const clicked = (l: Layer): number => pick(l, 2, { patch: 0, reference: 1, admin: 3 });

/** The class code of a feature in a tile, also of one that was generalised. */
const classOf = (l: Layer): ExpressionSpecification => ['to-string', ['coalesce', ['get', l.classField || 'class'], ['get', 'class'], '']];

function match(l: Layer, pairs: [string, string][], other: string): Color {
  return pairs.length ? (['match', classOf(l), ...pairs.flat(), other] as unknown as ExpressionSpecification) : other;
}

/** The colour of a class; of a layer without class colours, the kind's. */
export const colorOf = (l: Layer, code?: string): string => l.classes.find((c) => c.code === code)?.color ?? plain[l.kind];

const colour = (l: Layer): Color => match(l, l.classes.flatMap((c): [string, string][] => (c.color ? [[c.code, c.color]] : [])), plain[l.kind]);

/** How a layer's features are drawn: the ground, an area over it, a patch, a border. The legend draws the same. */
export type Symbol = 'cover' | 'zone' | 'patch' | 'border';

export const symbolOf = (l: Layer): Symbol => (covers(l) ? 'cover' : ({ patch: 'patch', reference: 'zone', admin: 'border' } as const)[l.kind]);

/** The classes that a legend shows: those whose colours are drawn. */
export const drawnClasses = (l: Layer): Layer['classes'] => (l.kind === 'admin' ? [] : l.classes.filter((c) => c.color));

/** How strongly areas are filled. */
export const opacity: Record<Symbol, number> = { cover: 0.85, zone: 0.18, patch: 0.35, border: 0 };

/** The colours of borders: a broad band under a thin line. */
export const border = { band: '#c9a6dd', line: '#513a6b' };

/** What to write on a feature: its class's name, else its own; null: nothing. */
export function label(l: Layer, language: Language): Color | null {
  const named = l.classes.flatMap((c): [string, string][] => {
    const name = className(c, language);
    return name ? [[c.code, name]] : [];
  });
  if (named.length) return match(l, named, '');
  const field = nameField(l), english = field && language === 'en' ? englishField(l.fields, field) : undefined;
  return field ? ['to-string', ['coalesce', ...(english ? [['get', english]] : []), ['get', field], '']] as ExpressionSpecification : null;
}

/** Whether a layer's features carry labels of their own. The names of units come as points, one for each part. */
export const labelled = (l: Layer): boolean => l.kind !== 'admin' && label(l, 'zh') !== null;

const only = (type: string): FilterSpecification => ['in', ['geometry-type'], ['literal', [type, `Multi${type}`]]];
const polygons = only('Polygon'), points = only('Point'), lines = only('LineString');

const grow = (z1: number, w1: number, z2: number, w2: number): ExpressionSpecification => ['interpolate', ['linear'], ['zoom'], z1, w1, z2, w2];

/** The style layers of one layer. Ids are "layer/part". */
export function parts(l: Layer, language: Language): LayerSpecification[] {
  const base = { source: l.id, 'source-layer': l.id };
  const ink = colour(l), cover = covers(l), count: ExpressionSpecification = ['to-number', ['get', 'count'], 1];
  const bySize = (one: number, many: number): ExpressionSpecification => ['interpolate', ['linear'], ['sqrt', count], 1, one, 40, many];
  const list: LayerSpecification[] = [
    { ...base, id: `${l.id}/fill`, type: 'fill', filter: polygons, paint: { 'fill-color': ink, 'fill-opacity': opacity[symbolOf(l)], 'fill-antialias': false } },
  ];
  if (l.kind === 'patch') {
    list.push({ ...base, id: `${l.id}/case`, type: 'line', filter: polygons, layout: { 'line-join': 'round' },
      paint: { 'line-color': '#fff', 'line-opacity': 0.9, 'line-width': grow(9, 2.6, 16, 6) } });
  }
  if (l.kind === 'admin') {
    list.push({ ...base, id: `${l.id}/band`, type: 'line', filter: polygons, layout: { 'line-join': 'round' },
      paint: { 'line-color': border.band, 'line-opacity': 0.6, 'line-width': grow(7, 3, 14, 8) } });
  }
  list.push(
    { ...base, id: `${l.id}/line`, type: 'line', filter: polygons, ...(cover ? { minzoom: 12.5 } : {}), layout: { 'line-join': 'round' }, paint: outline(l, ink) },
    { ...base, id: `${l.id}/path`, type: 'line', filter: lines, paint: { 'line-color': ink, 'line-width': 1.5 } },
    { ...base, id: `${l.id}/point`, type: 'circle', filter: points, paint: {
      'circle-color': ink, 'circle-stroke-color': '#fff', 'circle-stroke-width': grow(7, 0.6, 11, 1.2),
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 7, bySize(2.4, 16), 11, bySize(4.5, 20)] } },
    { ...base, id: `${l.id}/count`, type: 'symbol', filter: ['all', points, ['>', count, 1]] as FilterSpecification,
      layout: { 'text-field': ['to-string', ['get', 'count']], 'text-font': fonts, 'text-size': 11, 'text-allow-overlap': true },
      paint: { 'text-color': '#fff' } });
  if (labelled(l)) {
    list.push({ ...base, id: `${l.id}/label`, type: 'symbol', filter: polygons, minzoom: pick(l, 14.5, { patch: 12.9, reference: 14, admin: 6 }),
      layout: { 'text-field': label(l, language)!, 'text-font': fonts, 'text-size': 11.5, 'text-max-width': 9, ...placement(l) },
      paint: { 'text-color': '#333b40', 'text-halo-color': 'rgba(255,255,255,.9)', 'text-halo-width': 1.4 } });
  }
  return list;
}

const from = (zoom: number, below: unknown, above: unknown): ExpressionSpecification => ['step', ['zoom'], below, zoom, above] as ExpressionSpecification;

/**
 * Where labels go: beside a patch until it is large enough to hold its own;
 * those of zones, which repeat from block to block, far from each other.
 */
const placement = (l: Layer): Extract<LayerSpecification, { type: 'symbol' }>['layout'] => (l.kind === 'patch'
  ? { 'text-variable-anchor': from(16.5, ['literal', ['left', 'right', 'top', 'bottom']], ['literal', ['center']]), 'text-radial-offset': from(16.5, 1, 0),
    'text-justify': 'auto', 'text-padding': from(16.5, 12, 40) }
  : { 'text-padding': covers(l) ? 6 : 36 });

function outline(l: Layer, ink: Color): Extract<LayerSpecification, { type: 'line' }>['paint'] {
  if (covers(l)) return { 'line-color': '#6b675c', 'line-opacity': 0.55, 'line-width': grow(13, 0.3, 17, 1.2) };
  // Neighbours both draw a common border: dashes would fall between each other.
  if (l.kind === 'admin') return { 'line-color': border.line, 'line-width': grow(7, 1, 14, 1.8) };
  return { 'line-color': ink, 'line-width': l.kind === 'patch' ? grow(9, 1.2, 16, 2.4) : grow(9, 1, 16, 2) };
}

const source = (l: Layer): VectorSourceSpecification => ({
  type: 'vector', tiles: l.tiles, minzoom: l.minzoom, maxzoom: l.maxzoom, ...(l.bounds ? { bounds: l.bounds } : {}),
});

const none = { type: 'geojson' as const, data: { type: 'FeatureCollection' as const, features: [] } };

/** The pieces of an overlap, under the labels. */
const pieces: LayerSpecification[] = [
  { id: 'pieces/fill', type: 'fill', source: 'pieces', filter: ['!', ['get', 'quiet']], paint: { 'fill-color': ['get', 'color'], 'fill-opacity': 0.45 } },
  { id: 'pieces/line', type: 'line', source: 'pieces', filter: ['!', ['get', 'quiet']], layout: { 'line-join': 'round' }, paint: { 'line-color': '#0b3fa8', 'line-width': 1, 'line-opacity': 0.8 } },
];

/** What is marked over the data: the chosen feature, lit pieces, a place, names of units. */
const marks: LayerSpecification[] = [
  { id: 'chosen/halo', type: 'line', source: 'chosen', layout: { 'line-join': 'round' }, paint: { 'line-color': '#fff', 'line-width': 7, 'line-opacity': 0.85 } },
  { id: 'chosen/line', type: 'line', source: 'chosen', layout: { 'line-join': 'round' }, paint: { 'line-color': '#0b5fff', 'line-width': 3 } },
  { id: 'hot/fill', type: 'fill', source: 'pieces', filter: ['==', ['get', 'key'], ''], paint: { 'fill-color': '#fff', 'fill-opacity': 0.4 } },
  { id: 'hot/case', type: 'line', source: 'pieces', filter: ['==', ['get', 'key'], ''], layout: { 'line-join': 'round' }, paint: { 'line-color': '#fff', 'line-width': 5 } },
  { id: 'hot/line', type: 'line', source: 'pieces', filter: ['==', ['get', 'key'], ''], layout: { 'line-join': 'round' }, paint: { 'line-color': '#1238ff', 'line-width': 2.5 } },
  { id: 'sketch/line', type: 'line', source: 'sketch', paint: { 'line-color': '#7b1fa2', 'line-width': 3, 'line-dasharray': [2, 1] } },
  { id: 'sketch/point', type: 'circle', source: 'sketch', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 5, 'circle-color': '#7b1fa2', 'circle-stroke-color': '#fff', 'circle-stroke-width': 2 } },
  { id: 'place/point', type: 'circle', source: 'place', paint: { 'circle-radius': 7, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': '#0b5fff', 'circle-stroke-width': 3 } },
  { id: 'names/label', type: 'symbol', source: 'names', filter: ['any', ['!', ['get', 'minor']], ['>=', ['*', ['get', 'width'], ['^', 2, ['zoom']]], 80 * 360 / 512]] as unknown as FilterSpecification,
    layout: { 'text-field': ['get', 'name'], 'text-font': fonts, 'text-size': grow(7, 13, 13, 17), 'text-padding': 4, 'text-max-width': 6, 'symbol-sort-key': ['-', ['get', 'width']],
      'text-variable-anchor': ['center', 'top', 'bottom'], 'text-radial-offset': 0.5, 'text-justify': 'auto' },
    paint: { 'text-color': '#1b2a33', 'text-halo-color': 'rgba(255,255,255,.92)', 'text-halo-width': 1.8 } },
];

/** The whole style. visible says which layers show. */
export function build(layers: Layer[], visible: (id: string) => boolean, language: Language): StyleSpecification {
  const all = inOrder(layers).flatMap((l) => parts(l, language));
  const word = (p: LayerSpecification): boolean => p.type === 'symbol';
  const shown = (p: LayerSpecification): LayerSpecification =>
    ({ ...p, layout: { ...p.layout, visibility: 'source' in p && visible(String(p.source)) ? 'visible' : 'none' } }) as LayerSpecification;
  return {
    version: 8,
    sources: { ...Object.fromEntries(layers.map((l) => [l.id, source(l)])), pieces: none, chosen: none, names: none, place: none, sketch: none },
    layers: [
      { id: 'background', type: 'background', paint: { 'background-color': '#f8f8f6' } },
      ...all.filter((p) => !word(p)).map(shown),
      ...pieces,
      ...all.filter(word).map(shown),
      ...marks,
    ],
  };
}
