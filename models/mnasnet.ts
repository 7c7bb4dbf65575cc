/**
 * MNASNet: Tan et al. 2018, "MnasNet: Platform-Aware Neural Architecture Search for Mobile", variant B1.
 * `mnasnet1_0` and its siblings are torchvision's, with its names; `mnasnet_100` is timm's.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import type { Preprocess } from "../image/preprocess.ts";
import { classifier, convNorm, inEights, plus } from "./_blocks.ts";
import { type Ends, endsOf, evaluation, familyAdapter, ofOps, transform } from "./_family.ts";
import { type InvertedResidual, isResidual, ofEach, type StageRow, stagesOf } from "./_inverted.ts";
import { TIMM_ENDS, timmEfficientGraph } from "./_timm_efficient.ts";

const ROWS: readonly StageRow[] = [
  [1, 3, 1, 16, 1],
  [3, 3, 2, 24, 3],
  [3, 5, 2, 40, 3],
  [6, 5, 2, 80, 3],
  [6, 3, 1, 96, 2],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
];
const STEM = 32, LAST = 1280, activation = "relu";

/** torchvision's ids → how much wider, and its evaluation of the first weights. */
const MEMBERS: Readonly<Record<string, readonly [width: number, preprocess: Preprocess]>> = {
  mnasnet0_5: [0.5, transform(256, 224)],
  mnasnet0_75: [0.75, transform(232, 224)],
  mnasnet1_0: [1, transform(256, 224)],
  mnasnet1_3: [1.3, transform(232, 224)],
};

/** `PREFIX.AT`, `.AT + 1` and `.AT + 2`. */
const three = (prefix: string, at: number) =>
  [`${prefix}.${at}`, `${prefix}.${at + 1}`, `${prefix}.${at + 2}`] as const;

function addBlock(net: GraphBuilder, name: string, input: string, block: InvertedResidual): string {
  const from = net.mark(), base = `${name}.layers`, { expanded, out } = block;
  const wide = { in: block.in, out: expanded, kernel: 1, activation } as const;
  let x = convNorm(net, three(base, 0), input, wide);
  x = convNorm(net, three(base, 3), x, { ...ofEach(block), activation });
  x = convNorm(net, three(base, 6), x, { in: expanded, out, kernel: 1 });
  net.container(base, from, x);
  return net.container(name, from, isResidual(block) ? plus(net, name, x, input) : x);
}

function torchvisionGraph(width: number, { channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]), layers = net.mark();
  const stem = inEights(STEM * width);
  const [[first], ...stages] = stagesOf(ROWS, stem, { width, activation });
  const start = { in: channels, out: stem, kernel: 3, stride: 2, activation } as const;
  let x = convNorm(net, three("layers", 0), INPUT, start), at = 8;
  x = convNorm(net, three("layers", 3), x, { ...ofEach(first), activation });
  x = convNorm(net, three("layers", 6), x, { in: stem, out: first.out, kernel: 1 });
  for (const stage of stages) {
    const name = `layers.${at++}`, from = net.mark();
    stage.forEach((block, i) => x = addBlock(net, `${name}.${i}`, x, block));
    net.container(name, from, x);
  }
  const last = { in: stages.at(-1)!.at(-1)!.out, out: LAST, kernel: 1, activation } as const;
  x = net.container("layers", layers, convNorm(net, three("layers", at), x, last));
  const pooled = net.unlisted(net.globalAvgPool("mean", x));
  return net.build(classifier(net, "classifier", pooled, LAST, classes));
}

function timmGraph(ends: Ends): Graph {
  const stages = stagesOf(ROWS, STEM, { activation });
  return timmEfficientGraph({ stem: STEM, stages, activation, head: LAST }, ends);
}

export const mnasnet = familyAdapter({
  id: "mnasnet",
  title: "MNASNet",
  licence: "BSD-3-Clause (torchvision's weights), Apache-2.0 (timm's)",
  source: "https://arxiv.org/abs/1807.11626",
  models: [...Object.keys(MEMBERS), "mnasnet_100"],
  inPlace: ofOps("relu"),
  build(id, tensors) {
    if (id === "mnasnet_100") {
      const graph = timmGraph(endsOf(tensors, ...TIMM_ENDS));
      return { graph, preprocess: evaluation(224, 0.875, "bicubic") };
    }
    const [width, preprocess] = MEMBERS[id];
    const ends = endsOf(tensors, "layers.0.weight", "classifier.1.weight");
    return { graph: torchvisionGraph(width, ends), preprocess };
  },
});
