/** Plain outlines: patches of pattern and the distractors that belong to no class share them. */
import { blob, type Form, fromCentre, lens, polygon, regular } from "./geometry.ts";
import type { Stream } from "./random.ts";

const ellipse = (rx: number, ry: number): Form => (x, y) => fromCentre(x, y, 0, 0, rx, ry) < 1;
const box = (half: number, height: number): Form => (x, y) =>
  Math.abs(x) < half && Math.abs(y) < height;

/** An outline that fills most of its disc. */
export function compactForm(random: Stream): Form {
  return random.pick<() => Form>([
    () => ellipse(0.95, random.between(0.8, 0.95)),
    () => box(0.72, random.between(0.6, 0.72)),
    () => polygon(regular(random.whole(5, 8))),
    () => blob(random),
    () => blob(random),
  ])();
}

/** Any outline, also thin ones, ones with notches, and crosses. */
export function anyForm(random: Stream): Form {
  return random.pick<() => Form>([
    () => compactForm(random),
    () => polygon(regular(3)),
    () => box(0.95, random.between(0.12, 0.3)),
    () => lens(0.95, random.between(0.25, 0.5)),
    () => (x, y) => y > -0.2 && fromCentre(x, y, 0, -0.2, 0.95) < 1,
    () => crescent(random.between(0.3, 0.6)),
    () => cross(random.between(0.2, 0.35)),
    () => polygon([[-0.6, -0.7], [-0.1, -0.7], [-0.1, 0.3], [0.7, 0.3], [0.7, 0.7], [-0.6, 0.7]]),
  ])();
}

const crescent = (shift: number): Form => (x, y) =>
  fromCentre(x, y, 0, 0, 0.95) < 1 && fromCentre(x, y, shift, 0, 0.8) > 1;

const cross = (half: number): Form => (x, y) =>
  Math.min(Math.abs(x), Math.abs(y)) < half && Math.max(Math.abs(x), Math.abs(y)) < 0.9;
