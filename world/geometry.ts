/** The few forms that shapes are put together from; coordinates within the unit disc, y down. */
import type { Stream } from "./random.ts";

/** Whether a point belongs to a form. */
export type Form = (x: number, y: number) => boolean;

/** The distance from (cx, cy) in units of the half-axes: 1 on the ellipse's rim, 0 at its centre. */
export const fromCentre = (
  x: number,
  y: number,
  cx: number,
  cy: number,
  rx: number,
  ry = rx,
): number => Math.sqrt(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2);

/** A lens lying along x: two arcs that meet at (±half, 0) and stand `height` apart from the axis. */
export function lens(half: number, height: number): Form {
  const k = (half * half - height * height) / (2 * height);
  return (x, y) => x * x + (Math.abs(y) + k) ** 2 < (height + k) ** 2;
}

/** A polygon by the even-odd rule. */
export function polygon(points: readonly (readonly [number, number])[]): Form {
  return (x, y) => {
    let inside = false;
    for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
      const [xi, yi] = points[i], [xj, yj] = points[j];
      if ((yi > y) !== (yj > y) && x < (xj - xi) * (y - yi) / (yj - yi) + xi) inside = !inside;
    }
    return inside;
  };
}

/** A line from (ax, ay) to (bx, by), `width` thick, with round ends. */
export function line(ax: number, ay: number, bx: number, by: number, width: number): Form {
  const vx = bx - ax, vy = by - ay, length = vx * vx + vy * vy;
  return (x, y) => {
    const t = Math.min(1, Math.max(0, ((x - ax) * vx + (y - ay) * vy) / length));
    return (x - ax - t * vx) ** 2 + (y - ay - t * vy) ** 2 < width * width / 4;
  };
}

/** Corners of a star of `points` tips at radius 1 and notches at radius `inner`, tip upwards. */
export const starCorners = (points: number, inner: number): [number, number][] =>
  Array.from({ length: 2 * points }, (_, i) => {
    const radius = i % 2 ? inner : 1, angle = Math.PI * i / points;
    return [radius * Math.sin(angle), -radius * Math.cos(angle)];
  });

/** Corners of a regular polygon in the unit circle. */
export const regular = (corners: number): [number, number][] =>
  Array.from({ length: corners }, (_, i) => {
    const angle = 2 * Math.PI * (i + 0.5) / corners;
    return [Math.sin(angle), -Math.cos(angle)];
  });

/** A smooth irregular blob. */
export function blob(random: Stream): Form {
  const waves = [2, 3, 5].map((n) => ({
    n,
    size: random.between(0.02, 0.14),
    phase: random.between(0, 2 * Math.PI),
  }));
  const room = 1 + waves.reduce((sum, { size }) => sum + size, 0);
  return (x, y) => {
    const angle = Math.atan2(y, x);
    let rim = 1;
    for (const { n, size, phase } of waves) rim += size * Math.sin(n * angle + phase);
    return Math.hypot(x, y) * room < rim;
  };
}

/** The part of `x` behind the point: 0..1 without 1. */
export const fraction = (x: number): number => x - Math.floor(x);

/**
 * Overlapping round scales as on a fish: how far the point lies from the middle of the scale that
 * is on top there (0..1), and which scale that is.
 */
export function scaleAt(x: number, y: number, width: number): { from: number; id: number } {
  const rise = width / 2;
  for (let row = Math.floor(y / rise) - 1;; row++) {
    const shift = (row & 1) * width / 2;
    const column = Math.round((x - shift) / width);
    const from = Math.hypot(x - shift - column * width, y - row * rise) / (width * 0.56);
    if (from < 1) return { from, id: row * 31 + column };
  }
}

/** Smooth noise over the unit square, 0..1, with `cells` bumps a side (value noise). */
export function noise(random: Stream, cells: number): (x: number, y: number) => number {
  const side = cells + 2;
  const heights = Float32Array.from({ length: side * side }, () => random.next());
  const ease = (t: number) => t * t * (3 - 2 * t);
  return (x, y) => {
    const u = Math.min(0.999, Math.max(0, x)) * cells, v = Math.min(0.999, Math.max(0, y)) * cells;
    const i = Math.floor(u), j = Math.floor(v), at = j * side + i;
    const s = ease(u - i), t = ease(v - j);
    const top = heights[at] + s * (heights[at + 1] - heights[at]);
    const bottom = heights[at + side] + s * (heights[at + side + 1] - heights[at + side]);
    return top + t * (bottom - top);
  };
}
