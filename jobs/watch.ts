/** What is seen of a task while it is done, for somebody who looks on. */
import { encodePng, type Picture } from "../image/mod.ts";
import { shrunk } from "../image/shrink.ts";
import type { Progress } from "../run/technique.ts";

/** How far a task has come, and what there is to see of it. */
export interface Sight {
  readonly step: number;
  readonly of: number;
  /** Losses since the sight before. */
  readonly losses: readonly number[];
  /** How many frames were kept since the sight before. */
  readonly frames: number;
  /** The picture as it is now: PNG, at most 512 pixels wide and high. */
  readonly picture?: Uint8Array;
}

/** A picture that a task had come to, as PNG. */
export interface KeptFrame {
  readonly step: number;
  readonly png: Uint8Array;
}

/** One who looks on. */
export interface Watcher {
  see(sight: Sight): void;
  /** Is given the frames of a task that was stopped, which else are lost: the newest, if there are many. */
  keep(frames: readonly KeptFrame[]): void;
}

/** What of a step there is to see. */
export type Made = Pick<Progress, "loss" | "frame" | "preview">;

/** Between two sights of one task, in ms. */
const SEE_EVERY_MS = 100;
/** Between two pictures of one task, in ms. */
const SHOW_EVERY_MS = 1000;
/** The share of a task's time that pictures for who looks on may take. */
const SHOW_SHARE = 0.1;
/** Longer side of such a picture. */
const SHOWN_PIXELS = 512;
/** Frames that are handed on of a task that was stopped. */
const MOST_KEPT = 40;

/** Shows one task to who looks on: now and then, so that it takes no longer. */
export class Watch {
  #losses: number[] = [];
  #frames = 0;
  #seenAt = -Infinity;
  /** When the next picture may be shown. */
  #showFrom = -Infinity;
  readonly #kept: { readonly step: number; readonly picture: Picture }[] = [];

  constructor(readonly watcher: Watcher) {}

  /** Shows a step, where it is time for that; the first at once. */
  async show(step: number, of: number, made: Made = {}): Promise<void> {
    const { loss, frame } = made;
    if (loss !== undefined) this.#losses.push(loss);
    if (frame) {
      this.#frames++;
      this.#kept.push({ step, picture: frame });
      if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    }
    const picture = await this.#picture(made);
    const isTime = performance.now() - this.#seenAt > SEE_EVERY_MS;
    if (!picture && !frame && step !== of && !isTime) return;
    this.watcher.see({ step, of, losses: this.#losses, frames: this.#frames, picture });
    [this.#losses, this.#frames] = [[], 0];
    this.#seenAt = performance.now();
  }

  /** The picture as PNG, where it is time for one and there is one. */
  async #picture({ frame, preview }: Made): Promise<Uint8Array | undefined> {
    const began = performance.now();
    if (began < this.#showFrom || !(frame || preview)) return undefined;
    const png = await encodePng(shrunk(frame ?? await preview!(), SHOWN_PIXELS, "bilinear"));
    const now = performance.now(), took = now - began;
    this.#showFrom = now + Math.max(SHOW_EVERY_MS, took * (1 / SHOW_SHARE - 1));
    return png;
  }

  /** Hands on what was kept of a task that was stopped. */
  async stopped(): Promise<void> {
    const frames = this.#kept.map(async ({ step, picture }) => ({
      step,
      png: await encodePng(picture),
    }));
    this.watcher.keep(await Promise.all(frames));
  }
}
