/** What the gallery believes of a `manifest.json`: each part checked, nothing trusted. */
import { z } from "zod";

/** Larger than the manifest of any run (100 000 losses are 2 MB). */
export const MAX_MANIFEST_BYTES = 8_000_000;

const text = z.string().max(20_000);
const pixels = z.int().min(1).max(100_000);
/** `null` is what JSON makes of a number that is not finite. */
const number = z.number().nullable();

const prediction = z.object({
  index: z.int(),
  label: text,
  logit: number,
  probability: number,
});

const file = z.object({
  // a plain name: no folder, not hidden
  name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,199}$/, "is not a plain file name"),
  role: z.enum(["input", "map", "overlay", "figure", "frame", "final", "animation", "values"]),
  width: pixels.optional(),
  height: pixels.optional(),
  bytes: z.int().min(0),
  sha256: z.string().max(128),
});

const schema = z.object({
  schema: z.literal(1),
  createdAt: z.iso.datetime({ offset: true }),
  command: text,
  technique: z.object({ id: text, title: text }),
  options: z.record(text, z.json()),
  seed: z.number(),
  model: z.object({
    id: text,
    weights: z.object({ sha256: text, source: text }),
    preprocess: z.record(text, z.json()),
    labelsCount: z.int(),
  }),
  image: z.object({ name: text, width: pixels, height: pixels, sha256: text }).optional(),
  target: prediction.optional(),
  predicted: z.array(prediction).max(1000).optional(),
  backend: z.object({ name: text, adapter: text, reason: text.optional() }),
  versions: z.record(text, text),
  durationMs: z.number(),
  result: z.object({
    diagnosis: z.array(text).max(1000),
    losses: z.array(number).optional(),
    figures: z.record(text, z.union([number, text])).optional(),
    colors: z.enum(["gray", "perceptual", "diverging"]).optional(),
    scale: z.object({ low: number, high: number }).optional(),
  }),
  files: z.array(file).max(20_000),
});

/** A run's manifest as the pages use it. */
export type RunManifest = z.output<typeof schema>;
export type RunFile = z.output<typeof file>;
export type RunPrediction = z.output<typeof prediction>;

/** A manifest, or what is wrong with it, in words. */
export type ReadManifest =
  | { readonly manifest: RunManifest; readonly damage?: undefined }
  | { readonly manifest?: undefined; readonly damage: string };

/** Reads the text of a `manifest.json`. */
export function parseManifest(json: string): ReadManifest {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    return { damage: `manifest.json is not JSON: ${(error as Error).message}` };
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return { manifest: parsed.data };
  const { path, message } = parsed.error.issues[0];
  return { damage: `manifest.json: ${path.join(".") || "the whole"}: ${message}` };
}

/** Whether a path is a plain file or folder itself, not a link to one; and its facts. */
async function plain(path: string, kind: "isFile" | "isDirectory") {
  const info = await Deno.lstat(path).catch(() => undefined);
  return info?.[kind] ? info : undefined;
}

/**
 * Reads the manifest of a run's folder; nothing where there is none.
 *
 * @returns With the time at which it was written.
 */
export async function readManifest(
  folder: string,
): Promise<ReadManifest & { writtenAt: Date } | undefined> {
  const path = `${folder}/manifest.json`;
  if (!await plain(folder, "isDirectory")) return undefined;
  const info = await plain(path, "isFile");
  if (!info) return undefined;
  const writtenAt = info.mtime ?? new Date(0);
  if (info.size > MAX_MANIFEST_BYTES) {
    return { damage: `manifest.json is too large: ${info.size} bytes`, writtenAt };
  }
  try {
    return { ...parseManifest(await Deno.readTextFile(path)), writtenAt };
  } catch (error) {
    return { damage: `manifest.json cannot be read: ${(error as Error).message}`, writtenAt };
  }
}

/** The facts of one of a run's files, if it is there and is no link. */
export async function statFile(folder: string, file: RunFile): Promise<Deno.FileInfo | undefined> {
  if (!await plain(folder, "isDirectory")) return undefined;
  return await plain(`${folder}/${file.name}`, "isFile");
}

const BEST_FIRST: readonly RunFile["role"][] = ["overlay", "final", "map", "input", "frame"];

/** The picture that stands for a run. */
export function coverOf({ files }: RunManifest): RunFile | undefined {
  for (const role of BEST_FIRST) {
    const found = files.findLast((f) => f.role === role && f.width && f.height);
    if (found) return found;
  }
  return undefined;
}
