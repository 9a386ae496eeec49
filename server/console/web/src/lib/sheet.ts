// The map on paper: A4 lying, with title, legend, scale, north arrow, date and seq.

import type { Layer } from './api';
import { length, number, roundLength } from './format';
import { classText } from './names';
import { border, colorOf, drawnClasses, fonts, opacity, symbolOf, type Symbol } from './style';
import type { Key, Language } from './words';

export const page = { width: 1123, height: 794, margin: 28, map: { x: 28, y: 72, width: 824, height: 654 }, ratio: 2 };

const ink = '#1d2b28';

export interface Sheet {
  title: string; date: string; seq: number; language: Language;
  picture: HTMLCanvasElement;
  metres: number; // of ground a CSS pixel of the picture
  layers: Layer[]; // uppermost first
  classes: Map<string, Set<string>>; // what is in the picture, by layer
  name(l: Layer): string;
  t(key: Key): string;
}

export interface Row { text: string; sample?: { kind: Symbol; color: string }; head?: boolean }

/** The rows of the legend: what is in the picture, with how it is drawn there. */
export function rows(s: Pick<Sheet, 'layers' | 'classes' | 'language' | 'name'>): Row[] {
  return s.layers.flatMap((l): Row[] => {
    const found = s.classes.get(l.id), kind = symbolOf(l);
    if (!found) return [];
    const classes = drawnClasses(l).filter((c) => found.has(c.code));
    if (!classes.length) return [{ text: s.name(l), sample: { kind, color: colorOf(l) }, head: true }];
    return [{ text: s.name(l), head: true }, ...classes.map((c) => ({ text: classText(c, s.language), sample: { kind, color: c.color! } }))];
  });
}

/** Draws the sheet. */
export function compose(s: Sheet): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = page.width * page.ratio;
  canvas.height = page.height * page.ratio;
  const c = canvas.getContext('2d')!;
  c.scale(page.ratio, page.ratio);
  c.fillStyle = '#fff';
  c.fillRect(0, 0, page.width, page.height);
  const font = (size: number, weight = ''): void => { c.font = `${weight} ${size}px ${fonts.map((f) => (f.includes(' ') ? `"${f}"` : f)).join(',')}`; };
  const { map } = page;
  c.drawImage(s.picture, map.x, map.y, map.width, map.height);
  c.strokeStyle = ink;
  c.lineWidth = 1.5;
  c.strokeRect(map.x, map.y, map.width, map.height);
  c.fillStyle = ink;
  c.textAlign = 'center';
  font(28, 'bold');
  c.fillText(s.title, page.width / 2, 50, page.width - 2 * page.margin);
  c.textAlign = 'left';
  legend(c, font, s);
  north(c, font, map.x + map.width - 34, map.y + 14, s.t('north'));
  foot(c, font, s);
  return canvas;
}

type Font = (size: number, weight?: string) => void;

function legend(c: CanvasRenderingContext2D, font: Font, s: Sheet): void {
  const x = page.map.x + page.map.width + 16, width = page.width - page.margin - x;
  font(15, 'bold');
  c.fillText(s.t('legend'), x, page.map.y + 14);
  const list = rows(s), step = Math.min(18, (page.map.height - 26) / Math.max(1, list.length));
  let y = page.map.y + 26;
  for (const r of list) {
    y += step;
    font(Math.min(12, step * 0.78), r.head ? 'bold' : '');
    if (r.sample) {
      const size = Math.min(12, step * 0.8);
      sample(c, r.sample, x, y - size + 1, size * 1.6, size);
    }
    c.fillStyle = ink;
    c.fillText(r.text, r.sample ? x + 24 : x, y, r.sample ? width - 24 : width);
  }
}

/** Draws a sample in a box, as the map draws it. */
function sample(c: CanvasRenderingContext2D, { kind, color }: NonNullable<Row['sample']>, x: number, y: number, width: number, height: number): void {
  c.save();
  if (kind === 'border') {
    for (const [style, thick] of [[border.band, height * 0.45], [border.line, 1.2]] as const) {
      c.fillStyle = style;
      c.fillRect(x, y + (height - thick) / 2, width, thick);
    }
  } else {
    const rim = kind === 'cover' ? 0.5 : kind === 'patch' ? 1.8 : 1.2;
    c.fillStyle = color;
    c.globalAlpha = opacity[kind];
    c.fillRect(x, y, width, height);
    c.globalAlpha = 1;
    c.strokeStyle = kind === 'cover' ? ink : color;
    c.lineWidth = rim;
    c.strokeRect(x + rim / 2, y + rim / 2, width - rim, height - rim);
  }
  c.restore();
}

function north(c: CanvasRenderingContext2D, font: Font, x: number, y: number, word: string): void {
  c.save();
  c.fillStyle = 'rgba(255,255,255,.85)';
  c.fillRect(x - 12, y - 4, 36, 58);
  c.fillStyle = ink;
  font(13, 'bold');
  c.textAlign = 'center';
  c.fillText(word, x + 6, y + 11);
  for (const [side, fill] of [[-9, true], [9, false]] as const) {
    c.beginPath();
    c.moveTo(x + 6, y + 16);
    c.lineTo(x + 6 + side, y + 48);
    c.lineTo(x + 6, y + 40);
    c.closePath();
    c.lineWidth = 1;
    c.stroke();
    if (fill) c.fill();
  }
  c.restore();
}

function foot(c: CanvasRenderingContext2D, font: Font, s: Sheet): void {
  const { x, height, width } = page.map, y = page.map.y + height + 24;
  const bar = roundLength(s.metres * 180), pixels = bar / s.metres;
  c.lineWidth = 1;
  for (let i = 0; i < 4; i++) {
    c.fillStyle = i % 2 ? '#fff' : ink;
    c.fillRect(x + (i * pixels) / 4, y - 6, pixels / 4, 6);
    c.strokeRect(x + (i * pixels) / 4, y - 6, pixels / 4, 6);
  }
  c.fillStyle = ink;
  font(12);
  c.fillText('0', x, y + 14);
  c.fillText(length(bar), x + pixels - 4, y + 14);
  const ratio = Number((s.metres / (0.0254 / 96)).toPrecision(3));
  c.fillText(`${s.t('scale')} 1:${number(ratio, s.language, 0)} (A4)`, x + pixels + 60, y);
  c.fillText(s.t('system'), x + pixels + 60, y + 16);
  c.textAlign = 'right';
  c.fillText(`${s.t('date')} ${s.date}`, x + width, y);
  c.fillText(`${s.t('seq')} ${s.seq}`, x + width, y + 16);
  c.textAlign = 'left';
}
