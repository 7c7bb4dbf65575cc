/**
 * VGG: Simonyan and Zisserman 2014, "Very Deep Convolutional Networks for Large-Scale Image
 * Recognition", with and without batch normalization. The weights tell which names they use: timm's
 * (`pre_logits.fc1`, `head.fc`) or torchvision's (`classifier.0`, `.3`, `.6`); either library's names
 * are understood as taps.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { channelsOf, evaluation, familyAdapter, hasKey, ofOps, rowsOf } from "./_family.ts";
import type { Flattened } from "./_torch.ts";

/** Channels of each convolution, stage by stage; a max-pool ends each stage. */
export const STAGES: Readonly<Record<string, readonly (readonly number[])[]>> = {
  vgg11: [[64], [128], [256, 256], [512, 512], [512, 512]],
  vgg13: [[64, 64], [128, 128], [256, 256], [512, 512], [512, 512]],
  vgg16: [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]],
  vgg19: [[64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512, 512, 512, 512]],
};

/** Writes the `features` of a VGG; returns the last node and its channels. */
export function addFeatures(
  net: GraphBuilder,
  stages: readonly (readonly number[])[],
  batchNorm: boolean,
): { output: string; channels: number } {
  const from = net.mark();
  let x = INPUT, channels = net.channels, index = 0;
  const next = () => `features.${index++}`;
  for (const stage of stages) {
    for (const width of stage) {
      x = net.conv(next(), x, { in: channels, out: width, kernel: 3, pad: 1 });
      if (batchNorm) x = net.batchNorm(next(), x, width);
      x = net.relu(next(), x);
      channels = width;
    }
    x = net.maxPool(next(), x, { kernel: 2 });
  }
  return { output: net.container("features", from, x), channels };
}

const HIDDEN = 4096;

/** timm's classifier: convolutions, so that larger pictures give several answers that are averaged. */
export function timmGraph(
  stages: readonly (readonly number[])[],
  batchNorm: boolean,
  classes: number,
  hidden = HIDDEN,
  inputs = 3,
): Graph {
  const net = new GraphBuilder([null, null, inputs]);
  const { output, channels } = addFeatures(net, stages, batchNorm);
  const pre = net.mark();
  let x = net.add("pre_logits.pool", "adaptiveAvgPool", output, { size: [7, 7], atLeast: true });
  net.unlisted(x);
  x = net.conv("pre_logits.fc1", x, { in: channels, out: hidden, kernel: 7 });
  net.alias("classifier.0", x);
  x = net.module("pre_logits.drop", net.relu("pre_logits.act1", x));
  net.alias("classifier.1", x);
  x = net.conv("pre_logits.fc2", x, { in: hidden, out: hidden, kernel: 1 });
  net.alias("classifier.3", x);
  x = net.relu("pre_logits.act2", x);
  net.alias("classifier.4", x);
  net.container("pre_logits", pre, x);
  const head = net.mark();
  const pooled = net.globalAvgPool("head.global_pool", x);
  for (const name of ["global_pool.pool", "global_pool.flatten", "drop"]) {
    net.module(`head.${name}`, pooled);
  }
  const logits = net.module("head.flatten", net.dense("head.fc", pooled, hidden, classes));
  net.alias("classifier.6", logits);
  net.container("head", head, logits);
  return net.build(logits);
}

/** torchvision's classifier: linear layers on 7×7, to which any picture is pooled. */
export function torchvisionGraph(
  stages: readonly (readonly number[])[],
  batchNorm: boolean,
  classes: number,
  hidden = HIDDEN,
  inputs = 3,
): Graph {
  const net = new GraphBuilder([null, null, inputs]);
  const { output, channels } = addFeatures(net, stages, batchNorm);
  let x = net.add("avgpool", "adaptiveAvgPool", output, { size: [7, 7] });
  x = net.unlisted(net.add("flatten", "flatten", x));
  const from = net.mark();
  x = net.dense("classifier.0", x, channels * 49, hidden);
  net.alias("pre_logits.fc1", x);
  x = net.module("classifier.2", net.relu("classifier.1", x));
  net.alias("pre_logits.act1", x);
  x = net.dense("classifier.3", x, hidden, hidden);
  net.alias("pre_logits.fc2", x);
  x = net.module("classifier.5", net.relu("classifier.4", x));
  net.alias("pre_logits.act2", x);
  x = net.dense("classifier.6", x, hidden, classes);
  net.alias("head.fc", x);
  return net.build(net.container("classifier", from, x));
}

/** A VGG without hidden layers behind its features: their mean, then one linear layer `head.fc`. */
export function vggLinearGraph(
  stages: readonly (readonly number[])[],
  batchNorm: boolean,
  classes: number,
): Graph {
  const net = new GraphBuilder();
  const { output, channels } = addFeatures(net, stages, batchNorm);
  const from = net.mark();
  const pooled = net.globalAvgPool("head.global_pool", output);
  return net.build(net.container("head", from, net.dense("head.fc", pooled, channels, classes)));
}

/** What torchvision's first linear layer reads. */
export const FLATTENED: Flattened = new Map([["classifier.0.weight", [7, 7, 512]]]);

export const vgg = familyAdapter({
  id: "vgg",
  title: "VGG",
  licence: "BSD-3-Clause (torchvision's weights, which timm publishes too)",
  source: "https://arxiv.org/abs/1409.1556",
  models: Object.keys(STAGES).flatMap((id) => [id, `${id}_bn`]),
  inPlace: ofOps("relu"),
  build(id, tensors) {
    const stages = STAGES[id.replace("_bn", "")], batchNorm = id.endsWith("_bn");
    const preprocess = evaluation(224, 0.875, "bilinear");
    const inputs = channelsOf(tensors, "features.0.weight");
    if (hasKey(tensors, "classifier.0.weight")) {
      const classes = rowsOf(tensors, "classifier.6.weight") ?? 1000;
      const graph = torchvisionGraph(stages, batchNorm, classes, HIDDEN, inputs);
      return { graph, flattened: FLATTENED, preprocess };
    }
    const classes = rowsOf(tensors, "head.fc.weight") ?? 1000;
    return { graph: timmGraph(stages, batchNorm, classes, HIDDEN, inputs), preprocess };
  },
});
