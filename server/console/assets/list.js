// The list of layers with their legends.

import * as api from './api.js';
import { byId, el, swatch } from './page.js';
import { t, titleOf } from './text.js';

/**
 * Fills the list. With toggle, each layer has a check box and visible(id) says
 * whether it is set; without, each is a link to its data.
 */
export function fill(layers, visible, toggle) {
  const open = new Set([...document.querySelectorAll('#layers details[open]')].map((d) => d.dataset.layer));
  byId('layers').replaceChildren(...layers.map((l) => {
    const box = toggle && el('input', { type: 'checkbox', checked: visible(l.id), onchange: (e) => toggle(l.id, e.target.checked) });
    const name = toggle ? el('label', {}, box, ' ', titleOf(l)) : el('a', { href: link(l) }, titleOf(l));
    return el('li', { 'data-layer': l.id },
      el('div', { class: 'name' }, name, el('a', { class: 'id', href: link(l), title: t('features') }, l.id)),
      legend(l, open.has(l.id) || l.classes.length > 0 && l.classes.length <= 3 && toggle));
  }));
}

const link = (l) => api.address(`collections/${encodeURIComponent(l.id)}/items`);

function legend(l, open) {
  const coloured = l.classes.filter((c) => c.color);
  if (!coloured.length) return null;
  const groups = Map.groupBy ? Map.groupBy(coloured, (c) => c.group ?? '') : group(coloured);
  return el('details', { open, 'data-layer': l.id }, el('summary', {}, `${t('legend')} (${coloured.length})`),
    el('ul', { class: 'legend' }, ...[...groups].flatMap(([name, classes]) => [
      groups.size > 1 && name ? el('li', { class: 'group' }, name) : null,
      ...classes.map((c) => el('li', {}, swatch(c.color), c.name && c.name !== c.code ? `${c.name} ` : '',
        el('code', {}, c.name === c.code ? c.name : c.code))),
    ].filter(Boolean))));
}

function group(classes) {
  const m = new Map();
  for (const c of classes) m.set(c.group ?? '', [...(m.get(c.group ?? '') ?? []), c]);
  return m;
}
