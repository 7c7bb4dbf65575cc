/**
 * `scores.json` beside a saved run: what metrics have said of it. Like the manifest it is checked by one
 * schema, since a folder may come from anywhere.
 */
import { z } from "../deps/zod.ts";
import { checked } from "../core/checked.ts";
import { type Json, parseJson } from "../core/json.ts";
import { UserError } from "../core/errors.ts";
import { oneLine } from "../core/plain.ts";
import { encodePng } from "../image/mod.ts";
import { drawChart } from "../image/chart.ts";
import { contactSheet } from "../image/sheet.ts";
import { platform } from "../platform/mod.ts";
import { optionsText } from "./choices.ts";
import { unwritable } from "./folder.ts";
import { metrics } from "./metrics.ts";
import type { CurveAxes, Judgement, Metric } from "./metric.ts";

/** The file of a run's scores. */
export const SCORES = "scores.json";

/** Larger than the scores of any run. */
const MAX_BYTES = 32_000_000, DEEPEST = 12;

/** So many are kept with a run. */
const MOST_SCORES = 1000;

/** What a metric has said of a saved run. */
export interface Score {
  /** The metric's id. */
  readonly metric: string;
  /** Its name, for people. */
  readonly title: string;
  /** Which values speak for the run. */
  readonly better: Metric["better"];
  /** Every option of the metric, defaults included. */
  readonly options: Readonly<Record<string, Json>>;
  /** What its random numbers were made from. */
  readonly seed: number;
  /** SHA-256 of the mask that was used, where it was. */
  readonly mask?: string;
  /** What it said. */
  readonly value: number;
  /** As the metric gave it. */
  readonly curve?: readonly number[];
  /** Likewise. */
  readonly axes?: CurveAxes;
  /** What should be known of it, in sentences. */
  readonly notes: readonly string[];
  /** Plain names of files beside it: the curve as SVG, and what the network was shown as PNG. */
  readonly files: { readonly curve?: string; readonly steps?: string };
}

const text = z.string().max(20_000), fileName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,199}$/);
const numbers = z.array(z.number()).max(100_000).readonly();
const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/).max(200);

const schema = z.object({
  schema: z.literal(1),
  scores: z.array(
    z.object({
      metric: id,
      title: text,
      better: z.enum(["higher", "lower", "neither"]),
      options: z.record(text, z.custom<Json>(() => true)).readonly(),
      seed: z.number(),
      mask: text.optional(),
      value: z.number(),
      curve: numbers.optional(),
      axes: z.object({ x: numbers, titles: z.tuple([text, text]).readonly() }).readonly()
        .optional(),
      notes: z.array(text).max(100).readonly(),
      files: z.object({ curve: fileName.optional(), steps: fileName.optional() }).readonly(),
    }).readonly(),
  ).max(MOST_SCORES).readonly(),
});

/** Scores, or what is wrong with them, in words. */
export type ReadScores =
  | { readonly scores: readonly Score[]; readonly damage?: undefined }
  | { readonly scores?: undefined; readonly damage: string };

/** Reads the scores of a saved run; none where it was not judged. */
export async function readScores(folder: string): Promise<ReadScores> {
  const path = `${folder}/${SCORES}`;
  const damaged = (what: string) => ({ damage: oneLine(`${SCORES}: ${what}`, 300) });
  try {
    const { kind, bytes } = await platform.stat(path);
    if (kind !== "file") return damaged("it is not a plain file");
    if (bytes > MAX_BYTES) return damaged(`it is too large: ${bytes} bytes`);
    const found = checked(schema, parseJson(await platform.readText(path), DEEPEST));
    return found.data
      ? { scores: found.data.scores }
      : damaged(`${found.path || "the whole"}: ${found.message}`);
  } catch (error) {
    if (platform.fault(error) === "missing") return { scores: [] };
    return damaged(platform.fault(error) ? platform.reason(error) : (error as Error).message);
  }
}

/** A metric with its options: a run has one score of each. */
const choiceKey = ({ metric, options }: Pick<Score, "metric" | "options">): string =>
  JSON.stringify([metric, Object.entries(options).sort()]);

/** What a score follows from, beside its run: where two have the same, one need not be made. */
export const scoreKey = (
  { seed, mask, ...choice }: Pick<Score, "metric" | "options" | "seed" | "mask">,
): string => JSON.stringify([choiceKey(choice), seed, mask]);

/** The options of a score that are not the metric's defaults: `steps=50`. */
export const scoreOptions = ({ metric, options }: Pick<Score, "metric" | "options">): string =>
  optionsText(metrics.has(metric) ? metrics.get(metric).options : undefined, options);

/** What people call a score: `Deletion`, `Deletion (steps=50)`. */
export function titleOf(score: Pick<Score, "metric" | "title" | "options">): string {
  const options = scoreOptions(score);
  return options ? `${score.title} (${options})` : score.title;
}

/** What the files of a score are called, without the end of their names: each choice of options its own. */
async function stemOf(score: Pick<Score, "metric" | "options">): Promise<string> {
  const options = scoreOptions(score), stem = `score-${score.metric}`;
  if (!options) return stem;
  const hash = await platform.sha256(new TextEncoder().encode(choiceKey(score)));
  return `${stem}-${hash.slice(0, 8)}`;
}

/** So many of the pictures on the way are kept. */
const MOST_STEPS = 8;

/** Some of a list, evenly, its ends among them. */
const some = <T>(all: readonly T[], most: number): readonly T[] =>
  all.length <= most
    ? all
    : Array.from({ length: most }, (_, i) => all[Math.round(i * (all.length - 1) / (most - 1))]);

/** The curve of a judgement as SVG; undefined where there is none, or too little of one. */
export function drawJudgement(
  title: string,
  { value, curve, axes }: Judgement,
): string | undefined {
  if (!curve || curve.length < 2) return undefined;
  const x = axes?.x ?? curve.map((_, i) => i), [first, last] = [curve[0], curve.at(-1)!];
  return drawChart({
    lines: [{ points: curve.map((y, i) => [x[i], y] as const) }],
    id: "curve",
    title: `${title}: ${value.toPrecision(4)}`,
    description: `From ${first.toPrecision(4)} to ${last.toPrecision(4)}; at least ` +
      `${Math.min(...curve).toPrecision(4)}, at most ${Math.max(...curve).toPrecision(4)}.`,
    axes: axes?.titles ?? ["step", "value"],
  });
}

/** What the network was shown, on one sheet; undefined where nothing tells. */
async function drawSteps(title: string, { steps }: Judgement): Promise<Uint8Array | undefined> {
  if (!steps?.length) return undefined;
  const cells = some(steps, MOST_STEPS)
    .map(({ caption, picture }) => ({ picture: picture(), title: caption }));
  const columns = Math.min(4, cells.length);
  const rows = Array.from(
    { length: Math.ceil(cells.length / columns) },
    (_, row) => cells.slice(row * columns, (row + 1) * columns),
  );
  return await encodePng(await contactSheet(rows, title));
}

/** What of a score is known before the metric has judged. */
export type Asked = Pick<Score, "metric" | "title" | "better" | "options" | "seed" | "mask">;

/**
 * Writes what there is to see of a judgement: its curve, and what the network was shown.
 *
 * @param of What was judged, for the pictures: `Grad-CAM of cat`.
 * @param to.folder Where to, for now.
 * @param to.out Where the run lies: for who reads that it cannot be written.
 * @returns The score, to be kept with its run by {@link keepScore}.
 * @throws UserError where it cannot be written.
 */
export async function writeScore(
  asked: Asked,
  judgement: Judgement,
  of: string,
  { folder, out }: { readonly folder: string; readonly out: string },
): Promise<Score> {
  const write = async (name: string, content: Uint8Array | string) => {
    await platform.writeFile(`${folder}/${name}`, content).catch((error) => {
      throw unwritable(out, error);
    });
    return name;
  };
  const stem = await stemOf(asked);
  const title = `${titleOf(asked)} · ${of}`;
  const { value, curve, axes, notes = [] } = judgement;
  const drawn = drawJudgement(title, judgement), steps = await drawSteps(title, judgement);
  return {
    ...asked,
    value,
    ...(curve && { curve }),
    ...(axes && { axes }),
    notes,
    files: {
      ...(drawn && { curve: await write(`${stem}.svg`, drawn) }),
      ...(steps && { steps: await write(`${stem}.png`, steps) }),
    },
  };
}

/** Where a score stands among others: as metrics are listed, and those that are not known here last. */
const placeOf = ({ metric }: Score): number => {
  const ids = [...metrics].map(({ id }) => id), place = ids.indexOf(metric);
  return place < 0 ? ids.length : place;
};

/**
 * Keeps a score with a saved run, in place of an earlier one of the same metric with the same options: its
 * files first, then the list, each whole or not at all.
 *
 * @param run The run's folder.
 * @param from Where its files are: they are moved.
 * @throws UserError where it cannot be written, and for a list that is damaged.
 */
export async function keepScore(run: string, score: Score, from: string): Promise<void> {
  // others may keep theirs at the same moment: the list is read and written by one at a time
  await using _lock = await platform.lock(`${run}/manifest.json`).catch((error) => {
    throw unwritable(run, error);
  });
  const before = await readScores(run);
  if (before.damage !== undefined) {
    throw new UserError(
      `Cannot keep scores with the run "${run}": ${before.damage}. Remove that file first.`,
      { code: "bad-file" },
    );
  }
  const others = before.scores.filter((other) => choiceKey(other) !== choiceKey(score));
  if (others.length >= MOST_SCORES) {
    throw new UserError(
      `Cannot keep more scores with the run "${run}": it has ${others.length}. Remove its ${SCORES} first.`,
    );
  }
  const scores = [...others, score].sort((a, b) => placeOf(a) - placeOf(b));
  const list = JSON.stringify({ schema: 1, scores }, undefined, 2);
  try {
    for (const name of Object.values(score.files)) {
      await platform.rename(`${from}/${name}`, `${run}/${name}`);
    }
    await platform.writeWhole(`${run}/${SCORES}`, new TextEncoder().encode(`${list}\n`));
  } catch (error) {
    throw unwritable(run, error);
  }
}
