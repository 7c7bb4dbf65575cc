/**
 * `manifest.json`: all there is to know about a run, and what repeats it. One schema defines it, for
 * writing and for reading; what is read is checked by it, since a folder may come from anywhere.
 */
import { z } from "../deps/zod.ts";
import { checked } from "../core/checked.ts";
import { parseJson } from "../core/json.ts";
import { oneLine } from "../core/plain.ts";

/** Larger than the manifest of any run (100 000 losses are 2 MB). */
export const MAX_MANIFEST_BYTES = 4_000_000;

/** Deeper than any option of ours; the manifest around it included. */
const DEEPEST = 16;
/** Names and values of options, and of all else that is listed by name. */
const MOST_NAMES = 1000, MOST_VALUES = 100_000;

/** Half a character can stand in no address, and pages link to what they name. */
const text = z.string().max(20_000).refine((t) => t.isWellFormed(), "has half a character");
/** A part of an address: neither nothing nor a way up. */
const id = text.refine((t) => !/^\.{0,2}$/.test(t), "names nothing");
const pixels = z.int().min(1).max(100_000);
const sha256 = z.string().max(128);
/** `null` is what JSON makes of a number that is not finite. */
const number = z.number().nullable();
/** Values by name, not so many that to look at each takes long. */
const named = <Schema extends z.ZodType>(schema: Schema) =>
  z.unknown()
    .refine((x) => isObject(x) && Object.keys(x).length <= MOST_NAMES, "is no (short) list by name")
    .refine((x) => isObject(x) && Object.keys(x).every(isNew), "has a name that every object has")
    .pipe(z.record(text, schema)).readonly();

const isObject = (x: unknown): x is object => typeof x === "object" && x !== null;
/** A name like `toString` makes of an object something else than data. */
const isNew = (name: string) => !(name in Object.prototype);

/** What JSON can hold, names that every object has and endless lists left out. */
const plainJson = z.custom<z.core.util.JSONType>(
  (value) => countOf(value, MOST_VALUES) <= MOST_VALUES,
  "is too much, or has a name that every object has",
);

/** How many values there are, the ones within included; too many where a name is every object's. */
function countOf(value: unknown, most: number): number {
  if (!isObject(value)) return 1;
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  if (items.length > most) return items.length;
  if (items !== value && !Object.keys(value).every(isNew)) return most + 1;
  let count = 1;
  for (const item of items) {
    count += countOf(item, most);
    if (count > most) break;
  }
  return count;
}

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
  createdAt: z.iso.datetime({ offset: true })
    .refine((time) => !Number.isNaN(Date.parse(time)), "is no time"),
  /**
   * Repeats the run, from the folder where it was started; or a shell's comment that says why no
   * command can.
   */
  command: text,
  technique: z.object({ id, title: text }).readonly(),
  /** Every option that has a value, defaults included. */
  options: named(plainJson),
  seed: z.number(),
  model: z.object({
    id,
    weights: z.object({ sha256: text, source: text }).readonly(),
    preprocess: named(plainJson),
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
  plugins: z.array(z.object({ file: text, sha256: sha256.optional() }).readonly()).max(1000)
    .readonly().optional(),
  versions: named(text),
  durationMs: z.number(),
  result: z.object({
    diagnosis: z.array(text).max(1000).readonly(),
    /** One for each step. */
    losses: z.array(number).max(1_000_000).readonly().optional(),
    figures: named(z.union([number, text])).optional(),
    /** How the map of an attribution is painted, and the raw values of the scale's ends. */
    colors: text.optional(),
    /** Whether zero is in the middle of these colours; absent in runs of earlier versions. */
    diverging: z.boolean().optional(),
    /** Some of these colours, from the lowest to the highest, for a colour bar; likewise. */
    palette: z.array(z.string().regex(/^#[\da-f]{6}$/)).max(64).readonly().optional(),
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

/** Longest sentence of what is wrong. */
const MOST_LETTERS = 300;

/** Reads the text of a `manifest.json`. */
export function parseManifest(json: string): ReadManifest {
  const damaged = (what: string) => ({ damage: oneLine(`manifest.json: ${what}`, MOST_LETTERS) });
  let data: unknown;
  try {
    data = parseJson(json, DEEPEST);
  } catch (error) {
    return damaged(`it is not JSON: ${(error as Error).message}`);
  }
  const found = checked(manifestSchema, data);
  if (found.data) return { manifest: found.data };
  return damaged(`${found.path || "the whole"}: ${found.message}`);
}
