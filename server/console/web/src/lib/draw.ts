// One polygon drawn and edited on the map, with terra-draw.

import type { Position } from 'geojson';
import { TerraDraw, TerraDrawPolygonMode, TerraDrawSelectMode, ValidateNotSelfIntersecting, type HexColor } from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import type { CityMap } from './map';

const ink: HexColor = '#7b1fa2';
const decimals = 7; // a centimetre; the address holds the polygon to the last digit

export type DrawMode = 'off' | 'draw' | 'edit';

export class Drawing {
  private pen: TerraDraw;
  private drawing = false;
  private stakes: Position[] = []; // points put by keyboard

  /** changed is called with the ring, not closed, whenever one is finished; ended when drawing was given up. */
  constructor(private map: CityMap, private changed: (ring: Position[]) => void, private ended: () => void) {
    this.pen = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map: map.gl, coordinatePrecision: decimals }),
      modes: [
        new TerraDrawPolygonMode({
          styles: { fillColor: ink, fillOpacity: 0.12, outlineColor: ink, outlineWidth: 3, closingPointColor: ink, closingPointWidth: 6 },
        }),
        new TerraDrawSelectMode({
          allowManualDeselection: false,
          flags: { polygon: { feature: { draggable: false, validation: ValidateNotSelfIntersecting, coordinates: { midpoints: true, draggable: true, deletable: true } } } },
          styles: { selectedPolygonColor: ink, selectedPolygonFillOpacity: 0.12, selectedPolygonOutlineColor: ink, selectedPolygonOutlineWidth: 3, selectionPointColor: ink, midPointColor: '#ffffff', midPointOutlineColor: ink },
        }),
      ],
    });
    this.pen.start();
    this.pen.on('finish', (_, { action }) => {
      const ring = this.ring();
      if (!ring) return;
      if (action === 'draw') setTimeout(() => { this.stop(); ended(); }); // after the click that ended it
      changed(ring);
    });
    map.gl.getCanvas().addEventListener('keydown', (e) => { if (this.drawing && this.keyed(e.key)) e.preventDefault(); });
  }

  /** Draws by keyboard: space puts a point in the middle of the map, backspace takes the last away, enter ends. */
  private keyed(key: string): boolean {
    if (key === ' ') {
      const c = this.map.gl.getCenter();
      this.stakes.push([+c.lng.toFixed(decimals), +c.lat.toFixed(decimals)]);
    } else if (key === 'Backspace') this.stakes.pop();
    else if (key === 'Enter' && this.stakes.length > 2) {
      const ring = this.stakes;
      this.set(ring);
      this.ended();
      this.changed(ring);
      return true;
    } else return false;
    this.map.sketch(this.stakes);
    return true;
  }

  private polygon() {
    return this.pen.getSnapshot().find((f) => f.geometry.type === 'Polygon' && (f.properties.mode === 'polygon'));
  }

  /** The ring that stands, not closed. */
  ring(): Position[] | null {
    const f = this.polygon();
    return f && f.geometry.type === 'Polygon' ? f.geometry.coordinates[0].slice(0, -1) : null;
  }

  draw(): void {
    this.stop();
    this.pen.clear();
    this.map.picking = false;
    this.drawing = true;
    this.pen.setMode('polygon');
  }

  edit(): void {
    const f = this.polygon();
    if (f?.id === undefined) return;
    this.map.picking = false;
    this.pen.setMode('select');
    this.pen.selectFeature(f.id);
  }

  /** Leaves drawing and editing; the polygon stays. */
  stop(): void {
    this.pen.setMode('static');
    this.map.picking = true;
    this.drawing = false;
    if (this.stakes.length) this.map.sketch(this.stakes = []);
  }

  clear(): void {
    this.stop();
    this.pen.clear();
  }

  set(ring: readonly (readonly number[])[]): void {
    this.clear();
    const round = (v: number): number => +v.toFixed(decimals);
    const closed = [...ring, ring[0]].map((p) => [round(p[0]), round(p[1])]);
    this.pen.addFeatures([{ type: 'Feature', properties: { mode: 'polygon' }, geometry: { type: 'Polygon', coordinates: [closed] } }]);
  }
}
