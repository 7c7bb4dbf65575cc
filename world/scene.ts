/** Scenes: a subject of one class among distractors, lit, on a ground, perhaps partly hidden. */
import { UserError } from "../core/errors.ts";
import type { Picture } from "../image/mod.ts";
import { ground, oklch, type Palette, palette, type Rgb } from "./colour.ts";
import { noise } from "./geometry.ts";
import * as objects from "./objects.ts";
import type { Shape } from "./objects.ts";
import { anyForm } from "./outlines.ts";
import { type Stream, stream } from "./random.ts";
import { type Layer, type Light, type Paint, render } from "./raster.ts";
import * as textures from "./textures.ts";

/** Each class: how to draw one, and how far it may lean from upright, in radians. */
const SHAPES: Readonly<Record<string, { shape: Shape; lean: number }>> = {
  butterfly: { shape: objects.butterfly, lean: Math.PI },
  cat: { shape: objects.cat, lean: 0.5 },
  eye: { shape: objects.eye, lean: 0.6 },
  fish: { shape: objects.fish, lean: 0.7 },
  flower: { shape: objects.flower, lean: Math.PI },
  house: { shape: objects.house, lean: 0.4 },
  ladybird: { shape: objects.ladybird, lean: Math.PI },
  leaf: { shape: objects.leaf, lean: Math.PI },
  mushroom: { shape: objects.mushroom, lean: 0.5 },
  snail: { shape: objects.snail, lean: 0.4 },
  star: { shape: objects.star, lean: Math.PI },
  tree: { shape: objects.tree, lean: 0.4 },
  checks: { shape: textures.checks, lean: Math.PI },
  dots: { shape: textures.dots, lean: Math.PI },
  honeycomb: { shape: textures.honeycomb, lean: Math.PI },
  rings: { shape: textures.rings, lean: Math.PI },
  scales: { shape: textures.scales, lean: 0.6 },
  spiral: { shape: textures.spiral, lean: Math.PI },
  stripes: { shape: textures.stripes, lean: Math.PI },
  zigzag: { shape: textures.zigzag, lean: Math.PI },
};

/** The names of the classes, in the order of the networks' outputs. */
export const CLASSES: readonly string[] = Object.keys(SHAPES);

/** How crowded a picture is and how large its subject; "hard" is smaller, fuller, more hidden. */
export type Difficulty = "normal" | "hard";

/** The subject's radius as a share of the side, the number of distractors, the chance of an occluder. */
const DIFFICULTIES: Readonly<
  Record<Difficulty, { radius: [number, number]; clutter: [number, number]; hidden: number }>
> = {
  normal: { radius: [0.28, 0.47], clutter: [2, 5], hidden: 0.4 },
  hard: { radius: [0.22, 0.32], clutter: [6, 10], hidden: 0.7 },
};

/** A scene before it is drawn: layers from the top to the ground. */
export interface Scene {
  readonly layers: readonly Layer[];
  readonly subject: Layer;
  readonly light: Light;
}

/** A drawn picture with its truth. */
export interface Drawn {
  readonly class: string;
  readonly picture: Picture;
  /** 1 where at least half of the pixel shows the subject, else 0; row by row. */
  readonly mask: Uint8Array;
}

/** What to draw. */
export interface DrawOptions {
  /** One of {@link CLASSES}. */
  readonly class: string;
  /** A whole number; the same seed gives the same bytes. */
  readonly seed: number;
  /** Width and height in pixels (default 64). */
  readonly size?: number;
  /** Default "normal". */
  readonly difficulty?: Difficulty;
}

/**
 * Draws one picture and the exact mask of its subject.
 *
 * @throws UserError where there is no such class.
 *
 * @example
 * ```ts
 * const { picture, mask } = draw({ class: "butterfly", seed: 1 });
 * ```
 */
export function draw(options: DrawOptions): Drawn {
  const { layers, subject, light } = arrange(options);
  const { picture, coverage } = render(layers, light, options.size ?? 64, { subject });
  const mask = Uint8Array.from(coverage, (share) => share >= 0.5 ? 1 : 0);
  return { class: options.class, picture, mask };
}

/**
 * Arranges a scene. All but the subject's form and its lean follow from the seed alone (place, size,
 * colours, light, ground, distractors), so nothing around the subject can tell its class.
 *
 * @throws UserError where there is no such class.
 */
export function arrange(
  { class: name, seed, size = 64, difficulty = "normal" }: DrawOptions,
): Scene {
  if (!Object.hasOwn(SHAPES, name)) {
    throw new UserError(`Cannot draw "${name}": the classes are ${CLASSES.join(", ")}.`);
  }
  const { shape, lean } = SHAPES[name];
  const world = stream(seed, difficulty === "hard" ? 2 : 1);
  const own = stream(seed, 3 + CLASSES.indexOf(name));
  const kind = DIFFICULTIES[difficulty];
  const colours = palette(world);
  const angle = world.between(0, 2 * Math.PI);
  const light = { x: Math.cos(angle), y: Math.sin(angle), falloff: world.between(0.05, 0.35) };
  const shadow = world.chance(0.6) ? world.between(0.2, 0.5) : 0;
  const radius = world.between(...kind.radius) * size;
  const place = () => world.between(radius * 0.85, size - radius * 0.85);
  const subject: Layer = {
    paint: shape(own, colours),
    x: place(),
    y: place(),
    radius,
    turn: own.between(-lean, lean),
    mirrored: own.chance(0.5),
    relief: world.between(0, 0.35),
    shadow,
  };
  const layers = [subject];
  for (let i = world.whole(...kind.clutter); i > 0; i--) {
    layers.push(distractor(world, colours, {
      x: world.between(0, size),
      y: world.between(0, size),
      radius: size * world.between(0.06, 0.26),
      shadow,
    }));
  }
  if (world.chance(kind.hidden)) {
    const towards = world.between(0, 2 * Math.PI), away = radius * world.between(0.75, 1);
    layers.unshift(distractor(world, colours, {
      x: subject.x + away * Math.cos(towards),
      y: subject.y + away * Math.sin(towards),
      radius: radius * world.between(0.3, 0.55),
      shadow,
    }));
  }
  layers.push(backdrop(world, colours, size));
  return { layers, subject, light };
}

/** A thing of no class: a plain outline in one colour, two, or clouded. */
function distractor(
  random: Stream,
  colours: Palette,
  place: Pick<Layer, "x" | "y" | "radius" | "shadow">,
): Layer {
  const inside = anyForm(random);
  const one = random.chance(0.4)
    ? random.pick([colours.second, colours.accent, colours.main])
    : anyColour(random);
  const two = anyColour(random);
  const cloud = noise(random, 3), style = random.next();
  const paint: Paint = (x, y) => {
    if (!inside(x, y)) return undefined;
    if (style < 0.5) return one;
    if (style < 0.75) return x < 0.1 ? one : two;
    return cloud((x + 1) / 2, (y + 1) / 2) < 0.5 ? one : two;
  };
  return {
    ...place,
    paint,
    turn: random.between(-Math.PI, Math.PI),
    mirrored: false,
    relief: random.between(0, 0.35),
  };
}

/** The ground: plain, shaded, clouded, in shards or in patches, of colours the subject stands out from. */
function backdrop(random: Stream, { main }: Palette, size: number): Layer {
  const one = ground(random, main, 0.35), two = ground(random, main, 0.3);
  const cells = random.whole(2, 7), cloud = noise(random, cells), fine = noise(random, 24);
  const grain = random.between(0, 0.25), style = random.whole(0, 4);
  const shards = Array.from({ length: 4 }, () => {
    const angle = random.between(0, 2 * Math.PI);
    return { x: Math.cos(angle), y: Math.sin(angle), at: random.between(-0.5, 0.5) };
  });
  const share = (x: number, y: number): number => {
    if (style === 0) return 0;
    if (style === 1) return (y + 1) / 2;
    if (style === 2) return cloud((x + 1) / 2, (y + 1) / 2);
    if (style === 3) return cloud((x + 1) / 2, (y + 1) / 2) < 0.5 ? 0 : 1;
    return shards.filter((s) => s.x * x + s.y * y < s.at).length / 4;
  };
  const paint: Paint = (x, y) => {
    const mix = share(x, y) + grain * (fine((x + 1) / 2, (y + 1) / 2) - 0.5);
    return blend(one, two, Math.min(1, Math.max(0, mix)));
  };
  const half = size / 2;
  return {
    paint,
    x: half,
    y: half,
    radius: size * 0.7072,
    turn: random.between(-Math.PI, Math.PI),
    mirrored: false,
    relief: 0,
    shadow: 0,
  };
}

const anyColour = (random: Stream): Rgb =>
  oklch(random.between(0.3, 0.9), random.between(0.02, 0.22), random.next());

const blend = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + t * (b[0] - a[0]),
  a[1] + t * (b[1] - a[1]),
  a[2] + t * (b[2] - a[2]),
];
