/** The run folder: pictures, raw values and a manifest, whole or absent. */
import * as tf from "@tensorflow/tfjs";
import { createHash } from "node:crypto";
import config from "../deno.json" with { type: "json" };
import { UserError } from "../core/errors.ts";
import { encodeGif, encodePng, type Picture, type SourcePicture } from "../image/mod.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { drawFigure, picturesOf } from "./figure.ts";
import type { Run } from "./execute.ts";
import { writeSafetensors } from "../core/safetensors.ts";
import type { Colors, Scale } from "../image/render.ts";
import type { Prediction } from "./technique.ts";
import type { Values } from "../core/values.ts";

/** What a file of a run is. */
export type FileRole =
  | "input"
  | "map"
  | "overlay"
  | "figure"
  | "frame"
  | "final"
  | "animation"
  | "values";

export interface FileEntry {
  readonly name: string;
  readonly role: FileRole;
  /** Pixels; absent for values. */
  readonly width?: number;
  readonly height?: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** `manifest.json`: all there is to know about a run, and what repeats it. */
export interface Manifest {
  readonly schema: 1;
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly command: string;
  readonly technique: { readonly id: string; readonly title: string };
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly model: {
    readonly id: string;
    readonly weights: { readonly sha256: string; readonly source: string };
    readonly preprocess: Preprocess;
    readonly labelsCount: number;
  };
  readonly image?: {
    readonly name: string;
    readonly width: number;
    readonly height: number;
    readonly sha256: string;
  };
  readonly target?: Prediction;
  readonly predicted?: readonly Prediction[];
  readonly backend: { readonly name: string; readonly adapter: string; readonly reason: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly durationMs: number;
  readonly result: {
    readonly diagnosis: readonly string[];
    readonly losses?: readonly number[];
    readonly figures?: Readonly<Record<string, number | string>>;
    /** How the map of an attribution is painted, and the raw values of the scale's ends. */
    readonly colors?: Colors;
    readonly scale?: Scale;
  };
  readonly files: readonly FileEntry[];
}

export interface SaveOptions {
  /** The command line that repeats the run. */
  readonly command?: string;
  readonly signal?: AbortSignal;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Milliseconds between two frames of an animation. */
const FRAME_DELAY_MS = 120;

interface File {
  readonly name: string;
  readonly role: FileRole;
  readonly picture?: Picture;
  bytes(): Promise<Uint8Array>;
}

const png = (name: string, role: FileRole, picture: Picture): File => ({
  name,
  role,
  picture,
  bytes: () => encodePng(picture),
});

const raw = (tensors: Record<string, Values>): File => ({
  name: "values.safetensors",
  role: "values",
  bytes: () => Promise.resolve(writeSafetensors(tensors)),
});

/** The files of a run, in the order in which they are written. */
async function filesOf(run: Run): Promise<File[]> {
  if ("map" in run) {
    const { input, map, overlay } = await picturesOf(run);
    return [
      png("input.png", "input", input),
      png("map.png", "map", map),
      png("overlay.png", "overlay", overlay),
      png("figure.png", "figure", await drawFigure(run)),
      raw({ attribution: run.attribution, map: run.map }),
    ];
  }
  const { frames, start, image, final } = run;
  const digits = Math.max(4, ...frames.map(({ step }) => String(step).length));
  const pictures = [...(start ? [start] : []), ...frames.map(({ picture }) => picture)];
  return [
    ...(start ? [png("input.png", "input", start)] : []),
    ...frames.map(({ step, picture }) =>
      png(`frame-${String(step).padStart(digits, "0")}.png`, "frame", picture)
    ),
    png("final.png", "final", final),
    ...(pictures.length > 1
      ? [{
        name: "animation.gif",
        role: "animation" as const,
        picture: pictures[0],
        bytes: () => encodeGif(pictures, { delayMs: FRAME_DELAY_MS }),
      }]
      : []),
    raw({ image }),
  ];
}

/** Letters and digits of a file's name, for a folder's. */
const slug = (name: string) =>
  name.replace(/\.[^.]*$/, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")
    .slice(0, 40);

/**
 * What a file or a folder in `out` is called: the time, what it is, and of which picture.
 *
 * @example
 * ```ts
 * nameOf(new Date(0), "saliency", "My cat.png"); // "19700101-000000-saliency-my-cat"
 * ```
 */
export function nameOf(time: Date, what: string, picture = ""): string {
  const stamp = time.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return [stamp, what, slug(picture)].filter(Boolean).join("-");
}

const idOf = ({ startedAt, technique, source }: Run): string =>
  nameOf(startedAt, technique.id, source && "name" in source ? source.name : "");

/** Quotes an argument for a POSIX shell where it needs that. */
const quoted = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Joins arguments to a command line that a POSIX shell splits into the same ones. */
export const commandLine = (args: readonly string[]): string => args.map(quoted).join(" ");

/** The command that repeats a run made by the library. */
function commandOf(run: Run): string {
  const given = Object.entries(run.options).filter(([, value]) => value !== undefined);
  const flags = given.flatMap(([name, value]) => {
    const flag = name.replace(/[A-Z]/g, (l) => `-${l.toLowerCase()}`);
    if (typeof value === "boolean") return [value ? `--${flag}` : `--no-${flag}`];
    return [`--${flag}`, String(value)];
  });
  const { source } = run.model.weights;
  return commandLine([
    "phosphene",
    run.technique.id,
    ...(run.source ? ["name" in run.source ? run.source.name : "picture.png"] : []),
    "--model",
    run.model.id,
    ...(source === "built in" || source === run.model.id ? [] : ["--weights", source]),
    ...flags,
    "--seed",
    String(run.seed),
  ]);
}

function manifestOf(run: Run, id: string, command: string, files: FileEntry[]): Manifest {
  const source = run.source as SourcePicture | undefined;
  return {
    schema: 1,
    id,
    createdAt: run.startedAt.toISOString(),
    command,
    technique: { id: run.technique.id, title: run.technique.title },
    options: run.options,
    seed: run.seed,
    model: {
      id: run.model.id,
      weights: { sha256: run.model.weights.sha256, source: run.model.weights.source },
      preprocess: run.model.preprocess,
      labelsCount: run.model.labels.length,
    },
    image: source && {
      name: source.name ?? "",
      width: source.width,
      height: source.height,
      sha256: source.sha256 ?? sha256(new Uint8Array(source.data)),
    },
    ...("target" in run ? { target: run.target, predicted: run.predicted } : {}),
    backend: run.backend,
    versions: { phosphene: config.version, deno: Deno.version.deno, tfjs: tf.version.tfjs },
    durationMs: Math.round(run.durationMs),
    result: {
      diagnosis: run.diagnosis,
      ...("losses" in run ? { losses: run.losses } : {}),
      figures: run.figures,
      ...("map" in run ? { colors: run.colors, scale: run.scale } : {}),
    },
    files,
  };
}

/** Says why a folder cannot be written, in the system's words where ours are no better. */
function unwritable(folder: string, error: unknown): UserError {
  const inTheWay = error instanceof Deno.errors.AlreadyExists ||
    error instanceof Deno.errors.NotADirectory;
  const reason = inTheWay
    ? "a file is in the way"
    : (error as Error).message.replace(/ \(os error .*$/s, "");
  return new UserError(`Cannot write to "${folder}": ${reason}; \`out\` names another folder.`, {
    code: "cannot-write",
    option: "out",
    cause: error,
  });
}

/**
 * Makes sure, before any work is done, that runs can be written to a folder; makes it if need be.
 *
 * @throws UserError where it cannot be written.
 */
export async function ensureWritable(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.remove(await Deno.makeTempDir({ dir: folder, prefix: ".partial-" }));
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Renames a finished folder to the first free name `id`, `id-2`, …; that name. */
async function settle(
  folder: string,
  partial: string,
  id: string,
  write: (id: string) => Promise<void>,
) {
  for (let n = 1;; n++) {
    const name = n === 1 ? id : `${id}-${n}`;
    if (await exists(`${folder}/${name}`)) continue;
    await write(name);
    try {
      await Deno.rename(partial, `${folder}/${name}`);
      return name;
    } catch (error) {
      // another process was faster; any other fault is told
      if (!await exists(`${folder}/${name}`)) throw error;
    }
  }
}

const exists = (path: string) => Deno.lstat(path).then(() => true, () => false);

/**
 * Writes a run to a new folder in `out`: into a hidden one first, the manifest last, then renamed,
 * so that a run is whole or absent.
 *
 * @returns The folder and its manifest.
 * @throws UserError where the folder cannot be written (nothing is left behind).
 * @throws the signal's reason once it is aborted (likewise).
 */
export async function saveRun(
  run: Run,
  out = "runs",
  options: SaveOptions = {},
): Promise<{ path: string; manifest: Manifest }> {
  await ensureWritable(out);
  const partial = await Deno.makeTempDir({ dir: out, prefix: ".partial-" });
  try {
    const entries: FileEntry[] = [];
    for (const file of await filesOf(run)) {
      options.signal?.throwIfAborted();
      const bytes = await file.bytes();
      await Deno.writeFile(`${partial}/${file.name}`, bytes);
      const { name, role, picture } = file;
      const size = picture && { width: picture.width, height: picture.height };
      entries.push({ name, role, ...size, bytes: bytes.length, sha256: sha256(bytes) });
    }
    await Deno.chmod(partial, 0o755).catch(() => {});
    options.signal?.throwIfAborted();
    let manifest!: Manifest;
    const id = await settle(out, partial, idOf(run), async (name) => {
      manifest = manifestOf(run, name, options.command ?? commandOf(run), entries);
      await Deno.writeTextFile(
        `${partial}/manifest.json`,
        JSON.stringify(manifest, null, 2) + "\n",
      );
    });
    return { path: `${out}/${id}`, manifest };
  } catch (error) {
    await Deno.remove(partial, { recursive: true }).catch(() => {});
    if (options.signal?.aborted || !(error instanceof Error) || !isSystemError(error)) throw error;
    throw unwritable(out, error);
  }
}

/**
 * What a run's numbers follow from, as a text: where two runs have the same, one need not be made.
 * The backend is not in it, and neither is the name of the picture.
 */
export function runKey(
  { technique, options, seed, model, image }: {
    readonly technique: { readonly id: string };
    readonly options: Manifest["options"];
    readonly seed: number;
    readonly model: Pick<Manifest["model"], "id" | "preprocess"> & {
      readonly weights: { readonly sha256: string };
    };
    readonly image?: { readonly sha256: string };
  },
): string {
  const { id, weights, preprocess } = model;
  return JSON.stringify(
    [technique.id, options, seed, id, weights.sha256, preprocess, image?.sha256],
  );
}

/**
 * The finished runs of a technique in a folder; nothing where there is no such folder. What is no
 * run, or has a manifest that cannot be read, is passed over.
 */
export async function* savedRuns(
  out: string,
  technique: string,
): AsyncGenerator<{ path: string; manifest: Manifest }> {
  if (!await exists(out)) return;
  for await (const { name, isDirectory } of Deno.readDir(out)) {
    // the names that `nameOf` gives: others need not be opened
    if (!isDirectory || name.startsWith(".") || !name.includes(`-${technique}`)) continue;
    const path = `${out}/${name}`;
    const manifest = await Deno.readTextFile(`${path}/manifest.json`).then(JSON.parse)
      .catch(() => undefined);
    if (manifest?.schema === 1 && manifest.technique?.id === technique && manifest.model?.weights) {
      yield { path, manifest };
    }
  }
}

/**
 * Writes a file to a folder, under the first free of the names `stem.png`, `stem-2.png`, …; whole or
 * not at all.
 *
 * @returns Its path.
 * @throws UserError where it cannot be written.
 */
export async function savePng(out: string, stem: string, picture: Picture): Promise<string> {
  await ensureWritable(out);
  const partial = await Deno.makeTempFile({ dir: out, prefix: ".partial-" });
  try {
    await Deno.writeFile(partial, await encodePng(picture));
    await Deno.chmod(partial, 0o644).catch(() => {});
    for (let n = 1;; n++) {
      const path = `${out}/${n === 1 ? stem : `${stem}-${n}`}.png`;
      if (await exists(path)) continue;
      await Deno.rename(partial, path);
      return path;
    }
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    if (!(error instanceof Error) || !isSystemError(error)) throw error;
    throw unwritable(out, error);
  }
}

/** Whether the operating system refused (a full disk, a lost permission), not our code. */
const isSystemError = (error: Error) =>
  !(error instanceof UserError) &&
  (Object.values(Deno.errors).some((kind) => error instanceof kind) || "code" in error ||
    /os error/.test(error.message));
