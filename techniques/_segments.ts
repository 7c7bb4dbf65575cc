/** Pictures of which only some segments are shown, and how they are scored. */
import { z } from "../deps/zod.ts";
import { nearestHint, UserError } from "../core/errors.ts";
import { type Values, values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { felzenszwalb } from "../image/felzenszwalb.ts";
import { loadImage, type Picture } from "../image/mod.ts";
import { type Preprocess, preprocess } from "../image/preprocess.ts";
import { colourSegments, gridSegments, type Segments } from "../image/segments.ts";
import { slic } from "../image/slic.ts";
import type { AttributionContext } from "../run/technique.ts";
import { baseline, baselineOption } from "../run/baseline.ts";
import type { Scored } from "../run/batches.ts";
import { scoreParts } from "./_parts.ts";

/** How often the scale of graph-based segments is halved in, on its way to as many as were asked for. */
const HALVINGS = 14;
/** Powers of two that a scale lies between; colours are 0..1. */
const SCALES = [-7, 7] as const;
/** A graph-based segment is at least this share of the usual size. */
const LEAST_SHARE = 1 / 8;

/** Of the scales tried, the segments whose number is nearest to `count`. */
function graphSegments({ width, height, data }: Picture, count: number): Segments {
  const image = values(Float32Array.from(data, (level) => level / 255), [height, width, 3]);
  const segment = felzenszwalb(image), least = LEAST_SHARE * width * height / count;
  let [low, high] = SCALES as readonly number[], best: Segments | undefined;
  const away = (found: Segments | undefined) => found ? Math.abs(found.count - count) : Infinity;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2, found = segment(2 ** middle, least);
    if (away(found) < away(best)) best = found;
    if (found.count > count) low = middle;
    else high = middle;
  }
  return best!;
}

const SEGMENTERS = {
  slic: (picture: Picture, count: number) => slic(picture, count),
  felzenszwalb: graphSegments,
  grid: ({ width, height }: Picture, count: number) => gridSegments(width, height, count),
};

const NAMES = Object.keys(SEGMENTERS);
const isNamed = (text: string): text is keyof typeof SEGMENTERS => Object.hasOwn(SEGMENTERS, text);

/** So many segments are tried at the most; a drawn mask has more where its edges are soft. */
const MOST = 1000;

/** What the picture is cut into, and about how many; extend a technique's options with it. */
export const segmentOptions = {
  segments: z.string().min(1).default("slic").describe(
    "What the picture is cut into: slic (superpixels of one colour and about one size), " +
      "felzenszwalb (regions by the graph of neighbours), grid (rectangles), or the path of a " +
      "picture as large as the explained one, each of whose colours is a segment",
  ).meta({ takes: "slic, felzenszwalb, grid, or the path of a picture" }),
  count: z.int().min(2).max(MOST).default(50).describe(
    "About how many segments slic, felzenszwalb and grid make",
  ),
};

/** What a hidden segment is replaced by. */
export const fillOption = (
  fallback: "zero" | "segment",
): ReturnType<typeof baselineOption> =>
  baselineOption("What a hidden segment becomes: segment (its own mean colour)", fallback);

/** The mask goes the picture's way into the network, so that it lies where the picture lies. */
async function maskSegments(
  path: string,
  { width, height }: Picture,
  spec: Preprocess,
): Promise<Segments> {
  const seen = { ...spec, interpolation: "nearest", channelOrder: "rgb" } as const;
  const { picture } = preprocess(await loadImage(path), seen);
  const wrong = (found: string) =>
    new UserError(`Cannot cut the picture up by "${path}": ${found}.`, {
      code: "bad-option",
      option: "segments",
    });
  if (picture.width !== width || picture.height !== height) {
    throw wrong(
      `as the network sees it, it has ${picture.width}×${picture.height} pixels, and the picture ` +
        `${width}×${height}. It must be as large as the picture`,
    );
  }
  const segments = colourSegments(picture);
  if (segments.count > MOST) {
    throw wrong(
      `it has ${segments.count} colours, and ${MOST} segments are the most. Draw it without soft ` +
        "edges, and save it as PNG",
    );
  }
  if (segments.count < 2) throw wrong("it has one colour alone. Each segment needs its own");
  return segments;
}

/** The segments asked for, of the picture as the network sees it. */
async function segmentsOf(
  { segments: wanted, count }: z.output<z.ZodObject<typeof segmentOptions>>,
  picture: Picture,
  spec: Preprocess,
): Promise<Segments> {
  if (isNamed(wanted)) return SEGMENTERS[wanted](picture, count);
  if (/[./\\]/.test(wanted)) return await maskSegments(wanted, picture, spec);
  throw new UserError(
    `There are no segments "${wanted}"; ${
      nearestHint(wanted, NAMES)
    }. The path of a picture works too.`,
    { code: "bad-option", option: "segments" },
  );
}

/** Each pixel becomes its segment's mean colour. */
function meanOfSegments(image: Values, { labels, count }: Segments): Values {
  const channels = image.shape[2], sums = new Float64Array(count * channels);
  const pixels = new Float64Array(count);
  labels.forEach((label) => pixels[label]++);
  image.forEach((v, i) => sums[labels[Math.floor(i / channels)] * channels + i % channels] += v);
  const means = image.map((_, i) => {
    const label = labels[Math.floor(i / channels)];
    return sums[label * channels + i % channels] / pixels[label];
  });
  return values(means, image.shape);
}

/** Options of whatever hides segments. */
export type HidingOptions = z.output<z.ZodObject<typeof segmentOptions>> & {
  readonly fill: number | string;
};

/** A picture in segments, each of which can be hidden. */
export interface Hiding {
  readonly segments: Segments;
  /** `[height, width, channels]`, as the network takes it. */
  readonly image: Values;
  /** What a hidden segment shows; likewise. */
  readonly fill: Values;
}

/**
 * Cuts the picture up, as the options say.
 *
 * @throws UserError for segments or a fill that there is not.
 */
export async function hiding(
  { model: { preprocess: spec }, image, options, random }: AttributionContext<HidingOptions>,
): Promise<Hiding> {
  const segments = await segmentsOf(options, image.picture, spec);
  const input = await read(image.input);
  const fill = options.fill === "segment"
    ? meanOfSegments(input, segments)
    : await baseline(options.fill, input, spec, random, ["segment"]);
  return { segments, image: input, fill };
}

/** Of each segment, whether it is shown (1) or hidden (0). */
export type Coalition = ArrayLike<number>;

/** What the network says of coalitions, and which those are. */
export interface ScoredCoalitions extends Scored {
  readonly coalitions: readonly Coalition[];
}

/**
 * Scores pictures that show some segments alone, batch after batch.
 *
 * @param shown What the pictures from 0 to before `count` show; it is asked for each once, in order.
 */
export async function* scoreShown(
  { model, signal }: AttributionContext<unknown>,
  { segments: { labels, count: segments }, image, fill }: Hiding,
  count: number,
  shown: (index: number) => Coalition,
): AsyncGenerator<ScoredCoalitions> {
  let coalitions: Coalition[] = [];
  const shares = (index: number) => {
    const coalition = shown(index);
    coalitions.push(coalition);
    return coalition;
  };
  const parts = { of: labels, count: segments };
  for await (const scored of scoreParts(model, { image, fill }, parts, count, shares, signal)) {
    yield { ...scored, coalitions };
    coalitions = [];
  }
}

/** `[height, width]`: each pixel gets its segment's number. */
export const painted = (
  { width, height, labels }: Segments,
  numbers: ArrayLike<number>,
): Values => values(Float32Array.from(labels, (label) => numbers[label]), [height, width]);
