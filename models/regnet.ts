/**
 * RegNet: Radosavovic et al. 2020, "Designing Network Design Spaces"; Y with squeeze-and-excite
 * blocks, X without. `regnet_y_400mf` and its siblings are torchvision's, with its names; `regnety_004`
 * and its, timm's.
 */
import { GraphBuilder } from "../engine/builder.ts";
import { type Graph, INPUT } from "../engine/graph.ts";
import { convNormActivation, plus, SQUEEZE_NAMES, squeezeExcite } from "./_blocks.ts";
import { type Ends, endsOf, evaluation, familyAdapter, transform } from "./_family.ts";
import { type RegNetBlock, squeezedOf, STEM, timmRegNet } from "./_timm_regnet.ts";

/** Blocks, and how wide each is: `w0 + wa·i`, rounded to powers of `wm`; then timm's share of a crop. */
type Row = readonly [
  depth: number,
  w0: number,
  wa: number,
  wm: number,
  groupWidth: number,
  share: number,
];

/** timm's sizes → rows. */
const ROWS: Readonly<Record<string, Row>> = {
  x_002: [13, 24, 36.44, 2.49, 8, 0.875],
  x_004: [22, 24, 24.48, 2.54, 16, 0.875],
  x_006: [16, 48, 36.97, 2.24, 24, 0.875],
  x_008: [16, 56, 35.73, 2.28, 16, 0.965],
  x_016: [18, 80, 34.01, 2.25, 24, 0.965],
  x_032: [25, 88, 26.31, 2.25, 48, 0.965],
  x_040: [23, 96, 38.65, 2.43, 40, 0.875],
  x_064: [17, 184, 60.83, 2.07, 56, 0.875],
  x_080: [23, 80, 49.56, 2.88, 120, 0.965],
  x_120: [19, 168, 73.36, 2.37, 112, 0.875],
  x_160: [22, 216, 55.59, 2.1, 128, 0.965],
  x_320: [23, 320, 69.86, 2, 168, 0.965],
  y_002: [13, 24, 36.44, 2.49, 8, 0.875],
  y_004: [16, 48, 27.89, 2.09, 8, 0.965],
  y_006: [15, 48, 32.54, 2.32, 16, 0.875],
  y_008: [14, 56, 38.84, 2.4, 16, 0.875],
  y_016: [27, 48, 20.71, 2.65, 24, 0.965],
  y_032: [21, 80, 42.63, 2.66, 24, 0.95],
  y_040: [22, 96, 31.41, 2.24, 64, 0.95],
  y_064: [25, 112, 33.22, 2.27, 72, 0.95],
  y_080: [17, 192, 76.82, 2.19, 56, 0.95],
  y_120: [19, 168, 73.36, 2.37, 112, 0.95],
  y_160: [18, 200, 106.23, 2.48, 112, 0.95],
  y_320: [20, 232, 115.89, 2.53, 232, 0.965],
};

/** torchvision's sizes → timm's. */
const SIZES: Readonly<Record<string, string>> = {
  "400mf": "004",
  "800mf": "008",
  "1_6gf": "016",
  "3_2gf": "032",
  "8gf": "080",
  "16gf": "160",
  "32gf": "320",
};

/** torchvision's id → row. */
const TORCHVISION = Object.fromEntries(
  ["x", "y"].flatMap((kind) =>
    Object.entries(SIZES).map(([size, row]) => [`regnet_${kind}_${size}`, `${kind}_${row}`])
  ),
);
/** timm's id → row. */
const TIMM = Object.fromEntries(Object.keys(ROWS).map((row) => [`regnet${row}`, row]));

/** Where timm has the networks of torchvision, which rounds these widths otherwise, beside the papers'. */
const TIMM_AS_TORCHVISION: Readonly<Record<string, string>> = {
  regnetx_004_tv: "x_004",
  regnety_008_tv: "y_008",
  regnety_080_tv: "y_080",
};

/** To the nearest whole number, of two the even one, as Python and PyTorch do. */
function rounded(x: number): number {
  const below = Math.floor(x);
  return x - below === 0.5 ? below + below % 2 : Math.round(x);
}

/**
 * A width to the nearest multiple of its groups' width: by timm as Python rounds; by torchvision halves
 * upwards, and never by more than a tenth down.
 */
function inGroups(width: number, groupWidth: number, asTorchvision: boolean): number {
  if (!asTorchvision) return rounded(width / groupWidth) * groupWidth;
  const near = Math.max(groupWidth, Math.floor((width + groupWidth / 2) / groupWidth) * groupWidth);
  return near < 0.9 * width ? near + groupWidth : near;
}

/** The blocks of each stage. */
function stagesOf(row: string, asTorchvision: boolean): RegNetBlock[][] {
  const [depth, w0, wa, wm, groupWidth] = ROWS[row], stages: RegNetBlock[][] = [];
  let before = STEM, last = 0;
  for (let i = 0; i < depth; i++) {
    const power = rounded(Math.log((w0 + wa * i) / w0) / Math.log(wm));
    const width = rounded(w0 * wm ** power / 8) * 8, group = Math.min(groupWidth, width);
    const out = inGroups(width, group, asTorchvision), isNew = width !== last;
    if (isNew) stages.push([]);
    const squeezes = row.startsWith("y");
    const stride = isNew ? 2 : 1;
    stages.at(-1)!.push({ in: before, out, stride, groups: out / group, squeezes });
    [before, last] = [out, width];
  }
  return stages;
}

function addBlock(net: GraphBuilder, name: string, input: string, block: RegNetBlock): string {
  const from = net.mark(), { out, stride, groups, squeezes } = block;
  const activation = "relu", inner = `${name}.f`;
  const proj = { in: block.in, out, kernel: 1, stride };
  const shortcut = stride === 1 && block.in === out
    ? input
    : convNormActivation(net, `${name}.proj`, input, proj);
  const start = net.mark();
  let x = convNormActivation(net, `${inner}.a`, input, {
    in: block.in,
    out,
    kernel: 1,
    activation,
  });
  const middle = { in: out, out, kernel: 3, stride, groups, activation } as const;
  x = convNormActivation(net, `${inner}.b`, x, middle);
  if (squeezes) {
    const gate = squeezedOf(block);
    x = squeezeExcite(net, `${inner}.se`, x, gate, SQUEEZE_NAMES.torchvision);
  }
  x = convNormActivation(net, `${inner}.c`, x, { in: out, out, kernel: 1 });
  net.container(inner, start, x);
  return net.container(name, from, net.relu(`${name}.activation`, plus(net, name, x, shortcut)));
}

function torchvisionGraph(row: string, { channels, classes }: Ends): Graph {
  const net = new GraphBuilder([null, null, channels]);
  const stem = { in: channels, out: STEM, kernel: 3, stride: 2, activation: "relu" } as const;
  let x = convNormActivation(net, "stem", INPUT, stem);
  const trunk = net.mark(), stages = stagesOf(row, true);
  stages.forEach((stage, i) => {
    const short = `block${i + 1}`, name = `trunk_output.${short}`, from = net.mark();
    stage.forEach((block, j) => x = addBlock(net, `${name}.${short}-${j}`, x, block));
    net.container(name, from, x);
  });
  x = net.globalAvgPool("avgpool", net.container("trunk_output", trunk, x));
  return net.build(net.dense("fc", x, stages.at(-1)!.at(-1)!.out, classes));
}

export const regnet = familyAdapter({
  id: "regnet",
  title: "RegNet",
  licence: "BSD-3-Clause (torchvision's weights), MIT (the authors'), Apache-2.0 (timm's)",
  source: "https://arxiv.org/abs/2003.13678",
  models: [...Object.keys(TORCHVISION), ...Object.keys(TIMM), ...Object.keys(TIMM_AS_TORCHVISION)],
  // torchvision's squeezing keeps what it rectifies
  inPlace: ({ op, name }) => op === "relu" && !name.endsWith(".se.activation"),
  build(id, tensors) {
    if (id in TORCHVISION) {
      const graph = torchvisionGraph(
        TORCHVISION[id],
        endsOf(tensors, "stem.0.weight", "fc.weight"),
      );
      return { graph, preprocess: transform(256, 224) };
    }
    const asTorchvision = id in TIMM_AS_TORCHVISION;
    const row = asTorchvision ? TIMM_AS_TORCHVISION[id] : TIMM[id];
    const share = asTorchvision ? 0.965 : ROWS[row][5];
    return {
      graph: timmRegNet(
        stagesOf(row, asTorchvision),
        endsOf(tensors, "stem.conv.weight", "head.fc.weight"),
      ),
      preprocess: evaluation(224, share, "bicubic"),
    };
  },
});
