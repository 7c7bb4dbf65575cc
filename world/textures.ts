/** Eight patterns. Each function draws a patch of one, in an outline that tells nothing. */
import { fraction, scaleAt } from "./geometry.ts";
import type { Shape } from "./objects.ts";
import { compactForm } from "./outlines.ts";
import type { Paint } from "./raster.ts";
import { hash } from "./random.ts";

/** A patch of `pattern` in a random outline. */
const patch = (pattern: (...drawing: Parameters<Shape>) => Paint): Shape => (random, c) => {
  const inside = compactForm(random), paint = pattern(random, c);
  return (x, y) => inside(x, y) ? paint(x, y) : undefined;
};

export const spiral = patch((random, c) => {
  const pitch = random.between(0.32, 0.44), arms = random.whole(1, 2);
  const cx = random.between(-0.12, 0.12), cy = random.between(-0.12, 0.12);
  return (x, y) => {
    const angle = Math.atan2(y - cy, x - cx) / 2 / Math.PI;
    const along = Math.hypot(x - cx, y - cy) / pitch / (arms === 2 ? 1.6 : 1) * arms;
    return fraction(along - arms * angle) < 0.5 ? c.main : c.second;
  };
});

export const rings = patch((random, c) => {
  const pitch = random.between(0.15, 0.21), third = random.chance(0.5) ? c.accent : c.main;
  const cx = random.between(-0.15, 0.15), cy = random.between(-0.15, 0.15);
  return (x, y) => {
    const ring = Math.floor(Math.hypot(x - cx, y - cy) / pitch);
    return ring % 2 ? c.second : ring % 4 ? third : c.main;
  };
});

export const honeycomb = patch((random, c) => {
  const width = random.between(0.34, 0.46), wall = random.between(0.14, 0.2);
  const salt = random.whole(0, 1000), tall = width * Math.sqrt(3);
  const walls = random.pick([c.dark, c.light]);
  return (x, y) => {
    let best = Infinity, cell = 0, bx = 0, by = 0;
    for (const shift of [0, 0.5]) {
      const i = Math.round(x / width - shift), j = Math.round(y / tall - shift);
      const dx = x - (i + shift) * width, dy = y - (j + shift) * tall;
      if (dx * dx + dy * dy >= best) continue;
      [best, cell, bx, by] = [dx * dx + dy * dy, hash(salt, i, j, shift * 2), dx, dy];
    }
    const u = Math.abs(bx), v = Math.abs(by);
    const rim = Math.max(u, u / 2 + v * Math.sqrt(3) / 2) / (width / 2);
    if (rim > 1 - wall) return walls;
    return cell % 4 === 0 ? c.second : cell % 4 === 1 ? c.deep : c.main;
  };
});

export const stripes = patch((random, c) => {
  const pitch = random.between(0.3, 0.48), share = random.between(0.4, 0.6);
  const third = random.chance(0.5) ? c.accent : c.main, start = random.next();
  return (x) => {
    const band = x / pitch + start;
    return fraction(band) < share ? (Math.floor(band) % 2 ? third : c.main) : c.second;
  };
});

export const zigzag = patch((random, c) => {
  const pitch = random.between(0.36, 0.5), wave = random.between(0.44, 0.6);
  const height = random.between(0.2, 0.28), third = random.chance(0.5) ? c.accent : c.main;
  return (x, y) => {
    const band = (y + height * 2 * Math.abs(fraction(x / wave) - 0.5) * 2) / pitch;
    return fraction(band) < 0.5 ? (Math.floor(band) % 2 ? third : c.main) : c.second;
  };
});

export const checks = patch((random, c) => {
  const side = random.between(0.22, 0.32), woven = random.chance(0.4);
  return (x, y) => {
    const i = Math.floor(x / side) & 1, j = Math.floor(y / side) & 1;
    if (woven && i === 0 && j === 0) return c.deep;
    return i === j ? c.main : c.second;
  };
});

export const dots = patch((random, c) => {
  const pitch = random.between(0.4, 0.52), size = random.between(0.26, 0.34);
  const salt = random.whole(0, 1000), mixed = random.chance(0.5), hexagonal = random.chance(0.5);
  return (x, y) => {
    const row = Math.round(y / pitch), shift = hexagonal ? (row & 1) / 2 : 0;
    const column = Math.round(x / pitch - shift);
    const from = Math.hypot(x / pitch - shift - column, y / pitch - row);
    if (from > size) return c.main;
    return mixed && hash(salt, row, column) & 1 ? c.accent : c.second;
  };
});

export const scales = patch((random, c) => {
  const width = random.between(0.4, 0.54), salt = random.whole(0, 1000);
  return (x, y) => {
    const { from, id } = scaleAt(x, y, width);
    if (from > 0.8) return c.dark;
    if (from < 0.35) return c.second;
    return hash(salt, id) % 3 ? c.main : c.deep;
  };
});
