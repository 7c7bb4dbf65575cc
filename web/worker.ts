/** Runs techniques beside the server, one at a time, and tells how they come along. */
import { UserError } from "../core/errors.ts";
import { decodeImage, encodePng, type Picture } from "../image/mod.ts";
import type { Model } from "../run/model.ts";
import { execute } from "../run/execute.ts";
import { saveRun } from "../run/save.ts";
import type { Progress } from "../run/technique.ts";
import { loadModel } from "../models/mod.ts";
import { techniques } from "../techniques/mod.ts";
import { platform } from "../platform/mod.ts";
import { begin, type Beginning } from "../jobs/begin.ts";
import type { ModelChoice } from "./model_choice.ts";
import type { Upload } from "./uploads.ts";
import { inLabels } from "./_say.ts";
import { shrunk } from "../image/shrink.ts";

/** What a run needs. */
export interface Work {
  readonly technique: string;
  readonly model: ModelChoice;
  readonly options: Readonly<Record<string, unknown>>;
  /** What is explained, where it is more than a class of the options. */
  readonly target?: string;
  readonly seed: number;
  readonly image?: Omit<Upload, "token">;
}

/** A picture that a run had come to, as PNG. */
export interface KeptFrame {
  readonly step: number;
  readonly png: Uint8Array;
}

/** What the worker is told. */
export type Order =
  | { readonly type: "start"; readonly out: string } & Beginning
  | { readonly type: "run"; readonly job: string; readonly work: Work }
  | { readonly type: "cancel"; readonly job: string }
  | { readonly type: "close" };

/** What it tells. */
export type News =
  | {
    readonly type: "progress";
    readonly job: string;
    readonly step: number;
    readonly of: number;
    /** Losses since the news before. */
    readonly losses: readonly number[];
    /** How many frames were kept since the news before. */
    readonly frames: number;
    /** The picture as it is now, for who watches: PNG, at most {@link SHOWN_PIXELS} wide and high. */
    readonly picture?: Uint8Array;
  }
  | { readonly type: "done"; readonly job: string; readonly run: string }
  | {
    readonly type: "cancelled";
    readonly job: string;
    /** Frames that would have been saved: the newest, if there are many. */
    readonly kept: readonly KeptFrame[];
  }
  | {
    readonly type: "failed";
    readonly job: string;
    readonly message: string;
    /** Where it broke, if the fault is ours. */
    readonly stack?: string;
  };

/** Between two pieces of news of one run, in ms. */
const TELL_EVERY_MS = 100;
/** Between two pictures of one run, in ms. */
const SHOW_EVERY_MS = 1000;
/** The share of a run's time that pictures for who watches may take. */
const SHOW_SHARE = 0.1;
/** Frames that are handed on of a run that was cancelled. */
const MOST_KEPT = 40;
/** Longer side of such a picture. */
const SHOWN_PIXELS = 512;

const tell = (news: News) => platform.starter.tell(news);

let out: string;
let ready: Promise<unknown> = Promise.resolve();
let current: { job: string; controller: AbortController } | undefined;
/** The model used last: kept, because the next run often wants it again. */
let loaded: { key: string; model: Model } | undefined;

async function modelOf(choice: ModelChoice, signal: AbortSignal): Promise<Model> {
  const key = JSON.stringify(choice), { id, ...options } = choice;
  if (loaded?.key === key) return loaded.model;
  loaded?.model.network.dispose();
  loaded = undefined;
  const model = await loadModel(id, { ...options, signal });
  loaded = { key, model };
  return model;
}

/** Gives the picture that a run makes, now and then: the first at once. */
class Watch {
  #from = 0;

  /** The picture as PNG, where it is time for one and there is one. */
  async look({ frame, preview }: Progress): Promise<Uint8Array | undefined> {
    const began = performance.now();
    if (began < this.#from || !(frame || preview)) return undefined;
    const png = await encodePng(shrunk(frame ?? await preview!(), SHOWN_PIXELS, "bilinear"));
    const now = performance.now(), took = now - began;
    this.#from = now + Math.max(SHOW_EVERY_MS, took * (1 / SHOW_SHARE - 1));
    return png;
  }
}

/** A frame of a run that is under way. */
interface Kept {
  readonly step: number;
  readonly picture: Picture;
}

/** Makes a run, and saves it; its frames are put into `kept` as they come. */
async function run(
  job: string,
  work: Work,
  signal: AbortSignal,
  kept: Kept[],
): Promise<string> {
  await ready;
  const model = await modelOf(work.model, signal);
  const steps = execute(techniques.get(work.technique), {
    model,
    image: work.image && { ...await decodeImage(work.image.bytes, work.image.name), ...work.image },
    options: work.options,
    target: work.target,
    seed: work.seed,
    signal,
  });
  const watch = new Watch();
  let losses: number[] = [], frames = 0, toldAt = 0, next = await steps.next();
  while (!next.done) {
    const { step, of, loss, frame } = next.value;
    if (loss !== undefined) losses.push(loss);
    if (frame) {
      frames++;
      kept.push({ step, picture: frame });
    }
    const picture = await watch.look(next.value);
    if (picture || frame || step === of || performance.now() - toldAt > TELL_EVERY_MS) {
      tell({ type: "progress", job, step, of, losses, frames, picture });
      [losses, frames] = [[], 0];
      toldAt = performance.now();
    }
    next = await steps.next();
  }
  return (await saveRun(next.value, out, { signal })).manifest.id;
}

const encoded = (kept: readonly Kept[]): Promise<KeptFrame[]> =>
  Promise.all(
    kept.slice(-MOST_KEPT).map(async ({ step, picture }) => ({
      step,
      png: await encodePng(picture),
    })),
  );

async function perform(job: string, work: Work): Promise<void> {
  const controller = new AbortController(), kept: Kept[] = [];
  current = { job, controller };
  try {
    tell({ type: "done", job, run: await run(job, work, controller.signal, kept) });
  } catch (error) {
    const { message, stack } = error as Error;
    if (controller.signal.aborted) tell({ type: "cancelled", job, kept: await encoded(kept) });
    else if (error instanceof UserError) tell({ type: "failed", job, message: inLabels(message) });
    else tell({ type: "failed", job, message, stack });
  } finally {
    current = undefined;
  }
}

platform.starter.hear((message) => {
  const order = message as Order;
  if (order.type === "start") {
    out = order.out;
    ready = begin(order);
    // told with the first run
    ready.catch(() => {});
  } else if (order.type === "run") {
    perform(order.job, order.work);
  } else if (order.type === "cancel") {
    if (current?.job === order.job) current.controller.abort();
  } else {
    current?.controller.abort();
    platform.starter.leave();
  }
});
