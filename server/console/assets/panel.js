// The panel of one feature: attributes, and what it lies on.

import * as api from './api.js';
import { byId, el, swatch } from './page.js';
import { inOrder } from './style.js';
import { number, t, titleOf } from './text.js';

const panel = byId('panel');
let asked = null; // the running request's AbortController

/** Shows the features at a place; chosen is one of them. */
export function show(hits, chosen, layers, { choose, close, box }) {
  asked?.abort();
  asked = new AbortController();
  const layer = layers.find((l) => l.id === chosen.layer);
  const attributes = el('div', { class: 'attributes' }), overlap = el('div', { class: 'overlap' });
  panel.replaceChildren(...[
    el('button', { type: 'button', class: 'close', 'aria-label': t('close'), onclick: close }, '×'),
    el('h2', {}, titleOf(layer)),
    hits.length > 1 ? el('p', { class: 'hits', 'aria-label': t('here') }, ...hits.map((h) => {
      const l = layers.find((x) => x.id === h.layer);
      return el('button', { type: 'button', 'aria-pressed': String(h === chosen), onclick: () => choose(h) },
        `${titleOf(l)}${h.id ? ' ' + h.id.slice(-8) : ''}`);
    })) : null,
    attributes, overlap].filter(Boolean));
  panel.hidden = false;
  if (chosen.id == null) {
    attributes.append(el('p', { class: 'notice' }, t('generalised')), table(chosen.properties, layer));
    return Promise.resolve();
  }
  return Promise.all([
    fillAttributes(attributes, chosen, layer, asked.signal, box),
    fillOverlap(overlap, chosen, layers, asked.signal),
  ]);
}

export function hide() {
  asked?.abort();
  panel.hidden = true;
  panel.replaceChildren();
}

async function fillAttributes(into, hit, layer, signal, box) {
  into.append(el('p', { class: 'wait' }, t('loading')));
  try {
    const feature = await api.item(hit.layer, hit.id, signal);
    const path = `collections/${encodeURIComponent(hit.layer)}/items/${encodeURIComponent(hit.id)}`;
    into.replaceChildren(table(feature.properties ?? {}, layer),
      el('p', {}, el('a', { href: api.address(path) }, `${t('link')} ${hit.layer}/${hit.id}`)));
    if (feature.geometry) box?.(boundsOf(feature.geometry.coordinates));
  } catch (e) {
    if (signal.aborted) return;
    into.replaceChildren(el('p', { class: 'notice' }, e.status === 404 ? t('gone') : `${t('failed')}: ${e.message}`));
  }
}

function table(properties, layer) {
  const rows = Object.entries(properties).filter(([, v]) => v !== null && v !== '').map(([k, v]) => {
    const known = k === layer.classField && layer.classes.find((c) => c.code === String(v));
    const text = typeof v === 'object' ? JSON.stringify(v) : String(v);
    return el('tr', {}, el('th', { scope: 'row' }, k),
      el('td', {}, known?.color ? swatch(known.color) : null, known && known.name && known.name !== text ? `${text} ${known.name}` : text));
  });
  return el('table', {}, el('caption', {}, t('attributes')), el('tbody', {}, ...rows));
}

async function fillOverlap(into, hit, layers, signal) {
  const others = inOrder(layers).filter((l) => l.id !== hit.layer && l.kind !== 'patch').map((l) => l.id);
  if (!others.length) return;
  into.append(el('p', { class: 'wait' }, t('loading')));
  try {
    const answer = await api.overlap(hit.layer, hit.id, others, signal);
    into.replaceChildren(overlapTable(answer.results?.[0] ?? answer, layers));
  } catch (e) {
    if (signal.aborted) return;
    into.replaceChildren(el('p', { class: 'notice' }, `${t('unavailable')}: ${e.message}`));
  }
}

function overlapTable(result, layers) {
  const whole = result.area_m2 || 0;
  const cell = (v, digits) => el('td', { class: 'n' }, Number.isFinite(v) ? number(v, digits) : '');
  const row = (kind, label, area, share, count) => el('tr', { class: kind },
    el('th', { scope: 'row' }, ...label), cell(area, 2), cell(area * 3 / 2000, 4), cell(share * 100, 2), el('td', { class: 'n' }, count ?? ''));
  const body = (result.layers ?? []).flatMap((r) => {
    const layer = layers.find((l) => l.id === r.layer) ?? { id: r.layer, classes: [] };
    const head = row('layer', [titleOf(layer)], r.covered_m2, whole ? r.covered_m2 / whole : 0);
    if (!(r.covered_m2 > 0)) {
      return [el('tr', { class: 'layer' }, el('th', { scope: 'row' }, titleOf(layer)), el('td', { colspan: 4, class: 'none' }, t('none')))];
    }
    return [head, ...(r.classes ?? []).map((c) => {
      const known = layer.classes.find((k) => k.code === c.class);
      const label = [known?.color ? swatch(known.color) : '', `${c.class || t('noClass')} ${c.name && c.name !== c.class ? c.name : ''}`];
      return row('class', label, c.area_m2, c.share ?? (whole ? c.area_m2 / whole : 0), c.count);
    }), r.uncovered_m2 > 0.005 ? row('class', [t('uncovered')], r.uncovered_m2, whole ? r.uncovered_m2 / whole : 0) : null].filter(Boolean);
  });
  return el('table', {},
    el('caption', {}, `${t('overlap')} · ${t('area')} ${number(whole)} ${t('square')} = ${number(whole * 3 / 2000, 4)} ${t('mu')}`),
    el('thead', {}, el('tr', {}, ...[t('class'), t('square'), t('mu'), `${t('share')} %`, t('count')]
      .map((word, i) => el('th', { scope: 'col', class: i ? 'n' : '' }, word)))),
    el('tbody', {}, ...body));
}

function boundsOf(coordinates) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (c) => {
    if (typeof c[0] !== 'number') return c.forEach(walk);
    box[0] = Math.min(box[0], c[0]); box[1] = Math.min(box[1], c[1]);
    box[2] = Math.max(box[2], c[0]); box[3] = Math.max(box[3], c[1]);
  };
  walk(coordinates);
  return box;
}
