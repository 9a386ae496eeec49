import { describe, expect, it } from 'vitest';
import * as format from './format';
import { words } from './words';

const sources = import.meta.glob('/src/**/*.{svelte,ts}', { query: '?raw', import: 'default', eager: true }) as Record<string, string>;

describe('words', () => {
  it('has the same keys in both languages, none empty', () => {
    expect(Object.keys(words.en).sort()).toEqual(Object.keys(words.zh).sort());
    for (const [key, text] of [...Object.entries(words.zh), ...Object.entries(words.en)]) {
      if (key !== 'some' && key !== 'typedBadEnd') expect(text, key).not.toBe('');
    }
  });
  it('uses every word', () => {
    const text = Object.entries(sources).filter(([name]) => !name.includes('words.')).map(([, s]) => s).join('\n');
    expect(Object.keys(words.zh).filter((key) => !text.includes(`'${key}'`))).toEqual([]);
  });
  it('leaves no Chinese outside the dictionary', () => {
    for (const [name, s] of Object.entries(sources)) {
      if (/words|query|names|\.test\./.test(name)) continue;
      expect(s.replace(/\/\/.*|\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->/g, '').match(/[\u4e00-\u9fff]/), name).toBeNull();
    }
  });
});

describe('format', () => {
  it('writes numbers', () => {
    expect(format.number(43300.8669, 'zh', 2)).toBe('43,300.87');
    expect(format.number(format.mu(43300.8669), 'en', 4)).toBe('64.9513');
    expect(format.share(0.698, 'zh')).toBe('69.80');
    expect(format.share(0.00001, 'en')).toBe('<0.01');
    expect(format.share(0, 'en')).toBe('0.00');
  });
  it('writes places', () => {
    expect(format.degrees([94.9, -36.4])).toBe('94.900000°E 36.400000°S');
    expect(format.grid([94.9, 36.4])).toBe('X 4030489.91 Y 32401321.41');
  });
  it('writes dates', () => {
    const d = new Date(2026, 10, 24, 21, 48);
    expect(format.date(d, 'zh')).toContain('2026年11月24日');
    expect(format.date(d, 'en')).toContain('November 24, 2026');
  });
  it.each([[1234, 1000], [2000, 2000], [0.7, 0.5], [99, 50]])('rounds a scale bar of %d m to %d m', (most, want) => {
    expect(format.roundLength(most)).toBe(want);
  });
});
