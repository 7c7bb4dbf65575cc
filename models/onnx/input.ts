/** Which of a model's inputs is the picture, and how it has its axes. */
import { INPUT } from "../../engine/graph.ts";
import type { Declared, Fail, OnnxFile, OnnxNode } from "./file.ts";
import { type Live, PICTURE, view } from "./values.ts";

/** A model's picture; a side is null where any is taken. */
export interface Picture {
  /** The name of the value. */
  readonly name: string;
  readonly height: number | null;
  readonly width: number | null;
  readonly channels: number;
  /** Pictures at a time, where the file says a number. */
  readonly batch: number;
  /** ONNX's axes of height, width and, unless they have none, channels. */
  readonly order: readonly number[];
  readonly rank: number;
}

/** Channels that pictures have. */
const CHANNELS = new Set<number | null>([1, 3, 4]);
/** How far from the input its first convolution may be. */
const MAX_STEPS = 16;

/**
 * The picture among the inputs that the nodes read.
 *
 * @param known The axes of height, width and channels of four, where the format has them by custom.
 * @throws what `fail` throws, where there is none.
 */
export function pictureInput(
  file: OnnxFile,
  nodes: readonly OnnxNode[],
  fail: Fail,
  known?: readonly number[],
): Picture {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const inputs = file.inputs.filter(({ name }) => read.has(name));
  if (inputs.length !== 1) {
    const named = inputs.slice(0, 5).map(({ name }) => `"${name}"`).join(", ");
    fail(
      inputs.length
        ? `it has ${inputs.length} inputs (${named}); one picture is supported`
        : "its output does not follow from its input",
      undefined,
      "unsupported",
    );
  }
  const [input] = inputs, { name } = input;
  const shape = input.shape ?? [null, null, null, null], rank = shape.length;
  if (rank !== 4 && rank !== 3) {
    fail(
      `its input "${name}" is [${shape.map((n) => n ?? "?").join(", ")}]; pictures, ` +
        `[batch, ${
          known?.[2] === 3 ? "height, width, channels" : "channels, height, width"
        }], are ` +
        `supported`,
      undefined,
      "unsupported",
    );
  }
  if (known && rank === 3 && !CHANNELS.has(shape[2])) return plane(name, shape);
  const first = rank - 3;
  const last = known ? known[2] === 3 && !isTurned(shape) : isChannelsLast(input, shape, nodes);
  const order = last ? [first, first + 1, first + 2] : PICTURE.map((axis) => axis - 1 + first);
  const [height, width, channels] = order.map((axis) => shape[axis]);
  return {
    name,
    height,
    width,
    channels: channels ?? channelsAfter(name, file, nodes) ?? 3,
    batch: first === 1 ? shape[0] ?? 1 : 1,
    order,
    rank,
  };
}

/** Gray pictures without an axis for their one channel, `[batch, height, width]`: MNIST, as Keras has it. */
const plane = (name: string, [batch, height, width]: readonly (number | null)[]): Picture => ({
  name,
  height,
  width,
  channels: 1,
  batch: batch ?? 1,
  order: [1, 2],
  rank: 3,
});

/** Whether the channels are behind height and width, as TensorFlow has them. */
function isChannelsLast(
  { name }: Declared,
  shape: readonly (number | null)[],
  nodes: readonly OnnxNode[],
): boolean {
  for (const { op, attributes } of following(name, nodes)) {
    if (op === "Conv") return false;
    if (op !== "Transpose") continue;
    const perm = attributes.get("perm")?.ints.map(Number).join();
    return perm === (shape.length === 4 ? "0,3,1,2" : "2,0,1");
  }
  const [channels, , behind] = shape.slice(-3);
  return CHANNELS.has(behind) && !CHANNELS.has(channels) && channels !== null;
}

/** Whether a shape can only have its channels ahead: what was converted from PyTorch by way of ONNX. */
function isTurned(shape: readonly (number | null)[]): boolean {
  const [channels, , behind] = shape.slice(-3);
  return channels !== null && CHANNELS.has(channels) && !CHANNELS.has(behind);
}

/** The first nodes behind a value, each the first to read the one before. */
function* following(name: string, nodes: readonly OnnxNode[]): Generator<OnnxNode> {
  for (let step = 0, value = name; step < MAX_STEPS; step++) {
    const reader = nodes.find(({ inputs }) => inputs.includes(value));
    if (!reader) return;
    yield reader;
    value = reader.outputs[0] ?? "";
  }
}

/** The channels that the first convolution behind a value takes. */
function channelsAfter(
  name: string,
  { initializers }: OnnxFile,
  nodes: readonly OnnxNode[],
): number | undefined {
  for (const { op, inputs, attributes } of following(name, nodes)) {
    if (op !== "Conv") continue;
    const own = Number(initializers.get(inputs[1])?.dims[1] ?? 0);
    const channels = own * Number(attributes.get("group")?.i ?? 1);
    return channels >= 1 && channels <= 1024 ? channels : undefined;
  }
}

/** The picture as a value of ONNX's, at a size. */
export function pictureValue({ order, rank, channels }: Picture, size: readonly number[]): Live {
  const shape = new Array<number>(rank).fill(1), sizes = [...size, channels];
  order.forEach((axis, i) => shape[axis] = sizes[i]);
  return view(INPUT, shape, order);
}
