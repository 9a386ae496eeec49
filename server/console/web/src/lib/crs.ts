// Gauss-Krüger coordinates of the CGCS2000 ellipsoid in 3-degree zones, by
// Krüger's series in the third flattening to n⁶ (Karney 2011, equations 35, 36).
// Surveyors' axes: X is north, Y is east with the zone before it.

const a = 6378137;
const f = 1 / 298.257222101;
const e = Math.sqrt(f * (2 - f));
const n = f / (2 - f);
const powers = [n, n ** 2, n ** 3, n ** 4, n ** 5, n ** 6];
const radius = (a / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64 + n ** 6 / 256);

/** Coefficients of n, n², … n⁶ in each term of the series. */
const series = (rows: number[][]): number[] =>
  rows.map((row) => row.reduce((sum, c, i) => sum + c * powers[6 - row.length + i], 0));

const alpha = series([
  [1 / 2, -2 / 3, 5 / 16, 41 / 180, -127 / 288, 7891 / 37800],
  [13 / 48, -3 / 5, 557 / 1440, 281 / 630, -1983433 / 1935360],
  [61 / 240, -103 / 140, 15061 / 26880, 167603 / 181440],
  [49561 / 161280, -179 / 168, 6601661 / 7257600],
  [34729 / 80640, -3418889 / 1995840],
  [212378941 / 319334400],
]);

const beta = series([
  [1 / 2, -2 / 3, 37 / 96, -1 / 360, -81 / 512, 96199 / 604800],
  [1 / 48, 1 / 15, -437 / 1440, 46 / 105, -1118711 / 3870720],
  [17 / 480, -37 / 840, -209 / 4480, 5569 / 90720],
  [4397 / 161280, -11 / 504, -830251 / 7257600],
  [4583 / 161280, -108847 / 3991680],
  [20648693 / 638668800],
]);

const rad = Math.PI / 180;

/** Degrees, or metres north (x) and east with the zone's number before it (y). */
export type LonLat = readonly [lon: number, lat: number];
export interface Grid { zone: number; x: number; y: number }

/** The 3-degree zone of a longitude: its central meridian is 3 × zone. */
export const zoneOf = (lon: number): number => Math.floor((lon + 1.5) / 3);

/** The zones in which China lies; EPSG knows no other. */
export const isZone = (zone: number): boolean => Number.isInteger(zone) && zone >= 25 && zone <= 45;

/** EPSG number of a zone whose eastings bear the zone's number. */
export const epsgOf = (zone: number): number => 4513 + zone - 25;

/** Tangent of the conformal latitude, from that of the geographic one. */
function conformal(tau: number): number {
  const sigma = Math.sinh(e * Math.atanh((e * tau) / Math.hypot(1, tau)));
  return tau * Math.hypot(1, sigma) - sigma * Math.hypot(1, tau);
}

/** The inverse of conformal, by Newton's method: two or three rounds. */
function geographic(conf: number): number {
  let tau = conf / (1 - e * e);
  for (let i = 0; i < 6; i++) {
    const now = conformal(tau);
    const step = ((conf - now) * (1 + (1 - e * e) * tau * tau)) / ((1 - e * e) * Math.hypot(1, tau) * Math.hypot(1, now));
    tau += step;
    if (Math.abs(step) < 1e-15 * Math.max(1, Math.abs(tau))) break;
  }
  return tau;
}

/** Σ c_j sin(2jζ) of a complex ζ = ξ + iη: its real and imaginary part. */
function sum(c: number[], xi: number, eta: number): [number, number] {
  let re = 0, im = 0;
  c.forEach((k, i) => {
    const j = 2 * (i + 1);
    re += k * Math.sin(j * xi) * Math.cosh(j * eta);
    im += k * Math.cos(j * xi) * Math.sinh(j * eta);
  });
  return [re, im];
}

/** Projects degrees into a zone, else into the zone of the place. */
export function toGrid([lon, lat]: LonLat, zone = zoneOf(lon)): Grid {
  const l = (lon - 3 * zone) * rad;
  const t = conformal(Math.tan(lat * rad));
  const xi = Math.atan2(t, Math.cos(l)), eta = Math.asinh(Math.sin(l) / Math.hypot(t, Math.cos(l)));
  const [dXi, dEta] = sum(alpha, xi, eta);
  return { zone, x: radius * (xi + dXi), y: zone * 1e6 + 500000 + radius * (eta + dEta) };
}

/** The place of grid coordinates whose y bears the zone. */
export function fromGrid(x: number, y: number): LonLat {
  const zone = Math.floor(y / 1e6);
  const xi0 = x / radius, eta0 = (y - zone * 1e6 - 500000) / radius;
  const [dXi, dEta] = sum(beta, xi0, eta0);
  const xi = xi0 - dXi, eta = eta0 - dEta;
  const tau = geographic(Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi)));
  return [3 * zone + Math.atan2(Math.sinh(eta), Math.cos(xi)) / rad, Math.atan(tau) / rad];
}
