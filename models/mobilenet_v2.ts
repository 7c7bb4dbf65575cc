/**
 * MobileNet v2: Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks".
 * `mobilenet_v2` is torchvision's, with its names; `mobilenetv2_100` and its siblings are timm's.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { classifier, convNormActivation, inEights, plus } from "./_blocks.ts";
import { type Ends, endsOf, evaluation, familyAdapter, ofOps, transform } from "./_family.ts";
import { type InvertedResidual, isResidual, ofEach, type StageRow, stagesOf } from "./_inverted.ts";
import { TIMM_ENDS, timmEfficientGraph } from "./_timm_efficient.ts";

const ROWS: readonly StageRow[] = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 3, 2, 32, 3],
  [6, 3, 2, 64, 4],
  [6, 3, 1, 96, 3],
  [6, 3, 2, 160, 3],
  [6, 3, 1, 320, 1],
];
const STEM = 32, LAST = 1280, activation = "relu6";

function addBlock(net: GraphBuilder, name: string, input: string, block: InvertedResidual): string {
  const from = net.mark(), base = `${name}.conv`, { expanded, out } = block;
  let x = input, at = 0;
  if (expanded !== block.in) {
    const o = { in: block.in, out: expanded, kernel: 1, activation } as const;
    x = convNormActivation(net, `${base}.${at++}`, x, o);
  }
  x = convNormActivation(net, `${base}.${at++}`, x, { ...ofEach(block), activation });
  x = net.conv(`${base}.${at++}`, x, { in: expanded, out, kernel: 1, bias: false });
  x = net.container(base, from, net.batchNorm(`${base}.${at}`, x, out));
  return net.container(name, from, isResidual(block) ? plus(net, name, x, input) : x);
}

function torchvisionGraph({ channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]), from = net.mark();
  const stem = { in: channels, out: STEM, kernel: 3, stride: 2, activation } as const;
  let x = convNormActivation(net, "features.0", INPUT, stem), at = 1;
  const blocks = stagesOf(ROWS, STEM, { activation }).flat();
  for (const block of blocks) x = addBlock(net, `features.${at++}`, x, block);
  const last = { in: blocks.at(-1)!.out, out: LAST, kernel: 1, activation } as const;
  x = net.container("features", from, convNormActivation(net, `features.${at}`, x, last));
  const pooled = net.unlisted(net.globalAvgPool("avgpool", x));
  return net.build(classifier(net, "classifier", pooled, LAST, classes));
}

/** timm's ids → how much wider. */
const WIDTHS: Readonly<Record<string, number>> = {
  mobilenetv2_050: 0.5,
  mobilenetv2_100: 1,
  mobilenetv2_140: 1.4,
};

function timmGraph(width: number, ends: Ends): Graph {
  const stem = inEights(STEM * width);
  const stages = stagesOf(ROWS, stem, { width, activation });
  const head = Math.max(LAST, inEights(LAST * width));
  return timmEfficientGraph({ stem, stages, activation, head }, ends);
}

export const mobilenetV2 = familyAdapter({
  id: "mobilenet-v2",
  title: "MobileNet v2",
  licence: "BSD-3-Clause (torchvision's weights), Apache-2.0 (timm's)",
  source: "https://arxiv.org/abs/1801.04381",
  models: ["mobilenet_v2", ...Object.keys(WIDTHS)],
  inPlace: ofOps("relu6"),
  build(id, tensors) {
    if (id in WIDTHS) {
      const graph = timmGraph(WIDTHS[id], endsOf(tensors, ...TIMM_ENDS));
      return { graph, preprocess: evaluation(224, 0.875, "bicubic") };
    }
    const ends = endsOf(tensors, "features.0.0.weight", "classifier.1.weight");
    return { graph: torchvisionGraph(ends), preprocess: transform(256, 224) };
  },
});
