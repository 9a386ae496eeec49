// The page: puts the list, the map and the panel together.

import * as api from './api.js';
import { fill } from './list.js';
import * as panel from './panel.js';
import { byId, el, fromHash, toHash } from './page.js';
import { inOrder } from './style.js';
import { currentLanguage, number, setLanguage, t, titleOf } from './text.js';

const state = { layers: [], hidden: new Set(), map: null, hits: [], chosen: null, problems: [] };

const visible = (id) => !state.hidden.has(id);

function status(text, kind = '') {
  byId('status').className = kind;
  byId('status').replaceChildren(...(text ? [text].flat() : []));
}

/** Says that the page shows what it should, for people who test it. */
function ready(extra = {}) {
  byId('summary').value = JSON.stringify({ seq: api.currentSeq(), language: currentLanguage(),
    layers: state.layers.map((l) => l.id), problems: state.problems, ms: Math.round(performance.now()), ...extra });
  document.documentElement.dataset.ready = 'true';
}

async function probe() {
  document.documentElement.dataset.ready = 'false';
  await state.map.idle();
  ready({ drawn: state.map.drawn(), chosen: state.chosen });
}

function drawWords() {
  setLanguage(fromHash('lang') ?? 'zh');
  byId('language').textContent = t('other');
  byId('language').lang = currentLanguage() === 'zh' ? 'en' : 'zh';
  byId('side').setAttribute('aria-label', t('layers'));
  showSeq(api.currentSeq());
  fill([...inOrder(state.layers)].reverse(), visible, state.map && toggle);
  settled();
}

function showSeq(seq) { byId('seq').textContent = seq ? `${t('seq')} ${seq}` : ''; }

function toggle(id, on) {
  state.hidden[on ? 'delete' : 'add'](id);
  toHash('off', state.hidden.size ? [...state.hidden].join(',') : null);
  state.map.show(id, on);
}

/** Chooses one of the features at a place and opens the panel on it. */
function choose(hit, hits = state.hits, fit = false) {
  state.hits = hits;
  state.chosen = hit;
  toHash('at', hit.id == null ? null : `${hit.layer}/${hit.id}`);
  state.map.highlight(hit);
  document.body.classList.add('paneled');
  return panel.show(hits, hit, state.layers, { choose: (h) => choose(h), close, box: fit ? (b) => state.map.fit(b) : null });
}

function close() {
  state.chosen = null;
  toHash('at', null);
  state.map.highlight(null);
  document.body.classList.remove('paneled');
  panel.hide();
}

function picked(hits) {
  if (hits.length) return choose(hits[0], hits).then(watch);
  close();
  watch();
}

function failed(error) {
  const text = error?.message ?? String(error);
  if (/abort/i.test(text)) return;
  state.problems.push(text);
  status(`${t('tilesFailed')}: ${text}`, 'warning');
}

function moved({ lng, lat }) { byId('place').textContent = `${number(lng, 6)}°E ${number(lat, 6)}°N`; }

/** Says which layers are drawn with less than everything at this scale. */
function settled() {
  const less = state.map?.generalised() ?? [];
  byId('less').textContent = less.length ? `${t('less')} ${less.map(titleOf).join(t('comma'))}` : '';
}

/** With "probe" in the hash, the summary counts what is drawn. */
function watch() { if (fromHash('probe') !== null) probe(); }

/** Opens the feature that the hash names, if it names one. */
function openNamed(fit) {
  const at = fromHash('at');
  if (!at) return null;
  const cut = at.indexOf('/');
  const hit = { layer: at.slice(0, cut), id: at.slice(cut + 1), properties: {} };
  return state.layers.some((l) => l.id === hit.layer) ? choose(hit, [hit], fit) : null;
}

/** The hash was changed by hand or by a link: shows what it says now. The map follows by itself. */
function reread() {
  const off = new Set((fromHash('off') ?? '').split(',').filter(Boolean));
  for (const { id } of state.layers) if (off.has(id) === visible(id)) state.map.show(id, !off.has(id));
  state.hidden = off;
  drawWords();
  if (fromHash('at')) openNamed(false);
  else close();
}

/** Follows a commit: new or reshaped layers need a new page, others only their tiles. */
function changed(commit) {
  const touched = commit.layers ?? [];
  if (touched.some((l) => l.schema || !state.layers.some((k) => k.id === l.layer))) return location.reload();
  state.map?.refresh(touched.length ? touched.map((l) => l.layer) : state.layers.map((l) => l.id));
  if (state.chosen?.id == null) return;
  state.again ??= setTimeout(() => {
    state.again = null;
    if (state.chosen) choose(state.chosen);
  }, 1000);
}

function empty() {
  status([el('strong', {}, t('empty')), el('br'), el('code', {}, t('emptyCommand'))], 'empty');
  ready({ empty: true });
}

async function start() {
  drawWords();
  api.onSeq(showSeq);
  byId('language').addEventListener('click', () => {
    toHash('lang', currentLanguage() === 'zh' ? 'en' : 'zh');
    drawWords();
    if (!state.layers.length) empty();
    if (state.chosen) choose(state.chosen);
  });
  if (window.innerWidth < 700) byId('drawer').open = false;
  state.layers = await api.layers();
  state.hidden = new Set((fromHash('off') ?? '').split(',').filter(Boolean));
  if (!state.layers.length) {
    drawWords();
    api.follow(() => location.reload(), () => {});
    return empty();
  }
  await startMap();
}

async function startMap() {
  const gl = document.createElement('canvas');
  if (fromHash('nogl') !== null || !gl.getContext('webgl2')) {
    byId('map').hidden = true;
    document.body.classList.add('mapless');
    drawWords();
    status(t('noWebGL'), 'notice');
    byId('drawer').open = true;
    return ready({ webgl: false });
  }
  const { CityMap } = await import('./map.js');
  const placed = fromHash('map') !== null;
  state.map = new CityMap('map', state.layers, visible, { picked, failed, moved, settled });
  drawWords();
  byId('fit').addEventListener('click', () => state.map.fit());
  window.addEventListener('hashchange', reread);
  document.addEventListener('keydown', (e) => { if (e.key === 'Escape' && state.chosen) close(); });
  api.follow(changed, (on) => { if (!on) status(t('offline'), 'warning'); else if (byId('status').className !== 'empty') status(''); });
  await state.map.idle();
  status(state.problems.length ? `${t('tilesFailed')}: ${state.problems[0]}` : '', state.problems.length ? 'warning' : '');
  await openNamed(!placed);
  watch();
  if (fromHash('probe') === null) ready();
}

start().catch((e) => {
  status(`${t('failed')}: ${e.message}`, 'warning');
  ready({ failed: e.message });
  throw e;
});
