// The map: layers from tiles, picking, highlighting, keeping fresh.

import * as maplibre from './vendor/maplibre-gl.mjs';
import { build, clicked, fonts } from './style.js';

maplibre.setWorkerUrl(new URL('./vendor/maplibre-gl-worker.mjs', import.meta.url).href);

/** The smallest box around the boxes of layers: [west, south, east, north], or null. */
export function extent(layers) {
  const boxes = layers.map((l) => l.bounds).filter((b) => b && b.length >= 4 && b.every(Number.isFinite) && b[0] <= b[2])
    .filter((b) => !(b[0] <= -180 && b[2] >= 180));
  if (!boxes.length) return null;
  return [0, 1, 2, 3].map((i) => Math[i < 2 ? 'min' : 'max'](...boxes.map((b) => b[i])));
}

export class CityMap {
  /** layers as from api.layers(); visible(id) says whether a layer shows. */
  constructor(container, layers, visible, { picked, failed, moved, settled }) {
    this.layers = layers;
    this.stale = new Set();
    const box = extent(layers);
    this.map = new maplibre.Map({
      container, style: build(layers, visible), hash: 'map', attributionControl: false, maxZoom: 20, maxPitch: 0,
      dragRotate: false, localIdeographFontFamily: fonts.join(','), fadeDuration: 150,
      ...(box ? { bounds: [[box[0], box[1]], [box[2], box[3]]], fitBoundsOptions: { padding: 24 } } : { center: [94.9, 36.4], zoom: 8 }),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new maplibre.ScaleControl({ maxWidth: 120, unit: 'metric' }), 'bottom-left');
    this.map.on('click', (e) => picked(this.at(e.point), e.lngLat));
    this.map.on('mousemove', (e) => {
      moved(e.lngLat);
      this.map.getCanvas().style.cursor = this.under(e.point) ? 'pointer' : '';
    });
    this.map.on('idle', settled);
    this.map.on('error', (e) => failed(e.error ?? e));
  }

  /** Resolves when everything in view has been drawn. */
  idle() {
    return new Promise((done) => (this.map.loaded() && !this.map.isMoving() ? done() : this.map.once('idle', done)));
  }

  fit(box = extent(this.layers)) {
    if (box) this.map.fitBounds([[box[0], box[1]], [box[2], box[3]]], { padding: 40, maxZoom: 17, duration: 400 });
  }

  own(layer) { return this.map.getStyle().layers.filter((p) => p.source === layer).map((p) => p.id); }

  show(layer, on) {
    for (const id of this.own(layer)) this.map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none');
  }

  pickable() {
    return this.layers.flatMap((l) => ['fill', 'path', 'point'].map((p) => `${l.id}/${p}`)).filter((id) => this.map.getLayer(id));
  }

  under(point) { return this.map.queryRenderedFeatures(point, { layers: this.pickable() }).length > 0; }

  /** The features at a screen point, each once, patches first: [{layer, id, properties}]. */
  at(point) {
    const near = [[point.x - 2, point.y - 2], [point.x + 2, point.y + 2]];
    let hits = this.map.queryRenderedFeatures(point, { layers: this.pickable() });
    if (!hits.length) hits = this.map.queryRenderedFeatures(near, { layers: this.pickable() });
    const seen = new Set(), list = [];
    for (const h of hits) {
      const layer = h.layer.id.slice(0, h.layer.id.lastIndexOf('/'));
      const id = h.properties.id === undefined ? null : String(h.properties.id);
      const key = `${layer}/${id ?? JSON.stringify(h.properties)}`;
      if (!seen.has(key)) list.push({ layer, id, properties: h.properties });
      seen.add(key);
    }
    const rank = new Map(this.layers.map((l) => [l.id, clicked(l)]));
    return list.sort((a, b) => rank.get(a.layer) - rank.get(b.layer));
  }

  /** Outlines one feature, or none. */
  highlight(feature) {
    for (const id of ['chosen/halo', 'chosen/line']) if (this.map.getLayer(id)) this.map.removeLayer(id);
    if (!feature?.id) return;
    const base = { type: 'line', source: feature.layer, 'source-layer': feature.layer,
      filter: ['==', ['to-string', ['get', 'id']], feature.id], layout: { 'line-join': 'round' } };
    this.map.addLayer({ ...base, id: 'chosen/halo', paint: { 'line-color': '#fff', 'line-width': 7, 'line-opacity': 0.85 } });
    this.map.addLayer({ ...base, id: 'chosen/line', paint: { 'line-color': '#0b5fff', 'line-width': 3 } });
  }

  /** Fetches a layer's tiles again; many calls in short time are one. */
  refresh(ids) {
    for (const id of ids) if (this.map.getSource(id)) this.stale.add(id);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      for (const id of this.stale) this.map.refreshTiles(id);
      this.stale.clear();
    }, 250);
  }

  /** The layers of which tiles in view say that they leave features out. */
  generalised() {
    if (!this.map.isStyleLoaded()) return [];
    return this.layers.filter((l) => this.map.getLayoutProperty(`${l.id}/fill`, 'visibility') !== 'none'
      && this.map.querySourceFeatures(l.id, { sourceLayer: 'tuban:generalised' }).some((f) => f.properties[l.id] > 0));
  }

  /** How many features of each layer are drawn, counted by feature id. */
  drawn() {
    return Object.fromEntries(this.layers.map((l) => {
      const layers = ['fill', 'path', 'point'].map((p) => `${l.id}/${p}`).filter((id) => this.map.getLayer(id));
      const found = this.map.queryRenderedFeatures({ layers });
      return [l.id, new Set(found.map((f) => f.properties.id ?? f.id)).size];
    }));
  }
}

