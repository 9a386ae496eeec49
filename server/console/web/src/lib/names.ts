// What things are called in the reader's language: layers, classes, features,
// and values that a dictionary knows.

import { items, type Class, type Item, type Layer } from './api';
import type { Language } from './words';

export const layerName = (l: Layer | undefined, language: Language, id = ''): string =>
  l?.titles?.[language] || l?.titles?.zh || l?.titles?.en || l?.title || l?.id || id;

/** A class's name; "" when it has none. */
export const className = (c: Class | undefined, language: Language): string => (language === 'en' && c?.name_en) || c?.name || c?.name_en || '';

/** A class's code and name; where the name in the data is the code, the name alone. */
export function classText(c: Class, language: Language): string {
  const name = className(c, language);
  return !name ? c.code : c.name === c.code ? name : `${c.code} ${name}`;
}

export const groupName = (c: Class, language: Language): string => (language === 'en' && c.group_en) || c.group || c.group_en || '';

/** The field that looks like a feature's name. */
export const nameField = (l: Layer): string | undefined => l.fields.find((f) => /(mc|name|名称)$/i.test(f));

/** Of some fields, the one that holds the English of a field: "XMMC_EN", "name:en". */
export const englishField = (fields: string[], field: string): string | undefined => {
  const wanted = [`${field}_en`, `${field}:en`].map((s) => s.toLowerCase());
  return fields.find((f) => wanted.includes(f.toLowerCase()));
};

/** English of the words that the layers' dictionaries and titles know. */
export function glossary(layers: Layer[]): Map<string, string> {
  const known = new Map<string, string>();
  const learn = (zh?: string, en?: string): void => { if (zh && en) known.set(zh, en); };
  for (const l of layers) {
    learn(l.titles?.zh, l.titles?.en);
    for (const c of l.classes) {
      learn(c.group, c.group_en);
      learn(c.name, c.name_en);
    }
  }
  return known;
}

export const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);

/** A row of a feature's attributes: as delivered, and as it is shown. */
export interface Attribute { key: string; given: string; text: string; color?: string }

/**
 * The attributes of a feature. In English a value is shown by its English field
 * beside it, by the class dictionary or by the glossary, where one knows it.
 */
export function attributes(p: Record<string, unknown>, l: Layer | undefined, language: Language, known: Map<string, string>): Attribute[] {
  const keys = Object.keys(p).filter((k) => p[k] !== null && p[k] !== '');
  const english = language === 'en' ? new Map(keys.flatMap((k) => { const e = englishField(keys, k); return e ? [[k, e]] : []; })) : new Map<string, string>();
  const hidden = new Set(english.values());
  return keys.filter((k) => !hidden.has(k)).map((key) => {
    const value = p[key], given = typeof value === 'object' ? JSON.stringify(value) : String(value);
    const c = key === l?.classField ? l.classes.find((k) => k.code === given) : undefined, e = english.get(key);
    const text = e ? String(p[e]) : c ? classText(c, language) : language === 'en' ? (known.get(given) ?? given) : given;
    return { key, given, text, color: c?.color };
  });
}

/** A feature that has a name, for the search and the map's labels. */
export interface Named { layer: Layer; id: string; name: string; english: string; item: Item }

export const nameOf = (n: Named, language: Language): string => (language === 'en' && n.english) || n.name;

/** Features of small layers that have names. */
export async function readNamed(layers: Layer[]): Promise<Named[]> {
  const small = layers.filter((l) => (l.kind === 'admin' || (l.kind === 'reference' && l.count <= 200)) && nameField(l));
  const lists = await Promise.all(small.map(async (layer) => {
    const field = nameField(layer)!, english = englishField(layer.fields, field);
    const { features } = await items(layer.id, { limit: layer.kind === 'admin' ? '500' : '200' });
    return features.map((item): Named => {
      const name = String(item.properties?.[field] ?? ''), code = String(item.properties?.[layer.classField] ?? '');
      const c = layer.classes.find((k) => k.code === code);
      return { layer, id: item.id, name, english: String((english && item.properties?.[english]) || (c?.name === name ? (c.name_en ?? '') : '')), item };
    }).filter((x) => x.name);
  }));
  return lists.flat();
}
