/** The small networks of Captum's tests (captum/testing/helpers/basic_models.py), by its names. */
import { GraphBuilder } from "../../mod.ts";
import { INPUT } from "../../engine/graph.ts";
import {
  append,
  convolved,
  dense,
  type Host,
  type Layers,
  made,
  type Net,
  rowsOf,
} from "./_peers.ts";

const ones = (n: number) => new Array<number>(n).fill(1);
const all = (out: number, of: number, value = 1) =>
  Array.from({ length: out }, () => new Array<number>(of).fill(value));
export const eye = (n: number) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => i === j ? 1 : 0));

/** 1 − ReLU(1 − x), for each number by itself. */
export const basicModel = (shape: Net["shape"]): Net => {
  const n = shape[0] * shape[1] * shape[2], minus = eye(n).map((row) => row.map((v) => -v || 0));
  return dense(shape, [
    ["minus", { w: minus, b: ones(n) }],
    ["relu", "relu"],
    ["output", { w: minus, b: ones(n) }],
  ]);
};

/** ReLU(ReLU(a) − 1 − ReLU(b)): a in the first row, b in the second, `n` of each. */
export const basicModel2 = (n = 1): Net =>
  dense([2, n, 1], [
    ["relu", "relu"],
    ["difference", {
      w: eye(n).map((row) => [...row, ...row.map((v) => -v || 0)]),
      b: ones(n).map(() => -1),
    }],
    ["output", "relu"],
  ]);

/**
 * ReLU(p·ReLU(a − 1) − q·ReLU(b)): BasicModel3 with p = q = 1, BasicModel4_MultiArgs with q = 1 ÷ its
 * third input, BasicModel5_MultiArgs with both from its third input.
 */
export const basicModel3 = (p = 1, q = 1): Net =>
  dense([2, 1, 1], [
    ["shift", { w: eye(2), b: [-1, 0] }],
    ["relu", "relu"],
    ["difference", { w: [[p, -q]] }],
    ["output", "relu"],
  ]);

/** 1 − ReLU(1 − (a + b)) of the second column: a in the first row, b in the second. */
export const basicModel6 = (columns: number): Net => {
  const second = Array.from({ length: 2 * columns }, (_, i) => i % columns === 1 ? -1 : 0);
  return dense([2, columns, 1], [
    ["minus", { w: [second], b: [1] }],
    ["relu", "relu"],
    ["output", { w: [[-1]], b: [1] }],
  ]);
};

/** BasicModel_MultiLayer's layers. */
const MULTI_LAYER: Layers = [
  ["linear0", { w: eye(3), b: [0, 0, 0] }],
  ["linear1", { w: all(4, 3), b: [-10, 1, 1, 1] }],
  ["relu", "relu"],
  ["linear2", { w: all(2, 4), b: [-1, 1] }],
];

/** From which layer on, and up to which. */
const between = (from: string, to: string) => {
  const names = MULTI_LAYER.map(([name]) => name);
  return MULTI_LAYER.slice(names.indexOf(from), names.indexOf(to) + 1);
};

/** BasicModel_MultiLayer up to a layer, on three pixels in a row. */
export const multiLayer = (to = "linear2"): Net => dense([1, 3, 1], between("linear0", to));

/** The same on the three colours of one pixel, as convolutions. */
export const multiLayerMaps = (): Net => convolved([1, 1, 3], MULTI_LAYER);

/** What comes behind a layer, as a network of that layer's output. */
export const behind = (layer: string): Net => {
  const at = MULTI_LAYER.findIndex(([name]) => name === layer);
  const width = layer === "linear0" ? 3 : layer === "linear2" ? 2 : 4;
  const rest = MULTI_LAYER.slice(at + 1);
  return dense([1, width, 1], rest.length ? rest : [["same", "identity"]]);
};

/**
 * BasicModel_MultiLayer_MultiInput: the network of `scale` times the sum of its inputs, which stand
 * in rows. `rest` is an input that is not explained.
 */
export const multiInput = (
  inputs: number,
  scale: number,
  { to = "linear2", rest = [0, 0, 0] }: { to?: string; rest?: readonly number[] } = {},
): Net =>
  dense([inputs, 3, 1], [
    ["sum", {
      w: eye(3).map((row) =>
        Array.from({ length: inputs }, () => row).flat().map((v) => v * scale)
      ),
      b: rest.map((v) => v * scale),
    }],
    ...between("linear0", to),
  ]);

/** BasicModel_MultiLayer with its multi_input_module: linear1 and its like, each behind a ReLU, added. */
export const multiRelu = (): Net => {
  const net = new GraphBuilder([1, 1, 3]), host: Host = {};
  const linear0 = append(net, host, INPUT, between("linear0", "linear0"), [1, 1]);
  const branch = (name: string) =>
    net.relu(
      `multi_relu.${name}`,
      append(net, host, linear0, [[name, { w: all(4, 3), b: [-10, 1, 1, 1] }]], [1, 1]),
    );
  const sum = net.sum("sum", [branch("linear1"), branch("linear1_alt")]);
  const last = append(net, host, sum, between("linear2", "linear2"), [1, 1]);
  return made(net, net.add("vector", "flatten", last), host, [1, 1, 3]);
};

/** What comes behind both of its ReLUs: their outputs stand in rows. */
export const behindMultiRelu = (): Net =>
  dense([2, 4, 1], [["sum", { w: eye(4).map((row) => [...row, ...row]) }], [
    "linear2",
    { w: all(2, 4), b: [-1, 1] },
  ]]);

/** How BasicModel_ConvNet_One_Conv's two inputs stand in a picture. */
export type Inputs = "one" | "colours" | "rows" | "column";

/**
 * BasicModel_ConvNet_One_Conv up to a layer: two channels of 3×3 sums less 50 and 75, ReLU, and the
 * first five of these eight numbers (channel by channel) less the last three, ReLU.
 */
export function oneConv(inputs: Inputs = "one", to = "relu2"): Net {
  const shape: Net["shape"] = {
    one: [4, 4, 1],
    colours: [4, 4, 3],
    rows: [8, 4, 1],
    column: [4, 5, 1],
  }[
    inputs
  ] as [number, number, number];
  const net = new GraphBuilder(shape), host: Host = {};
  let picture: string = INPUT;
  if (inputs === "colours") {
    picture = net.conv("both", INPUT, { in: 3, out: 1, kernel: 1, bias: false });
    host["both.weight"] = [1, 1, 0];
  } else if (inputs === "rows") {
    picture = net.sum("both", [rowsOf(net, "x", 8, 0, 4), rowsOf(net, "x2", 8, 4, 8)]);
  } else if (inputs === "column") {
    const x = net.add("x", "crop", INPUT, { crop: [0, 0, 0, 1] });
    const x2 = net.add("x2", "crop", INPUT, { crop: [0, 0, 4, 0] });
    picture = net.sum("both", [x, x2]);
  }
  const conv1 = net.conv("conv1", picture, { in: 1, out: 2, kernel: 3 });
  host["conv1.weight"] = ones(18);
  host["conv1.bias"] = [-50, -75];
  const relu1 = net.relu("relu1", conv1), vector = net.add("vector", "flatten", relu1);
  const fc1 = net.dense("fc1", vector, 8, 4);
  // at each of the four places first the one channel, then the other
  const weights = [1, 1, 1, -1, 1, -1, 1, -1];
  host["fc1.weight"] = weights.flatMap((w) => [w, w, w, w]);
  const ends: Record<string, string> = { fc1, relu2: net.relu("relu2", fc1) };
  return made(net, ends[to], host, shape);
}

/** SimpleLRPModel: one output. `first` is the weight of its first input at its first unit. */
export const simpleLrp = (first = 2, shape: Net["shape"] = [1, 3, 1]): Net =>
  convolved(shape, [
    ["linear", { w: [[first, 2, 2], [2, 2, 2], [2, 2, 2]] }],
    ["relu", "relu"],
    ["linear2", { w: [[3, 3, 3]] }],
  ]);
