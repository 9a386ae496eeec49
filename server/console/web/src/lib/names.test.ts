import { describe, expect, it } from 'vitest';
import type { Layer } from './api';
import { attributes, className, classText, englishField, glossary, groupName } from './names';
import { rows } from './sheet';
import { build, label } from './style';

const layer = (more: Partial<Layer>): Layer => ({
  id: 'dltb', title: 'Parcels', titles: { zh: '地类图斑', en: 'Parcels' }, kind: 'reference', classField: 'DLBM', fields: ['DLBM', 'DLMC'], count: 1,
  bounds: null, tiles: [], minzoom: 0, maxzoom: 16,
  classes: [{ code: '0102', name: '水浇地', name_en: 'Irrigated land', group: '耕地', group_en: 'Cropland', color: '#f6dc64' }, { code: '09', name: '特殊用地', color: '#94785f' }], ...more,
});
const patches = layer({ id: 'tuban', kind: 'patch', classField: 'TBLX', titles: { zh: '变化图斑', en: 'Patches' },
  classes: [{ code: '疑似采矿', name: '疑似采矿', name_en: 'Suspected mining', group: '矿产', group_en: 'Minerals', color: '#7a3b1d' }] });

describe('names', () => {
  it.each([
    ['zh', ['水浇地', '耕地', '特殊用地', '']],
    ['en', ['Irrigated land', 'Cropland', '特殊用地', '']],
  ] as const)('of classes in %s', (language, want) => {
    const [a, b] = layer({}).classes;
    expect([className(a, language), groupName(a, language), className(b, language), groupName(b, language)]).toEqual(want);
  });
  it('does not repeat a code that is the name', () => {
    expect(classText(patches.classes[0], 'zh')).toBe('疑似采矿');
    expect(classText(patches.classes[0], 'en')).toBe('Suspected mining');
    expect(classText(layer({}).classes[0], 'en')).toBe('0102 Irrigated land');
    expect(classText({ code: '7' }, 'en')).toBe('7');
    expect(className(undefined, 'en')).toBe('');
  });
  it('finds the English field beside one', () => {
    expect(englishField(['XMMC', 'XMMC_EN'], 'XMMC')).toBe('XMMC_EN');
    expect(englishField(['name', 'name:en'], 'name')).toBe('name:en');
    expect(englishField(['name'], 'name')).toBeUndefined();
  });
  it('shows attributes in English where it can, and as delivered in Chinese', () => {
    const p = { DLBM: '0102', DLMC: '水浇地', XMMC: '一号', XMMC_EN: 'One', BZ: '演示', none: null, empty: '', n: 3 };
    const known = glossary([layer({}), patches]);
    const show = (language: 'zh' | 'en') => Object.fromEntries(attributes(p, layer({}), language, known).map((a) => [a.key, a.text]));
    expect(show('zh')).toEqual({ DLBM: '0102 水浇地', DLMC: '水浇地', XMMC: '一号', XMMC_EN: 'One', BZ: '演示', n: '3' });
    expect(show('en')).toEqual({ DLBM: '0102 Irrigated land', DLMC: 'Irrigated land', XMMC: 'One', BZ: '演示', n: '3' });
    expect(attributes({ TBLX: '疑似采矿' }, patches, 'en', known)).toEqual([{ key: 'TBLX', given: '疑似采矿', text: 'Suspected mining', color: '#7a3b1d' }]);
    expect(attributes({ TBLX: '疑似采矿' }, patches, 'zh', known)[0].text).toBe('疑似采矿');
  });
});

describe('labels', () => {
  it('are in the language, on the map and in the legend', () => {
    expect(JSON.stringify(label(layer({}), 'zh'))).toContain('"0102","水浇地"');
    expect(JSON.stringify(label(layer({}), 'en'))).toContain('"0102","Irrigated land"');
    expect(label(layer({ classes: [], fields: ['name', 'name:en'] }), 'en')).toEqual(['to-string', ['coalesce', ['get', 'name:en'], ['get', 'name'], '']]);
    expect(label(layer({ classes: [], fields: ['x'] }), 'en')).toBeNull();
    const legend = (language: 'zh' | 'en') => rows({ language, layers: [patches, layer({})], name: (l) => l.titles![language]!,
      classes: new Map([['tuban', new Set(['疑似采矿'])], ['dltb', new Set(['0102'])]]) }).map((r) => r.text);
    expect(legend('en')).toEqual(['Patches', 'Suspected mining', 'Parcels', '0102 Irrigated land']);
    expect(legend('zh')).toEqual(['变化图斑', '疑似采矿', '地类图斑', '0102 水浇地']);
  });
  it('have the style of what they explain', () => {
    const units = layer({ id: 'xzq', kind: 'admin', classes: [{ code: '1', name: '一', color: '#e8c4a0' }] });
    const legend = rows({ language: 'zh', layers: [units], name: () => '行政区', classes: new Map([['xzq', new Set(['1'])]]) });
    expect(legend.map((r) => r.sample?.kind)).toEqual(['border']);
    const style = build([units, patches], () => true, 'en');
    expect(style.layers.find((l) => l.id === 'xzq/fill')?.paint).toMatchObject({ 'fill-opacity': 0 });
  });
});
