/**
 * `manifest.json`: all there is to know about a run, and what repeats it. One schema defines it, for
 * writing and for reading; what is read is checked by it, since a folder may come from anywhere.
 */
import { z } from "zod";

/** Larger than the manifest of any run (100 000 losses are 2 MB). */
export const MAX_MANIFEST_BYTES = 8_000_000;

const text = z.string().max(20_000);
const pixels = z.int().min(1).max(100_000);
const sha256 = z.string().max(128);
/** `null` is what JSON makes of a number that is not finite. */
const number = z.number().nullable();
/** A plain name: no folder, not hidden. */
const fileName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,199}$/, "is not a plain file name");

const prediction = z.object({
  index: z.int(),
  label: text,
  /** The score, whatever the model's outputs are. */
  logit: number,
  /** 0..1; absent where the scores are no one's probability. */
  probability: number.optional(),
}).readonly();

/** What was explained: a class, or more, which `expression` tells. */
const target = z.object({
  ...prediction.unwrap().shape,
  /** What `target` took, where it was more than a class. */
  expression: text.optional(),
  /** false where it is more than one whole class: `index` is then the first one's. */
  plain: z.boolean().optional(),
}).readonly();

const file = z.object({
  name: fileName,
  role: z.enum(["input", "map", "overlay", "figure", "frame", "final", "animation", "values"]),
  /** Pixels; absent for values. */
  width: pixels.optional(),
  height: pixels.optional(),
  bytes: z.int().min(0),
  sha256,
}).readonly();

/** A file that was kept beside the results. */
const kept = z.object({ name: fileName, bytes: z.int().min(0), sha256 }).readonly();

export const manifestSchema = z.object({
  schema: z.literal(1),
  /** Name of the folder. */
  id: text.default(""),
  /** UTC. */
  createdAt: z.iso.datetime({ offset: true }),
  /**
   * Repeats the run, from the folder where it was started; or a shell's comment that says why no
   * command can.
   */
  command: text,
  technique: z.object({ id: text, title: text }).readonly(),
  /** Every option that has a value, defaults included. */
  options: z.record(text, z.json()).readonly(),
  seed: z.number(),
  model: z.object({
    id: text,
    weights: z.object({ sha256: text, source: text }).readonly(),
    preprocess: z.record(text, z.json()).readonly(),
    labelsCount: z.int(),
    /** What its outputs are: `softmax`, `sigmoid`, `linear` or `probabilities`. */
    scores: text.optional(),
    /** The names of the classes, where they were given as a list. */
    labels: kept.optional(),
  }).readonly(),
  image: z.object({
    name: text,
    width: pixels,
    height: pixels,
    /** Of the file; where there was none, of the pixels. */
    sha256: text,
    /** Where it was read from, as the user wrote it. */
    path: text.optional(),
    /** The picture itself; absent where it is too large to keep. */
    file: kept.optional(),
  }).readonly().optional(),
  target: target.optional(),
  /** The most probable classes, best first. */
  predicted: z.array(prediction).max(1000).readonly().optional(),
  backend: z.object({
    name: text,
    adapter: text,
    reason: text.optional(),
    /** Which kernels computed: other ones differ in the last bits. */
    kernel: text.optional(),
  }).readonly(),
  /** The files of plugins that took part. */
  plugins: z.array(z.object({ file: text, sha256 }).readonly()).max(1000).readonly().optional(),
  versions: z.record(text, text).readonly(),
  durationMs: z.number(),
  result: z.object({
    diagnosis: z.array(text).max(1000).readonly(),
    /** One for each step. */
    losses: z.array(number).readonly().optional(),
    figures: z.record(text, z.union([number, text])).readonly().optional(),
    /** How the map of an attribution is painted, and the raw values of the scale's ends. */
    colors: z.enum(["gray", "perceptual", "diverging"]).optional(),
    scale: z.object({ low: number, high: number }).readonly().optional(),
  }).readonly(),
  files: z.array(file).max(20_000).readonly(),
}).readonly();

export type Manifest = z.output<typeof manifestSchema>;
export type RunFile = z.output<typeof file>;
export type FileRole = RunFile["role"];
export type KeptFile = z.output<typeof kept>;
export type ManifestPrediction = z.output<typeof prediction>;

/** A manifest, or what is wrong with it, in words. */
export type ReadManifest =
  | { readonly manifest: Manifest; readonly damage?: undefined }
  | { readonly manifest?: undefined; readonly damage: string };

/** Reads the text of a `manifest.json`. */
export function parseManifest(json: string): ReadManifest {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    return { damage: `manifest.json is not JSON: ${(error as Error).message}` };
  }
  const parsed = manifestSchema.safeParse(data);
  if (parsed.success) return { manifest: parsed.data };
  const { path, message } = parsed.error.issues[0];
  return { damage: `manifest.json: ${path.join(".") || "the whole"}: ${message}` };
}
