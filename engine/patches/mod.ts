/**
 * A network on many pictures that are one picture but for a window of each. What a window leaves as it
 * was is computed once: early layers run on the patches alone that it changes, cut out with what they
 * see beside them, the rest on whole values again, the patches laid on the picture's own.
 */
import * as tf from "../../deps/tfjs.ts";
import { share } from "../_share.ts";
import { breathe } from "../breathe.ts";
import type { Pass } from "../executor.ts";
import { INPUT } from "../graph.ts";
import { kernels } from "../kernels/mod.ts";
import type { Network } from "../network.ts";
import { runtime } from "../runtime.ts";
import { type Layout, layout, type PatchStep, wholeOf } from "./layout.ts";
import { type ImagePair, paint, type Rectangle, type Span } from "./pictures.ts";
import type { Region } from "./region.ts";
import { spansOf } from "./spans.ts";

export { type ImagePair, paint, type Rectangle, type Span } from "./pictures.ts";

/** The pictures, and what of the first one is kept for all. */
export interface Patched {
  /** Numbers of each value that is made for one of them. */
  readonly sizes: readonly number[];
  /** Most multiply-adds of one op for one of them. */
  readonly longest: number;
  /**
   * Logits of the pictures from `from` to before `to`; the tensor is the caller's.
   *
   * @throws the signal's reason once it is aborted.
   */
  logits(from: number, to: number, signal?: AbortSignal): Promise<tf.Tensor>;
  /** Frees what is kept. */
  dispose(): void;
}

/** Which of an axis's different stretches each window has. */
function sorted(spans: readonly Span[]) {
  const different = new Map<string, number>(), stretches: Span[] = [];
  const of = spans.map((span) => {
    const key = span.join(), known = different.get(key);
    if (known !== undefined) return known;
    different.set(key, stretches.length);
    return stretches.push(span) - 1;
  });
  return { stretches, of };
}

/** The windows of pictures, and how the network runs on them. */
class PatchedPictures implements Patched {
  readonly #network: Network;
  readonly #shown: ImagePair;
  readonly #windows: readonly Rectangle[];
  readonly #layout: Layout;
  /** Each window's stretch of rows and of columns, among all regions'. */
  readonly #rows: readonly number[];
  readonly #columns: readonly number[];
  /** The picture as it is: what patches are laid on. */
  readonly #base: Pass;
  /** How often each value is read on patches. */
  readonly #readers = new Map<string, number>();

  constructor(
    network: Network,
    shown: ImagePair,
    windows: readonly Rectangle[],
    layout: Layout,
    places: { readonly rows: readonly number[]; readonly columns: readonly number[] },
    base: Pass,
  ) {
    this.#network = network;
    this.#shown = shown;
    this.#windows = windows;
    this.#layout = layout;
    this.#rows = places.rows;
    this.#columns = places.columns;
    this.#base = base;
    const read = layout.steps.flatMap(({ step }) => step.node.inputs);
    for (const name of [...read, ...layout.borders.keys()]) {
      this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    }
  }

  get sizes() {
    return this.#layout.sizes;
  }

  get longest() {
    return this.#layout.longest;
  }

  /** Where a region begins for each of some windows. */
  #corners({ rows, columns }: Region, from: number, to: number) {
    return Array.from({ length: to - from }, (_, i) =>
      [
        rows.starts[this.#rows[from + i]],
        columns.starts[this.#columns[from + i]],
      ] as const);
  }

  /** The patches of the image. */
  #patches(from: number, to: number): tf.Tensor4D {
    const region = this.#layout.regions.get(INPUT)!, corners = this.#corners(region, from, to);
    const [height, width] = [region.rows.size, region.columns.size];
    const pixels = paint(this.#shown, this.#windows.slice(from, to), (i) => {
      const [top, left] = corners[i];
      return { rows: [top, top + height], columns: [left, left + width] };
    });
    return tf.tensor4d(pixels, [to - from, height, width, this.#shown.image.shape[2]]);
  }

  /** Another part of a value than its patches, for each window. */
  #cut(
    name: string,
    patches: tf.Tensor,
    part: Region,
    [from, to]: Span,
    border = 0,
  ): tf.Tensor {
    return kernels().cutOut({
      base: this.#base.value(name) as tf.Tensor4D,
      patches: patches as tf.Tensor4D,
      corners: this.#corners(this.#layout.regions.get(name)!, from, to),
    }, {
      corners: this.#corners(part, from, to),
      size: [part.rows.size, part.columns.size],
      border,
    });
  }

  #step({ step, reach, from, cuts }: PatchStep, values: Map<string, tf.Tensor>, span: Span) {
    const { node, op, params, activation } = step;
    return tf.tidy(() => {
      const inputs = node.inputs.map((name, i) => {
        const patches = values.get(name)!;
        return cuts[i] ? this.#cut(name, patches, from, span, reach.border) : patches;
      });
      const attrs = reach.attrs ?? node.attrs;
      const y = op.forward(inputs, { node, attrs, params }, activation);
      return inputs.includes(y) ? share(y) : y;
    });
  }

  logits(from: number, to: number, signal?: AbortSignal): Promise<tf.Tensor> {
    return runtime.turn(() => this.#logits([from, to], signal), { signal });
  }

  async #logits(span: Span, signal?: AbortSignal): Promise<tf.Tensor> {
    const values = new Map<string, tf.Tensor>(), wholes: Record<string, tf.Tensor> = {};
    const left = new Map(this.#readers), { steps, borders } = this.#layout;
    const put = (name: string, value: tf.Tensor) => {
      values.set(name, value);
      if (borders.has(name)) {
        wholes[name] = this.#cut(name, value, wholeOf(this.#layout, name), span);
        release(name);
      }
    };
    const release = (name: string) => {
      left.set(name, left.get(name)! - 1);
      if (left.get(name)! > 0) return;
      values.get(name)!.dispose();
      values.delete(name);
    };
    try {
      put(INPUT, this.#patches(...span));
      for (const step of steps) {
        await breathe(signal);
        put(step.step.output, this.#step(step, values, span));
        for (const name of step.step.node.inputs) release(name);
      }
      return await this.#network.logits(wholes, signal);
    } finally {
      tf.dispose([...values.values(), ...Object.values(wholes)]);
    }
  }

  dispose(): void {
    this.#base.dispose();
  }
}

/**
 * Prepares a network's logits of pictures that are `image` but for a window of each, which shows `other`.
 *
 * @returns undefined where whole pictures are as cheap: what each window changes is soon too much, or
 * whole passes run faster than step by step.
 * @throws the signal's reason once it is aborted.
 */
export async function patched(
  network: Network,
  shown: ImagePair,
  windows: readonly Rectangle[],
  signal?: AbortSignal,
): Promise<Patched | undefined> {
  const [height, width, channels] = shown.image.shape;
  // there a whole graph is one call, and a piece of it another graph
  if (runtime.backend?.name === "native") return undefined;
  const rows = sorted(windows.map(({ rows }) => rows));
  const columns = sorted(windows.map(({ columns }) => columns));
  const found = layout(network, [height, width], {
    rows: spansOf(rows.stretches, height),
    columns: spansOf(columns.stretches, width),
  });
  if (!found) return undefined;
  const image = tf.tensor4d(shown.image, [1, height, width, channels]);
  try {
    const base = await network.forward(image, { taps: found.bases, signal });
    const places = { rows: rows.of, columns: columns.of };
    return new PatchedPictures(network, shown, windows, found, places, base);
  } finally {
    image.dispose();
  }
}
