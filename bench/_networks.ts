/** The networks of the benches, with random weights. */
import * as tf from "../deps/tfjs.ts";
import { random } from "../core/random.ts";
import { sizeOf, type Values, values } from "../core/values.ts";
import { loadImage, resize, type SourcePicture } from "../image/mod.ts";
import { Network } from "../engine/network.ts";
import { channelMean, logit, type Objective } from "../engine/objectives.ts";
import { architectureOf } from "../models/mod.ts";
import { labelsFor, type Model } from "../run/model.ts";

/** A network and what is asked of it. */
export interface Case {
  readonly model: string;
  readonly width: number;
  readonly height: number;
  /** Default 1. */
  readonly batch?: number;
  /** Where the objective reads: a channel's mean, or a class's logit where left out. */
  readonly layer?: string;
}

export const CASES: Readonly<Record<string, Case>> = {
  resnet50: { model: "resnet50", width: 224, height: 224 },
  vgg19: { model: "vgg19", width: 224, height: 224 },
  "resnet152d to layer3": { model: "resnet152d", width: 413, height: 260, layer: "layer3" },
  mobilenet_v2: { model: "mobilenet_v2", width: 224, height: 224 },
  inception_v3: { model: "inception_v3", width: 299, height: 299 },
};

/** He-scaled uniform kernels; batch-norm near the identity, small in a block's last one. */
function randomParameter(name: string, shape: readonly number[]): Values {
  // a depthwise kernel's channels read one each
  const isDepthwise = shape.length === 4 && shape[3] === 1;
  const stream = random(name), fanIn = sizeOf(shape.slice(0, isDepthwise ? 2 : -1));
  const reach = shape.length > 1 ? Math.sqrt(6 / fanIn) : 0.1;
  const center = /running_var$|(bn|downsample).*weight$/.test(name) && shape.length === 1 ? 1 : 0;
  return values(
    Float32Array.from({ length: sizeOf(shape) }, () => center + stream.uniform(-reach, reach)),
    shape,
  );
}

/** A network with random weights. */
export async function caseNetwork({ model }: Pick<Case, "model">): Promise<Network> {
  const { graph } = await architectureOf(model);
  const host = new Map(
    [...graph.parameters].map(([name, shape]) => [name, randomParameter(name, shape)]),
  );
  return new Network(graph, host, model);
}

/** A whole model of such a network. */
export async function caseModel(id: string): Promise<Model> {
  const { preprocess, inputSize, labels } = await architectureOf(id);
  return {
    id,
    title: id,
    network: await caseNetwork({ model: id }),
    preprocess,
    inputSize,
    labels: labelsFor(1000, labels, id),
    scores: "softmax",
    weights: { sha256: "", source: "random numbers" },
  };
}

export const caseObjective = ({ layer }: Case): Objective =>
  layer ? channelMean(layer, 0) : logit(0);

/** Noise, of the size that a case asks for. */
export function image({ height, width, batch = 1 }: Case): tf.Tensor4D {
  const shape: [number, number, number, number] = [batch, height, width, 3];
  return tf.tensor4d(random("image").uniformValues(shape, -1, 1), shape);
}

/** An example as large as is asked for. */
export async function picture(width: number, height: number): Promise<SourcePicture> {
  const example = await loadImage(new URL("../examples/images/cat-4.png", import.meta.url));
  return { ...example, ...resize(example, width, height, "bicubic") };
}
