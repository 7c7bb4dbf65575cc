/** The networks of the benches, with random weights. */
import * as tf from "../deps/tfjs.ts";
import { random } from "../core/random.ts";
import { sizeOf, type Values, values } from "../core/values.ts";
import type { Graph } from "../engine/graph.ts";
import { Network } from "../engine/network.ts";
import { channelMean, logit, type Objective } from "../engine/objectives.ts";
import { architectureOf } from "../models/mod.ts";

export interface Case {
  readonly model: string;
  readonly width: number;
  readonly height: number;
  /** Where the objective reads: a channel's mean, or a class's logit where left out. */
  readonly layer?: string;
}

export const CASES: Readonly<Record<string, Case>> = {
  resnet50: { model: "resnet50", width: 224, height: 224 },
  vgg19: { model: "vgg19", width: 224, height: 224 },
  "resnet152d to layer3": { model: "resnet152d", width: 413, height: 260, layer: "layer3" },
};

const graphs = new Map<string, Graph>();
for (const { model } of Object.values(CASES)) {
  graphs.set(model, (await architectureOf(model)).graph);
}

/** He-scaled uniform kernels; batch-norm near the identity, small in a block's last one. */
function randomParameter(name: string, shape: readonly number[]): Values {
  const stream = random(name), fanIn = sizeOf(shape.slice(0, -1));
  const reach = shape.length > 1 ? Math.sqrt(6 / fanIn) : 0.1;
  const center = /running_var$|(bn|downsample).*weight$/.test(name) && shape.length === 1 ? 1 : 0;
  return values(
    Float32Array.from({ length: sizeOf(shape) }, () => center + stream.uniform(-reach, reach)),
    shape,
  );
}

export function caseNetwork({ model }: Case): Network {
  const graph = graphs.get(model)!;
  const host = new Map(
    [...graph.parameters].map(([name, shape]) => [name, randomParameter(name, shape)]),
  );
  return new Network(graph, host, model);
}

export const caseObjective = ({ layer }: Case): Objective =>
  layer ? channelMean(layer, 0) : logit(0);

export const image = ({ height, width }: Case): tf.Tensor4D =>
  tf.tensor4d(random("image").uniformValues([1, height, width, 3], -1, 1), [1, height, width, 3]);
