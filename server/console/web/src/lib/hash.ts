// The address of a view, after the "#": map place, layers off, selection,
// drawn polygon, language. Who opens it sees the same.

import type { LonLat } from './crs';
import type { Language } from './words';

export interface Camera { zoom: number; lat: number; lon: number }
export interface Named { layer: string; id: string }

export interface Address {
  map: Camera | null;
  off: string[];
  at: Named | null;
  draw: LonLat[] | null;
  lang: Language;
  probe: boolean; // count what is drawn, for tests
  nogl: boolean; // do without the map
}

const word = (s: string): string => encodeURIComponent(s).replace(/%2C/g, ',').replace(/%2F/g, '/');

function unword(s: string): string {
  try { return decodeURIComponent(s); } catch { return s; }
}

function camera(text: string): Camera | null {
  const [zoom, lat, lon, ...more] = text.split('/').map(Number);
  const good = more.length === 0 && [zoom, lat, lon].every(Number.isFinite) && zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 86 && Math.abs(lon) <= 180;
  return good ? { zoom, lat, lon } : null;
}

function named(text: string): Named | null {
  const cut = text.indexOf('/');
  return cut > 0 && cut < text.length - 1 ? { layer: unword(text.slice(0, cut)), id: unword(text.slice(cut + 1)) } : null;
}

function ring(text: string): LonLat[] | null {
  const places = text.split('_').map((p) => p.split(',').map(Number));
  const good = places.length >= 3 && places.every((p) => p.length === 2 && p.every(Number.isFinite) && Math.abs(p[0]) <= 180 && Math.abs(p[1]) <= 90);
  return good ? places.map(([x, y]) => [x, y] as const) : null;
}

/** Reads an address; what makes no sense in it is left out. */
export function parse(hash: string): Address {
  const parts = new Map(hash.replace(/^#/, '').split('&').filter(Boolean).map((p) => {
    const i = p.indexOf('=');
    return i < 0 ? [p, ''] : [p.slice(0, i), p.slice(i + 1)];
  }));
  const text = (key: string): string => parts.get(key) ?? '';
  return {
    map: camera(text('map')),
    off: text('off').split(',').filter(Boolean).map(unword),
    at: named(text('at')),
    draw: ring(text('draw')),
    lang: text('lang') === 'en' ? 'en' : 'zh',
    probe: parts.has('probe'),
    nogl: parts.has('nogl'),
  };
}

/** Writes an address; parse reads it back to the same. */
export function format(a: Address): string {
  const parts: string[] = [];
  if (a.map) parts.push(`map=${+a.map.zoom.toFixed(3)}/${+a.map.lat.toFixed(6)}/${+a.map.lon.toFixed(6)}`);
  if (a.off.length) parts.push(`off=${a.off.map((s) => encodeURIComponent(s)).join(',')}`);
  if (a.at) parts.push(`at=${encodeURIComponent(a.at.layer)}/${word(a.at.id)}`);
  if (a.draw) parts.push(`draw=${a.draw.map((p) => p.join(',')).join('_')}`);
  if (a.lang !== 'zh') parts.push(`lang=${a.lang}`);
  if (a.probe) parts.push('probe');
  if (a.nogl) parts.push('nogl');
  return `#${parts.join('&')}`;
}
