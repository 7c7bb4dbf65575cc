/** Twelve things with parts. Each function draws one individual of its class. */
import type { Palette } from "./colour.ts";
import {
  type Form,
  fraction,
  fromCentre,
  lens,
  line,
  polygon,
  scaleAt,
  starCorners,
} from "./geometry.ts";
import type { Paint } from "./raster.ts";
import { hash, type Stream } from "./random.ts";

/** Draws one individual in the unit disc, upright. */
export type Shape = (random: Stream, colours: Palette) => Paint;

export const eye: Shape = (random, c) => {
  const height = random.between(0.48, 0.62);
  const lid = lens(0.92, height + 0.08),
    ball = lens(0.84, height),
    lashes = lens(0.98, height + 0.3);
  const iris = height * random.between(0.78, 0.92), pupil = random.between(0.4, 0.55);
  const gaze = random.between(-0.15, 0.15), rays = random.whole(9, 14);
  return (x, y) => {
    if (ball(x, y)) {
      const from = fromCentre(x, y, gaze, 0, iris);
      if (fromCentre(x, y, gaze - 0.3 * iris, -0.35 * iris, 0.2 * iris) < 1) return c.light;
      if (from < pupil || (from > 0.86 && from < 1)) return c.dark;
      if (from > 1) return c.light;
      return fraction(Math.atan2(y, x - gaze) / 2 / Math.PI * rays) < 0.5 ? c.main : c.deep;
    }
    if (lid(x, y)) return c.dark;
    const lash = y < -0.1 && lashes(x, y) && fraction(Math.atan2(x, 0.4 - y) * 3) < 0.4;
    return lash ? c.dark : undefined;
  };
};

export const flower: Shape = (random, c) => {
  const petals = random.whole(5, 8), heart = random.between(0.24, 0.34);
  const notch = random.between(0.35, 0.55), roundness = random.between(0.4, 0.8);
  return (x, y) => {
    const radius = Math.hypot(x, y);
    if (radius < heart) {
      const seed = scaleAt(x + 2, y + 2, 0.16).from < 0.45;
      return seed ? c.secondDeep : c.second;
    }
    const turn = Math.abs(fraction(Math.atan2(x, -y) / 2 / Math.PI * petals) - 0.5) * 2;
    const rim = notch + (1 - notch) * Math.cos(turn * Math.PI / 2) ** roundness;
    if (radius > rim) return undefined;
    if (turn < 0.1 && radius < 0.8) return c.deep;
    return radius < heart + 0.12 || radius > rim - 0.07 ? c.deep : c.main;
  };
};

export const butterfly: Shape = (random, c) => {
  const tilt = random.between(0.5, 0.8), cos = Math.cos(tilt), sin = Math.sin(tilt);
  const spot = random.between(0.16, 0.22), low = random.between(0.34, 0.42);
  const antenna = line(0.03, -0.4, 0.22, -0.82, 0.06), knob = 0.06;
  return (px, y) => {
    const x = Math.abs(px);
    if (fromCentre(x, y, 0, 0, 0.08, 0.48) < 1) return c.dark;
    if (antenna(x, y) || fromCentre(x, y, 0.22, -0.82, knob) < 1) return c.dark;
    const dx = x - 0.46, dy = y + 0.27;
    const upper = fromCentre(cos * dx - sin * dy, sin * dx + cos * dy, 0, 0, 0.53, 0.35);
    if (upper < 1) {
      const ring = fromCentre(x, y, 0.56, -0.35, spot);
      if (ring < 1) return ring < 0.45 ? c.dark : c.light;
      return upper > 0.84 ? c.dark : x + y < 0.02 ? c.deep : c.main;
    }
    const lower = fromCentre(x, y, 0.37, 0.36, low, 0.38);
    if (lower > 1) return undefined;
    if (lower > 0.82) return c.dark;
    return fromCentre(x, y, 0.4, 0.4, spot * 0.8) < 1 ? c.accent : c.second;
  };
};

export const fish: Shape = (random, c) => {
  const height = random.between(0.36, 0.46), size = random.between(0.2, 0.26);
  const body = lens(0.7, height), reach = random.between(0.36, 0.46);
  const tail = polygon([[0.36, 0], [0.97, -reach * 0.95], [0.8, 0], [0.97, reach * 0.95]]);
  const fins = polygon([[-0.3, 0], [-0.1, -height - 0.26], [0.3, -height - 0.12], [0.3, 0.1]]);
  const belly = polygon([[-0.2, 0], [0.05, height + 0.22], [0.2, height], [0.15, 0]]);
  return (x, y) => {
    if (body(x + 0.22, y)) {
      const pupil = fromCentre(x, y, -0.62, -0.08, 0.12);
      if (pupil < 1) return pupil < 0.55 ? c.dark : c.light;
      const cheek = fromCentre(x, y, -0.75, 0, 0.4);
      if (cheek < 1) return cheek > 0.86 ? c.deep : c.accent;
      return scaleAt(-y + 3, -x + 3, size).from > 0.72 ? c.deep : c.main;
    }
    if (!tail(x, y) && !fins(x, y) && !belly(x, y)) return undefined;
    return fraction((y - x * (tail(x, y) ? 0 : 0.5)) * 5) < 0.35 ? c.secondDeep : c.second;
  };
};

export const mushroom: Shape = (random, c) => {
  const flat = random.between(0.7, 0.88), foot = random.between(0.16, 0.24);
  const places = [[-0.62, -0.2], [-0.3, -0.46], [-0.16, -0.2], [0.14, -0.5], [0.3, -0.22], [
    0.6,
    -0.3,
  ]];
  const spots = places.map(([x, y]) => ({
    x: x + random.between(-0.08, 0.08),
    y: y + random.between(-0.06, 0.06),
    size: random.between(0.09, 0.16),
  }));
  return (x, y) => {
    const cap = fromCentre(x, y, 0, -0.02, 0.92, flat),
      under = fromCentre(x, y, 0, -0.02, 0.92, 0.17);
    if (under < 1 && y > -0.05) {
      return fraction(Math.atan2(x, 0.5 + y) * 5) < 0.4 ? c.secondDeep : c.second;
    }
    if (cap < 1 && y < 0) {
      if (spots.some((s) => fromCentre(x, y, s.x, s.y, s.size, s.size * 0.85) < 1)) return c.light;
      return cap > 0.88 ? c.deep : c.main;
    }
    const half = foot + 0.1 * Math.max(0, y - 0.3);
    if (y < 0 || y > 0.9 || Math.abs(x) > half) return undefined;
    if (y > 0.25 && y < 0.36) return c.secondDeep;
    return x > half * 0.4 ? c.accent : c.light;
  };
};

export const star: Shape = (random, c) => {
  const points = random.whole(5, 6), inner = random.between(0.4, 0.52);
  const outline = polygon(starCorners(points, inner));
  const core = random.chance(0.5) ? random.between(0.4, 0.55) : 0;
  return (x, y) => {
    if (!outline(x, y)) return undefined;
    const lit = fraction(Math.atan2(x, -y) / 2 / Math.PI * points) < 0.5;
    if (core && outline(x / core, y / core)) return lit ? c.second : c.secondDeep;
    return lit ? c.main : c.deep;
  };
};

export const leaf: Shape = (random, c) => {
  const height = random.between(0.4, 0.55), gap = random.between(0.22, 0.3);
  const slant = random.between(0.6, 1), teeth = random.chance(0.5) ? 0.06 : 0;
  const blade = lens(0.86, height), stalk = line(0.7, 0, 0.98, 0.06, 0.09);
  return (px, y) => {
    const x = px + 0.12, across = Math.abs(y);
    const saw = teeth * fraction((x - across) * 7);
    if (!blade(x, y * (1 + saw * 3))) return stalk(px, y) ? c.secondDeep : undefined;
    if (across < 0.045) return c.second;
    if (fraction((x + across * slant) / gap) < 0.24) return c.second;
    return y < 0 ? c.main : c.deep;
  };
};

export const house: Shape = (random, c) => {
  const eaves = random.between(-0.2, -0.02), half = random.between(0.5, 0.6);
  const roof = polygon([[0, -0.9], [half + 0.2, eaves], [-half - 0.2, eaves]]);
  const door = random.between(-0.3, -0.2), pane = random.between(0.15, 0.19);
  const smoke = random.chance(0.7);
  return (x, y) => {
    if (roof(x, y)) {
      if (fromCentre(x, y, 0, -0.38, 0.13) < 1) return c.light;
      return scaleAt(x + 3, y + 3, 0.2).from > 0.72 ? c.secondDeep : c.second;
    }
    if (smoke && x > 0.25 && x < 0.43 && y > -0.82 && y < eaves) return c.secondDeep;
    if (Math.abs(x) > half || y < eaves || y > 0.76) return undefined;
    const dx = Math.abs(x - 0.24), dy = Math.abs(y - 0.24);
    if (dx < pane && dy < pane) return dx < 0.03 || dy < 0.03 ? c.dark : c.light;
    if (dx < pane + 0.05 && dy < pane + 0.05) return c.dark;
    if (Math.abs(x - door) < 0.16 && y > 0.2) {
      return fromCentre(x, y, door + 0.09, 0.5, 0.04) < 1 ? c.light : c.accent;
    }
    return y < eaves + 0.1 ? c.deep : c.main;
  };
};

export const cat: Shape = (random, c) => {
  const width = random.between(0.68, 0.76), open = random.between(0.1, 0.15);
  const ear = polygon([[0.16, -0.4], [0.66, -0.72], [0.7, 0.05]]);
  const inner = polygon([[0.34, -0.4], [0.58, -0.56], [0.6, -0.2]]);
  const nose = polygon([[-0.1, 0.2], [0.1, 0.2], [0, 0.33]]);
  const mouth: Form = (x, y) => y > 0.36 && Math.abs(fromCentre(x, y, 0.11, 0.38, 0.12) - 1) < 0.22;
  const whiskers = [line(0.25, 0.3, 0.92, 0.2, 0.045), line(0.25, 0.38, 0.88, 0.46, 0.045)];
  const almond = lens(0.22, open + 0.04);
  return (px, y) => {
    const x = Math.abs(px);
    if (whiskers.some((whisker) => whisker(x, y))) return c.dark;
    if (fromCentre(x, y, 0, 0.12, width, 0.6) < 1) {
      if (nose(x, y)) return c.accent;
      if (mouth(x, y)) return c.dark;
      if (almond(x - 0.32, y + 0.02)) {
        return fromCentre(x, y, 0.32, -0.02, 0.06, 0.15) < 1 ? c.dark : c.second;
      }
      if (fromCentre(x, y, 0.32, -0.02, 0.26, 0.2) < 1) return c.dark;
      if (fromCentre(x, y, 0.13, 0.4, 0.22, 0.18) < 1) return c.light;
      if (y < -0.15 && fraction(x * 4.5 + 0.25) < 0.45) return c.deep;
      return c.main;
    }
    return inner(x, y) ? c.accent : ear(x, y) ? c.main : undefined;
  };
};

export const ladybird: Shape = (random, c) => {
  const spots = [[0.3, -0.12], [0.42, 0.3], [0.18, 0.5]].slice(random.chance(0.3) ? 1 : 0);
  const size = random.between(0.12, 0.17), seam = random.between(0.03, 0.05);
  const legs = [-0.2, 0.15, 0.5].map((y) => line(0.4, y, 0.88, y + (y - 0.15) * 0.6, 0.09));
  const feeler = line(0.12, -0.7, 0.36, -0.92, 0.06);
  return (px, y) => {
    const x = Math.abs(px);
    const shell = fromCentre(x, y, 0, 0.16, 0.66, 0.7);
    if (shell < 1 && y > -0.36) {
      if (x < seam + 0.1 * Math.max(0, y - 0.5)) return c.dark;
      if (spots.some(([sx, sy]) => fromCentre(x, y, sx, sy, size) < 1)) return c.dark;
      return shell > 0.86 ? c.deep : c.main;
    }
    if (fromCentre(x, y, 0, -0.4, 0.4, 0.36) < 1) {
      return fromCentre(x, y, 0.2, -0.52, 0.11) < 1 ? c.light : c.dark;
    }
    return feeler(x, y) || legs.some((leg) => leg(x, y)) ? c.dark : undefined;
  };
};

export const snail: Shape = (random, c) => {
  const pitch = random.between(0.2, 0.26), phase = random.next();
  const foot: Form = (x, y) => y > 0.3 && y < 0.68 && fromCentre(x, y, 0.05, 0.68, 0.88, 0.34) < 1;
  const neck = line(-0.6, 0.5, -0.7, 0.0, 0.26);
  const stalks = [line(-0.72, -0.05, -0.86, -0.38, 0.08), line(-0.66, -0.05, -0.58, -0.4, 0.08)];
  return (x, y) => {
    const dx = x - 0.18, dy = y + 0.08, radius = Math.hypot(dx, dy);
    if (radius < 0.62) {
      if (radius > 0.56) return c.deep;
      const arm = fraction(radius / pitch - Math.atan2(dy, dx) / 2 / Math.PI + phase);
      return arm < 0.35 ? c.deep : c.main;
    }
    const tips = Math.min(
      fromCentre(x, y, -0.86, -0.4, 0.09),
      fromCentre(x, y, -0.57, -0.42, 0.09),
    );
    if (tips < 1) return tips < 0.55 ? c.dark : c.light;
    if (foot(x, y)) return y > 0.6 ? c.secondDeep : c.second;
    return neck(x, y) || stalks.some((stalk) => stalk(x, y)) ? c.second : undefined;
  };
};

export const tree: Shape = (random, c) => {
  const tiers = random.whole(3, 4), wide = random.between(0.72, 0.84);
  const salt = random.whole(0, 1000), hung = random.chance(0.7);
  return (x, y) => {
    if (y < -0.95) return undefined;
    if (y > 0.6) {
      const trunk = Math.abs(x) < 0.12 && y < 0.92;
      return trunk ? (x > 0.02 ? c.secondDeep : c.second) : undefined;
    }
    const down = (y + 0.95) / 1.55 * tiers, tier = Math.floor(down), within = down - tier;
    const half = wide * (0.4 * tier / tiers + (0.42 + 0.24 * tier / tiers) * within);
    if (Math.abs(x) > half) return undefined;
    const column = (x + 1.1) / 0.22, kind = hash(salt, Math.floor(column), tier) % 6;
    const bauble = fromCentre(fraction(column), within, 0.5, 0.72, 0.36, 0.05 * tiers) < 1;
    if (hung && bauble && kind < 3) return kind ? c.accent : c.light;
    if (within < 0.16 && tier > 0) return c.secondDeep;
    return x > half * 0.35 ? c.deep : c.main;
  };
};
