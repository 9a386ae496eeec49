// Small things that the page's parts share: elements, and what the URL says.

/** An element: el('td', {class: 'n'}, 'text', child…). Text is never markup. */
export function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) {
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v);
    else if (v === true) e.setAttribute(k, '');
    else if (v !== false && v != null) e.setAttribute(k, v);
  }
  e.append(...children.filter((c) => c != null));
  return e;
}

export const byId = (id) => document.getElementById(id);

/** A square of a colour. As SVG, because a strict policy forbids style attributes. */
export function swatch(color) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg'), r = document.createElementNS(ns, 'rect');
  svg.setAttribute('viewBox', '0 0 14 14');
  svg.setAttribute('class', 'swatch');
  svg.setAttribute('aria-hidden', 'true');
  for (const [k, v] of Object.entries({ x: 0.5, y: 0.5, width: 13, height: 13, rx: 2, fill: color, stroke: 'rgba(0,0,0,.35)' })) r.setAttribute(k, v);
  svg.append(r);
  return svg;
}

const pairs = () => new Map(location.hash.slice(1).split('&').filter(Boolean).map((p) => {
  const i = p.indexOf('=');
  return i < 0 ? [p, ''] : [p.slice(0, i), p.slice(i + 1)];
}));

/** A value from the URL's hash, or null. "map" in it is the map's own. */
export function fromHash(key) {
  const v = pairs().get(key);
  try { return v === undefined ? null : decodeURIComponent(v); } catch { return null; }
}

/** Puts a value into the URL's hash, or takes it out with null. */
export function toHash(key, value) {
  const all = pairs();
  if (value == null) all.delete(key);
  else all.set(key, encodeURIComponent(value).replace(/%2C/g, ',').replace(/%2F/g, '/'));
  history.replaceState(history.state, '', '#' + [...all].map(([k, v]) => `${k}=${v}`).join('&'));
}
