/**
 * What peers' own tests expect, asked of ours: small networks, what they are shown, and the numbers
 * that the peer's test holds its own result against. Only those facts are taken over, each with the
 * file and the name of the test that it stands in.
 */
import assert from "node:assert/strict";
import {
  attribute,
  type AttributionRun,
  GraphBuilder,
  type Model,
  Network,
  type Picture,
  type TargetRequest,
  values,
} from "../../mod.ts";
import { INPUT } from "../../engine/graph.ts";
import { sizeOf } from "../../core/values.ts";

/** A network, and the `[height, width, channels]` of the pictures that it takes. */
export interface Net {
  readonly network: Network;
  readonly shape: readonly [height: number, width: number, channels: number];
}

/** One number list of a peer's test. */
export interface Expectation {
  /** The peer's file and test. */
  readonly from: string;
  readonly net: () => Net;
  /** What the network is shown: the numbers of a picture in rows, channels last. */
  readonly input: readonly number[];
  readonly technique: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Default: class 0, of one output alone the output itself. */
  readonly target?: TargetRequest;
  readonly expected: readonly number[];
  /** Where in the attribution these numbers begin; given, there may be others. */
  readonly begin?: number;
  /** How far their differences may add up to. Default: 1e-4, as in most of Captum's tests. */
  readonly within?: number;
  /** For the output's opposite, where there is one output alone. Default: each number's opposite. */
  readonly opposite?: readonly number[];
}

/** A layer with weights as PyTorch writes them, `[out][in]`. */
export interface Linear {
  readonly w: readonly (readonly number[])[];
  readonly b?: readonly number[];
}

/** Layers by the names that they have in the peer's network; a word is an activation. */
export type Layers = readonly (readonly [name: string, layer: Linear | string])[];

/** `[out][in]` as the engine has it: `[in, out]`, in a row. */
const turned = ({ w }: Linear): number[] => w[0].flatMap((_, i) => w.map((row) => row[i]));

/** Numbers of a graph's parameters, by name. */
export type Host = Record<string, readonly number[]>;

/** Makes the network of a graph whose pictures have a shape. */
export function made(
  net: GraphBuilder,
  output: string,
  host: Host,
  shape: Net["shape"],
): Net {
  const graph = net.build(output);
  const parameters = new Map([...graph.parameters].map(([name, shape]) => {
    const numbers = host[name] ?? new Array(sizeOf(shape)).fill(0);
    assert.equal(numbers.length, sizeOf(shape), name);
    return [name, values(Float32Array.from(numbers), shape)];
  }));
  return { network: new Network(graph, parameters, "a peer's"), shape };
}

/** Adds layers on a vector, or, given the first one's window, as convolutions on one place. */
export function append(
  net: GraphBuilder,
  host: Host,
  from: string,
  layers: Layers,
  convolution?: readonly [number, number],
): string {
  return layers.reduce((input, [name, layer], i) => {
    if (typeof layer === "string") return net.add(name, layer, input);
    host[`${name}.weight`] = turned(layer);
    if (layer.b) host[`${name}.bias`] = layer.b;
    const out = layer.w.length, all = layer.w[0].length;
    if (!convolution) return net.dense(name, input, all, out);
    const kernel = i === 0 ? convolution : [1, 1] as const;
    return net.conv(name, input, { in: all / (kernel[0] * kernel[1]), out, kernel });
  }, from);
}

/** A network of vectors: these are the numbers of a picture, one after the other. */
export function dense(shape: Net["shape"], layers: Layers): Net {
  const net = new GraphBuilder(shape), host: Host = {};
  const output = append(net, host, net.add("vector", "flatten", INPUT), layers);
  return made(net, output, host, shape);
}

/**
 * The same, written as convolutions, the first one as large as the picture: its layers have a height
 * and a width, of 1 each, which maps of layers need.
 */
export function convolved(shape: Net["shape"], layers: Layers): Net {
  const net = new GraphBuilder(shape), host: Host = {}, [height, width] = shape;
  const last = append(net, host, INPUT, layers, [height, width]);
  return made(net, net.add("vector", "flatten", last), host, shape);
}

/** Cuts rows out of a picture, as one of several inputs that stand in it. */
export const rowsOf = (net: GraphBuilder, name: string, of: number, from: number, to: number) =>
  net.add(name, "crop", INPUT, { crop: [from, of - to, 0, 0] });

/** How numbers become levels 0..255: multiplied by the first, less the second. */
function levelsOf(numbers: readonly number[]): readonly [by: number, low: number] {
  if (numbers.every((v) => v === numbers[0])) return [1, numbers[0]];
  for (const by of [1, 10, 100]) {
    const scaled = numbers.map((v) => Math.round(v * by));
    if (scaled.some((v, i) => Math.abs(v - numbers[i] * by) > 1e-6)) continue;
    for (const low of [Math.min(0, ...scaled), Math.min(...scaled)]) {
      if (scaled.every((v) => v - low <= 255)) return [by, low];
    }
  }
  throw new Error(`no picture has the numbers ${numbers}`);
}

/** A picture, and how a model prepares it so that it sees exactly these numbers. */
export function pictureOf(
  input: readonly number[],
  [height, width, channels]: Net["shape"],
): { picture: Picture; preprocess: Model["preprocess"] } {
  assert.equal(input.length, height * width * channels, "as many numbers as the picture has");
  const data = new Uint8ClampedArray(height * width * 3), mean: number[] = [], std: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    const own = input.filter((_, i) => i % channels === channel);
    const [by, low] = levelsOf(own);
    mean.push(-low);
    std.push(by);
    own.forEach((v, pixel) => {
      const level = Math.round(v * by - low);
      for (const color of channels === 1 ? [0, 1, 2] : [channel]) data[pixel * 3 + color] = level;
    });
  }
  return {
    picture: { width, height, data },
    preprocess: {
      resize: null,
      crop: null,
      interpolation: "bilinear",
      mean,
      std,
      range: 255,
      channelOrder: channels === 1 ? "gray" : "rgb",
    },
  };
}

/** A network as a model that prepares pictures so. */
export function modelOf({ network, shape }: Net, preprocess: Model["preprocess"]): Model {
  const [height, width] = shape, outputs = network.shapeOf("logits", height, width).at(-1)!;
  return {
    id: network.name,
    title: network.name,
    network,
    preprocess,
    inputSize: { width, height },
    labels: Array.from({ length: outputs }, (_, i) => `output ${i}`),
    weights: { sha256: "0".repeat(64), source: "a peer's test" },
  };
}

/** Runs what an expectation is about. */
export async function explained(
  { net, input, technique, options, target = 0 }: Omit<Expectation, "from" | "expected">,
): Promise<AttributionRun> {
  const made = net(), { picture, preprocess } = pictureOf(input, made.shape);
  const model = modelOf(made, preprocess);
  try {
    return await attribute(technique, { model, image: picture, options, target });
  } finally {
    made.network.dispose();
  }
}

/** The sum of the differences. */
export function distance(ours: readonly number[], theirs: readonly number[]): number {
  assert.equal(ours.length, theirs.length);
  return theirs.reduce((sum, v, i) => sum + Math.abs(ours[i] - v), 0);
}

async function compare(expectation: Expectation, what: string): Promise<void> {
  const { expected, begin, within = 1e-4 } = expectation;
  const { attribution } = await explained(expectation);
  const ours = begin === undefined
    ? [...attribution]
    : [...attribution.subarray(begin, begin + expected.length)];
  const message = `${what}: ${ours}, where the peer expects ${expected}`;
  assert.equal(ours.length, expected.length, message);
  assert.ok(distance(ours, expected) <= within, message);
}

/** Whether a network has one output alone. */
function isOne(net: Expectation["net"]): boolean {
  const { network, shape: [height, width] } = net();
  const outputs = sizeOf(network.shapeOf("logits", height, width));
  network.dispose();
  return outputs === 1;
}

/**
 * Holds ours against a peer's numbers; of one output alone also for its opposite, whose score is minus
 * its own. Gives how many comparisons that were.
 */
export async function check(expectation: Expectation): Promise<number> {
  const { from, technique, net, expected } = expectation;
  await compare(expectation, `${from}, ${technique}`);
  if (!isOne(net) || expectation.target !== undefined) return 1;
  const opposite = expectation.opposite ?? expected.map((v) => -v);
  await compare(
    { ...expectation, target: 1, expected: opposite },
    `${from}, ${technique}, the output's opposite`,
  );
  return 2;
}
