// Numbers, dates and coordinates as people of a language read them.

import { toGrid, type LonLat } from './crs';
import { locales, type Language } from './words';

const kept = new Map<string, Intl.NumberFormat>();

/** A number with a fixed count of decimals. */
export function number(v: number, language: Language, digits = 2): string {
  const key = language + digits;
  let f = kept.get(key);
  if (!f) {
    f = new Intl.NumberFormat(locales[language], { minimumFractionDigits: digits, maximumFractionDigits: digits });
    kept.set(key, f);
  }
  return f.format(v);
}

/** 亩 of square metres: 1 亩 = 2000/3 m². */
export const mu = (m2: number): number => (m2 * 3) / 2000;

/** A share as per cent with two decimals; what is not zero does not look so. */
export function share(v: number, language: Language): string {
  return v > 0 && v < 0.00005 ? `<${number(0.01, language)}` : number(v * 100, language);
}

export const date = (d: Date, language: Language): string =>
  new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeStyle: 'short' }).format(d);

/** "94.900000°E 36.400000°N". */
export function degrees([lon, lat]: LonLat): string {
  return `${Math.abs(lon).toFixed(6)}°${lon < 0 ? 'W' : 'E'} ${Math.abs(lat).toFixed(6)}°${lat < 0 ? 'S' : 'N'}`;
}

/** "X 4030489.91 Y 32401321.41", in the 3-degree zone of the place. */
export function grid(p: LonLat): string {
  const g = toGrid(p);
  return `X ${g.x.toFixed(2)} Y ${g.y.toFixed(2)}`;
}

/** The length of a scale bar of at most so many metres: 1, 2 or 5 × 10ⁿ. */
export function roundLength(most: number): number {
  const ten = 10 ** Math.floor(Math.log10(most));
  return (most >= 5 * ten ? 5 : most >= 2 * ten ? 2 : 1) * ten;
}

export const length = (m: number): string => (m >= 1000 ? `${m / 1000} km` : `${m} m`);
