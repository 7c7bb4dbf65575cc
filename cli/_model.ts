/** The options that say which model, on what, and its loading. */
import type { Command } from "../deps/commander.ts";
import { z } from "../deps/zod.ts";
import type { Model } from "../run/model.ts";
import { parseSize } from "../core/options.ts";
import { CHANNEL_ORDERS, type Preprocess } from "../image/preprocess.ts";
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import { SCORES } from "../engine/scores.ts";
import { BACKENDS } from "../engine/backends.ts";
import { MOST_THREADS, useBackend } from "../engine/runtime.ts";
import { DEFAULT_MODEL } from "../models/builtin.ts";
import { loadModel } from "../models/mod.ts";
import type { Context } from "./_context.ts";
import { addFlags } from "./_flags.ts";
import { rateMeter } from "./_rate.ts";
import { spoken } from "./_say.ts";
import { megabytes } from "./_text.ts";

const pixels = z.string().regex(/^(none|[1-9]\d*|[1-9]\d*[x×][1-9]\d*)$/i, {
  error: "write pixels, WIDTHxHEIGHT or none",
});
const list = z.string().refine(
  (text) => numbers(text).every((n) => Number.isFinite(n)),
  "write a number for each channel, a,b,c, or one for all",
);

export const modelOptions = z.object({
  model: z.string().min(1).default(DEFAULT_MODEL)
    .describe("Model: an id (`phosphene models` lists them) or a file such as model.json"),
  weights: z.string().min(1).optional()
    .describe(
      "Weights for an architecture: a .safetensors, .pth or .th file, or its URL; default: its " +
        "published ones, fetched once",
    ),
  output: z.string().min(1).optional()
    .describe("Which of a file's outputs is meant, by its name; default: the first of classes"),
  labels: z.string().min(1).optional()
    .describe("File with the names of the classes: one per line, or JSON"),
  scores: z.enum(SCORES).optional().describe(
    "What the network's outputs are, where its file does not tell: logits of classes (softmax) or " +
      "of independent labels (sigmoid), scores without probabilities, or probabilities",
  ),
  backend: z.enum(["auto", ...BACKENDS]).default("auto").describe("Compute backend"),
  threads: z.int().min(1).max(MOST_THREADS).optional()
    .describe("Threads that compute on wasm; default: as many as the machine has"),
});

const preprocessOptions = z.object({
  resize: pixels.optional()
    .describe("Resize pictures to this: pixels of the shorter side, WIDTHxHEIGHT or none"),
  crop: pixels.optional().describe("Then crop this from the middle: pixels, WIDTHxHEIGHT or none"),
  interpolation: z.enum(["bicubic", "bilinear"]).optional().describe("How pictures are resized"),
  mean: list.optional().describe("Mean of each channel, to subtract: a,b,c, or one for all"),
  std: list.refine((text) => numbers(text).every((n) => n > 0), "must be above zero").optional()
    .describe("Standard deviation of each channel, to divide by: a,b,c, or one for all"),
  range: z.enum(["1", "255", "-1..1"]).optional().describe(
    "Value of full brightness, before mean and deviation are applied; -1..1 is 1 with a mean and a " +
      "deviation of 0.5",
  ),
  channelOrder: z.enum(CHANNEL_ORDERS).optional()
    .describe("What the network's channels are; pictures are laid on white, so alpha is full"),
});

/** All that {@link addModelFlags} adds. */
export const chosenOptions = z.object({ ...modelOptions.shape, ...preprocessOptions.shape });

/** Adds the flags that choose a model and declare its preprocessing. */
export function addModelFlags(command: Command): void {
  addFlags(command, modelOptions, "Model:");
  addFlags(command, preprocessOptions, "Preprocessing, where it is not the model's own:");
}

const numbers = (text: string): number[] =>
  text.split(",").map((n) => n.trim() === "" ? NaN : Number(n));

function readPixels(text: string): Preprocess["resize"] {
  if (text.toLowerCase() === "none") return null;
  return /^\d+$/.test(text) ? Number(text) : parseSize(text);
}

/** The parts of a preprocessing that flags declare. */
function preprocessOf(given: z.output<typeof preprocessOptions>): Partial<Preprocess> {
  const { resize, crop, interpolation, mean, std, range, channelOrder } = given;
  const signed = range === "-1..1";
  if (signed && (mean || std)) {
    throw new UserError(
      `${option("range", "-1..1")} is a mean and a deviation of 0.5: leave out ${
        option("mean")
      } and ` +
        `${option("std")}.`,
      { code: "bad-option", option: "range" },
    );
  }
  return {
    ...(resize !== undefined && { resize: readPixels(resize) }),
    ...(crop !== undefined && { crop: readPixels(crop) }),
    ...(interpolation && { interpolation }),
    ...(signed && { mean: [0.5], std: [0.5], range: 1 as const }),
    ...(mean && { mean: numbers(mean) }),
    ...(std && { std: numbers(std) }),
    ...(range && !signed && { range: Number(range) as Preprocess["range"] }),
    ...(channelOrder && { channelOrder }),
  };
}

/** Loading that takes less is not told. */
const SLOW_MS = 500;

/** Starts the backend and loads the model that the options name, telling where that takes long. */
export async function loadChosen(
  options: Partial<z.output<typeof chosenOptions>> & { readonly model: string },
  context: Context,
): Promise<Model> {
  const { backend = "auto", threads } = options;
  // `auto` waits until something is to be computed
  if (backend !== "auto" || threads !== undefined) await useBackend(backend, { threads });
  const started = performance.now();
  const meter = context.meter(`loading ${options.model}`, megabytes), rate = rateMeter();
  try {
    return await loadModel(options.model, {
      weights: options.weights,
      output: options.output,
      labels: options.labels,
      scores: options.scores,
      preprocess: preprocessOf(options),
      signal: context.signal,
      onProgress(received, total) {
        const speed = rate(received);
        if (performance.now() - started > SLOW_MS) meter.update(received, total, speed);
      },
      onNote(sentence) {
        meter.clear();
        context.note(`note: ${spoken(sentence)}`);
      },
    });
  } finally {
    meter.stop();
  }
}
