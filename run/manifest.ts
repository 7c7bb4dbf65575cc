/**
 * `manifest.json`: all there is to know about a run, and what repeats it. One schema defines it, for
 * writing and for reading; what is read is checked by it, since a folder may come from anywhere.
 */
import { z } from "../deps/zod.ts";
import { checked } from "../core/checked.ts";
import { type Json, parseJson } from "../core/json.ts";
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
const plainJson = z.custom<Json>(
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

/** A class with what the network said of it, as a run keeps it. */
export interface ManifestPrediction {
  /** Number of the class. */
  readonly index: number;
  /** Its name. */
  readonly label: string;
  /** The score, whatever the model's outputs are; `null` where it was not finite. */
  readonly logit: number | null;
  /** 0..1; absent where the scores are no one's probability. */
  readonly probability?: number | null;
}

/** What was explained: a class, or more, which `expression` tells. */
export interface ManifestTarget extends ManifestPrediction {
  /** What `target` took, where it was more than a class. */
  readonly expression?: string;
  /** false where it is more than one whole class: `index` is then the first one's. */
  readonly plain?: boolean;
}

/** What a file of a run shows or holds. */
export type FileRole =
  | "input"
  | "map"
  | "overlay"
  | "figure"
  | "frame"
  | "final"
  | "animation"
  | "losses"
  | "values";

/** A file that was kept beside the results. */
export interface KeptFile {
  /** Its plain name, in the run's folder. */
  readonly name: string;
  /** Its size. */
  readonly bytes: number;
  /** Of its bytes, in lower-case hexadecimal. */
  readonly sha256: string;
}

/** A file of results. */
export interface RunFile extends KeptFile {
  /** What it shows or holds. */
  readonly role: FileRole;
  /** Pixels; absent for values and the curve of the losses. */
  readonly width?: number;
  /** Pixels; likewise. */
  readonly height?: number;
}

/** Which technique ran. */
export interface ManifestTechnique {
  /** Its id. */
  readonly id: string;
  /** What people read of it. */
  readonly title: string;
}

/** Which model was asked. */
export interface ManifestModel {
  /** Id or path, as `loadModel` takes it. */
  readonly id: string;
  /** Which numbers it ran on. */
  readonly weights: {
    /** Of the weight file, in hexadecimal. */
    readonly sha256: string;
    /** As the user named it: a path, an address; or `built in`. */
    readonly source: string;
  };
  /** How pictures were prepared: a {@link Preprocess}. */
  readonly preprocess: Readonly<Record<string, Json>>;
  /** How many classes have a name. */
  readonly labelsCount: number;
  /** What its outputs are: `softmax`, `sigmoid`, `linear` or `probabilities`. */
  readonly scores?: string;
  /** The names of the classes, where they were given as a list. */
  readonly labels?: KeptFile;
}

/** Which picture a run was made of. */
export interface ManifestImage {
  /** The file's own name; empty where it came from no file. */
  readonly name: string;
  /** Pixels, as it was read. */
  readonly width: number;
  /** Pixels, as it was read. */
  readonly height: number;
  /** Of the file; where there was none, of the pixels. */
  readonly sha256: string;
  /** Where it was read from, as the user wrote it. */
  readonly path?: string;
  /** The picture itself; absent where it is too large to keep. */
  readonly file?: KeptFile;
}

/** What computed: a {@link Backend}. */
export interface ManifestBackend {
  /** `webgpu`, `wasm` or `cpu`. */
  readonly name: string;
  /** What it ran on. */
  readonly adapter: string;
  /** Why that one. */
  readonly reason?: string;
  /** Which kernels computed: other ones differ in the last bits. */
  readonly kernel?: string;
  /** How many threads computed: the numbers are the same with any. */
  readonly threads?: number;
}

/** A plugin that took part. */
export interface ManifestPlugin {
  /** Its path or address, as the user named it. */
  readonly file: string;
  /** Of the file, in hexadecimal; absent for a package, whose version says what it is. */
  readonly sha256?: string;
}

/** What came out, but for the numbers and pictures. */
export interface ManifestResult {
  /** What should be known about it, in sentences. */
  readonly diagnosis: readonly string[];
  /** One for each step; `null` where it was not finite. */
  readonly losses?: readonly (number | null)[];
  /** Further figures, by name. */
  readonly figures?: Readonly<Record<string, number | string | null>>;
  /** How the map of an attribution is painted: the id of a colour map. */
  readonly colors?: string;
  /** Whether zero is in the middle of these colours; absent in runs of earlier versions. */
  readonly diverging?: boolean;
  /** Some of these colours, from the lowest to the highest, for a colour bar; likewise. */
  readonly palette?: readonly string[];
  /** The raw values of the map's 0 and 1. */
  readonly scale?: {
    /** What the map's 0 stands for. */
    readonly low: number | null;
    /** What the map's 1 stands for. */
    readonly high: number | null;
  };
}

/** All there is to know about a run: what `manifest.json` holds. */
export interface Manifest {
  /** The version of this format. */
  readonly schema: 1;
  /** Name of the folder. */
  readonly id: string;
  /** UTC, ISO 8601. */
  readonly createdAt: string;
  /**
   * Repeats the run, from the folder where it was started; or a shell's comment that says why no
   * command can.
   */
  readonly command: string;
  /** Which technique ran. */
  readonly technique: ManifestTechnique;
  /** Every option that has a value, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /** What all that is random was made from. */
  readonly seed: number;
  /** Which model was asked. */
  readonly model: ManifestModel;
  /** The picture that was explained, or started from; absent where there was none. */
  readonly image?: ManifestImage;
  /** What an attribution explained. */
  readonly target?: ManifestTarget;
  /** The most probable classes, best first. */
  readonly predicted?: readonly ManifestPrediction[];
  /** What computed. */
  readonly backend: ManifestBackend;
  /** The plugins that took part; absent where none did. */
  readonly plugins?: readonly ManifestPlugin[];
  /** Of Phosphene and what it runs on, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** How long it computed, in milliseconds. */
  readonly durationMs: number;
  /** What came out, but for the numbers and pictures. */
  readonly result: ManifestResult;
  /** The results, each in a file beside the manifest. */
  readonly files: readonly RunFile[];
}

const prediction = z.object({
  index: z.int(),
  label: text,
  logit: number,
  probability: number.optional(),
}).readonly();

const target = z.object({
  ...prediction.unwrap().shape,
  expression: text.optional(),
  plain: z.boolean().optional(),
}).readonly();

const kept = z.object({ name: fileName, bytes: z.int().min(0), sha256 }).readonly();

const file = z.object({
  name: fileName,
  role: z.enum([
    "input",
    "map",
    "overlay",
    "figure",
    "frame",
    "final",
    "animation",
    "losses",
    "values",
  ]),
  width: pixels.optional(),
  height: pixels.optional(),
  bytes: z.int().min(0),
  sha256,
}).readonly();

const manifest = z.object({
  schema: z.literal(1),
  id: text.default(""),
  createdAt: z.iso.datetime({ offset: true })
    .refine((time) => !Number.isNaN(Date.parse(time)), "is no time"),
  command: text,
  technique: z.object({ id, title: text }).readonly(),
  options: named(plainJson),
  seed: z.number(),
  model: z.object({
    id,
    weights: z.object({ sha256: text, source: text }).readonly(),
    preprocess: named(plainJson),
    labelsCount: z.int(),
    scores: text.optional(),
    labels: kept.optional(),
  }).readonly(),
  image: z.object({
    name: text,
    width: pixels,
    height: pixels,
    sha256: text,
    path: text.optional(),
    file: kept.optional(),
  }).readonly().optional(),
  target: target.optional(),
  predicted: z.array(prediction).max(1000).readonly().optional(),
  backend: z.object({
    name: text,
    adapter: text,
    reason: text.optional(),
    kernel: text.optional(),
    threads: z.number().optional(),
  }).readonly(),
  plugins: z.array(z.object({ file: text, sha256: sha256.optional() }).readonly()).max(1000)
    .readonly().optional(),
  versions: named(text),
  durationMs: z.number(),
  result: z.object({
    diagnosis: z.array(text).max(1000).readonly(),
    losses: z.array(number).max(1_000_000).readonly().optional(),
    figures: named(z.union([number, text])).optional(),
    colors: text.optional(),
    diverging: z.boolean().optional(),
    palette: z.array(z.string().regex(/^#[\da-f]{6}$/)).max(64).readonly().optional(),
    scale: z.object({ low: number, high: number }).readonly().optional(),
  }).readonly(),
  files: z.array(file).max(20_000).readonly(),
}).readonly();

/** `Found` where it is `Wanted` field by field, what is optional included; else nothing fits. */
type Same<Wanted, Found> = (<T>() => T extends Plain<Wanted> ? 1 : 2) extends
  (<T>() => T extends Plain<Found> ? 1 : 2) ? Found : never;
/** An object's fields and theirs, whichever interfaces they come from. */
type Plain<T> = T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T;

/**
 * Checks what a `manifest.json` says: lengths, ranges, plain file names. What is read through it is a
 * {@link Manifest}.
 *
 * @example
 * ```ts
 * const text = await Deno.readTextFile("runs/20260101-120000-saliency-cat/manifest.json");
 * const { command } = manifestSchema.parse(JSON.parse(text));
 * ```
 */
export const manifestSchema: z.ZodType<Manifest> = manifest satisfies z.ZodType<
  Same<Manifest, z.output<typeof manifest>>
>;

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
