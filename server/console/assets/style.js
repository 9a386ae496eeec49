// From layers to a MapLibre style. No glyphs: the browser's own fonts draw all
// labels, so that Chinese needs no font server.

export const fonts = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', 'sans-serif'];

const plain = { patch: '#ff3b30', admin: '#59636e', reference: '#3a7d6b' };

/** Whether a layer covers the ground with many classes (land classes). */
const covers = (l) => l.kind === 'reference' && l.classes.length > 8;

/** Drawing order: cover, other reference, administrative, patches. */
const drawn = (l) => (covers(l) ? 0 : { reference: 1, admin: 2, patch: 3 }[l.kind] ?? 1);

/** Layers in drawing order, the lowest first. */
export const inOrder = (layers) => [...layers].sort((a, b) => drawn(a) - drawn(b));

/** What a click means first: patches, zones, parcels, and units last. */
export const clicked = (l) => (covers(l) ? 2 : { patch: 0, reference: 1, admin: 3 }[l.kind] ?? 1);

/** The class code of a feature in a tile, also of one that was generalised. */
const classOf = (l) => ['to-string', ['coalesce', ['get', l.classField || 'class'], ['get', 'class'], '']];

export function colour(l) {
  const entries = l.classes.filter((c) => c.color).flatMap((c) => [c.code, c.color]);
  return entries.length ? ['match', classOf(l), ...entries, plain[l.kind] ?? plain.reference] : plain[l.kind] ?? plain.reference;
}

/** What to write on a feature: its class's name, else a field that looks like a name. */
function label(l) {
  const named = l.classes.filter((c) => c.name);
  if (named.length) return ['match', classOf(l), ...named.flatMap((c) => [c.code, c.name]), ''];
  const field = Object.keys(l.fields).find((f) => /(mc|name|名称)$/i.test(f));
  return field ? ['to-string', ['coalesce', ['get', field], '']] : null;
}

const only = (type) => ['in', ['geometry-type'], ['literal', [type, `Multi${type}`]]];
const polygons = only('Polygon'), points = only('Point'), lines = only('LineString');

/** The style layers of one layer. Ids are "layer/part". */
export function parts(l) {
  const base = { source: l.id, 'source-layer': l.id };
  const ink = colour(l), cover = covers(l);
  const fill = l.kind === 'patch' ? 0.35 : cover ? 0.85 : l.kind === 'admin' ? 0 : 0.16;
  const list = [
    { ...base, id: `${l.id}/fill`, type: 'fill', filter: polygons, paint: { 'fill-color': ink, 'fill-opacity': fill, 'fill-antialias': false } },
    ...(l.kind !== 'patch' ? [] : [{ ...base, id: `${l.id}/case`, type: 'line', filter: polygons, layout: { 'line-join': 'round' },
      paint: { 'line-color': '#fff', 'line-opacity': 0.9, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 2.6, 16, 6] } }]),
    { ...base, id: `${l.id}/line`, type: 'line', filter: polygons,
      ...(cover ? { minzoom: 12.5 } : {}), layout: { 'line-join': 'round' }, paint: outline(l, ink, cover) },
    { ...base, id: `${l.id}/path`, type: 'line', filter: lines, paint: { 'line-color': ink, 'line-width': 1.5 } },
    { ...base, id: `${l.id}/point`, type: 'circle', filter: points, paint: {
      'circle-color': ink, 'circle-stroke-color': '#fff', 'circle-stroke-width': 1.2,
      'circle-radius': ['interpolate', ['linear'], ['sqrt', ['to-number', ['get', 'count'], 1]], 1, 4.5, 40, 20] } },
    { ...base, id: `${l.id}/count`, type: 'symbol', filter: ['all', points, ['>', ['to-number', ['get', 'count'], 1], 1]],
      layout: { 'text-field': ['to-string', ['get', 'count']], 'text-font': fonts, 'text-size': 11, 'text-allow-overlap': true },
      paint: { 'text-color': '#fff' } },
  ];
  const words = label(l);
  if (words) {
    list.push({ ...base, id: `${l.id}/label`, type: 'symbol', filter: polygons, minzoom: { admin: 6, patch: 14 }[l.kind] ?? (cover ? 15 : 14),
      layout: { 'text-field': words, 'text-font': fonts, 'text-size': l.kind === 'admin' ? 15 : 11.5, 'text-max-width': 7, 'text-padding': l.kind === 'admin' ? 30 : 6 },
      paint: { 'text-color': l.kind === 'admin' ? '#22313a' : '#333b40', 'text-halo-color': 'rgba(255,255,255,.9)', 'text-halo-width': 1.4 } });
  }
  return list;
}

function outline(l, ink, cover) {
  switch (true) {
    case cover: return { 'line-color': '#6b675c', 'line-opacity': 0.55, 'line-width': ['interpolate', ['linear'], ['zoom'], 13, 0.3, 17, 1.2] };
    case l.kind === 'admin': return { 'line-color': '#4a4f57', 'line-width': 1.6, 'line-dasharray': [5, 2, 1, 2] };
    case l.kind === 'patch': return { 'line-color': ink, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1.2, 16, 2.4] };
  }
  return { 'line-color': ink, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1, 16, 2] };
}

export const source = (l) => ({
  type: 'vector', tiles: l.tiles, minzoom: l.minzoom, maxzoom: l.maxzoom, ...(l.bounds ? { bounds: l.bounds } : {}),
});

/** The whole style. visible says which layers show. */
export function build(layers, visible) {
  const ordered = inOrder(layers).map((l) => ({ l, parts: parts(l) }));
  const labels = /\/(label|count)$/;
  const all = [...ordered.flatMap((o) => o.parts.filter((p) => !labels.test(p.id))), ...ordered.flatMap((o) => o.parts.filter((p) => labels.test(p.id)))];
  return {
    version: 8,
    sources: Object.fromEntries(layers.map((l) => [l.id, source(l)])),
    layers: [
      { id: 'background', type: 'background', paint: { 'background-color': '#f3f1ea' } },
      ...all.map((p) => ({ ...p, layout: { ...p.layout, visibility: visible(p.source) ? 'visible' : 'none' } })),
    ],
  };
}
