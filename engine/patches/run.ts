/** Runs a network on patches as far as its layout says, then on whole values. */
import * as tf from "../../deps/tfjs.ts";
import { share } from "../_share.ts";
import { breathe } from "../breathe.ts";
import type { Pass } from "../executor.ts";
import { INPUT } from "../graph.ts";
import { kernels } from "../kernels/mod.ts";
import type { Network } from "../network.ts";
import { type Layout, type PatchStep, wholeOf } from "./layout.ts";
import { type ImagePair, paint, type Span } from "./pictures.ts";
import type { Placed } from "./placed.ts";
import type { Region } from "./region.ts";

/** All that logits of some pictures follow from. */
export interface Prepared {
  readonly network: Network;
  readonly images: ImagePair;
  readonly placed: Placed;
  readonly layout: Layout;
  /** The picture as it is: what patches are laid on. */
  readonly base: Pass;
}

/** The patches of the image, for the windows of a span. */
function patchesOf({ images, placed }: Prepared, span: Span): tf.Tensor4D {
  const { rows: { size: height }, columns: { size: width } } = placed.region;
  const corners = placed.corners(placed.region, span);
  const pixels = paint(images, placed.windows.slice(...span), (i) => {
    const [top, left] = corners[i];
    return { rows: [top, top + height], columns: [left, left + width] };
  });
  return tf.tensor4d(pixels, [corners.length, height, width, images.image.shape[2]]);
}

/** A part of a value, with the patches of it that are there. */
const partOf = (
  { placed, layout, base }: Prepared,
  span: Span,
  name: string,
  patches: tf.Tensor,
  part: Region,
  border = 0,
): tf.Tensor =>
  kernels().cutOut({
    base: base.value(name) as tf.Tensor4D,
    patches: patches as tf.Tensor4D,
    corners: placed.corners(layout.regions.get(name)!, span),
  }, { corners: placed.corners(part, span), size: [part.rows.size, part.columns.size], border });

/** The patches that a step makes of those that it reads. */
function patchesAfter(
  prepared: Prepared,
  span: Span,
  { step: { node, op, params, activation }, reach, from, cuts }: PatchStep,
  values: ReadonlyMap<string, tf.Tensor>,
): tf.Tensor {
  return tf.tidy(() => {
    const inputs = node.inputs.map((name, i) => {
      const patches = values.get(name)!;
      return cuts[i] ? partOf(prepared, span, name, patches, from, reach.border) : patches;
    });
    const attrs = reach.attrs ?? node.attrs;
    const y = op.forward(inputs, { node, attrs, params }, activation);
    return inputs.includes(y) ? share(y) : y;
  });
}

/** How often each value is read by the steps. */
function readersIn(steps: readonly PatchStep[]): Map<string, number> {
  const readers = new Map<string, number>();
  for (const name of steps.flatMap(({ step }) => step.node.inputs)) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  return readers;
}

/**
 * Logits of the pictures of a span; the tensor is the caller's.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function runOn(
  prepared: Prepared,
  span: Span,
  signal?: AbortSignal,
): Promise<tf.Tensor> {
  const { network, layout } = prepared, { steps, borders } = layout;
  const values = new Map<string, tf.Tensor>(), wholes: Record<string, tf.Tensor> = {};
  const readers = readersIn(steps);
  const freeUnread = (name: string) => {
    if (readers.get(name)) return;
    values.get(name)!.dispose();
    values.delete(name);
  };
  const put = (name: string, patches: tf.Tensor) => {
    values.set(name, patches);
    if (borders.has(name)) {
      wholes[name] = partOf(prepared, span, name, patches, wholeOf(layout, name));
    }
    freeUnread(name);
  };
  try {
    put(INPUT, patchesOf(prepared, span));
    for (const step of steps) {
      await breathe(signal);
      const { node, output } = step.step;
      put(output, patchesAfter(prepared, span, step, values));
      for (const name of node.inputs) {
        readers.set(name, readers.get(name)! - 1);
        freeUnread(name);
      }
    }
    return await network.logits(wholes, signal);
  } finally {
    tf.dispose([...values.values(), ...Object.values(wholes)]);
  }
}
