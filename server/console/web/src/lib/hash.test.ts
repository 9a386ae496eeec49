import { describe, expect, it } from 'vitest';
import { format, parse, type Address } from './hash';

const nothing: Address = { map: null, off: [], at: null, draw: null, lang: 'zh', probe: false, nogl: false };

describe('address', () => {
  it('is empty for the first view', () => {
    expect(parse('')).toEqual(nothing);
    expect(format(nothing)).toBe('#');
  });
  it('comes back whole', () => {
    const a: Address = {
      map: { zoom: 14.25, lat: 36.445, lon: 94.79 }, off: ['yjjbnt', '图,层&'], at: { layer: 'tuban', id: 'A/1&b=甲' },
      draw: [[94.9, 36.4], [94.91, 36.4], [94.9, 36.4100001]], lang: 'en', probe: true, nogl: true,
    };
    expect(parse(format(a))).toEqual(a);
  });
  it('keeps the older links', () => {
    expect(parse('#map=17/36.4453/94.7901&off=a,b&at=dltb/6328&probe')).toEqual({
      ...nothing, map: { zoom: 17, lat: 36.4453, lon: 94.7901 }, off: ['a', 'b'], at: { layer: 'dltb', id: '6328' }, probe: true });
  });
  it.each(['#map=a/b/c', '#map=5/1', '#map=5/99/10', '#draw=1,2_3,4', '#draw=1,2_3,4_500,6', '#at=dltb', '#at=/x', '#lang=fr', '#at=%'])('%s says nothing', (hash) => {
    expect(parse(hash)).toEqual(nothing);
  });
});
