/** From PyTorch's names and layouts to the engine's. */
import type { Graph } from "../engine/graph.ts";
import { op } from "../engine/ops/mod.ts";
import { sizeOf, type Values, values } from "../core/values.ts";
import type { OpenWeights, TakeNumbers, WeightTensor } from "../run/model.ts";
import { moving } from "./_moving.ts";
import { bindStateDict, fitsTwice, type ParameterSpec } from "./weights/bind.ts";
import type { StateDict } from "./weights/stored.ts";

/** Name of a linear layer's weight → `[height, width, channels]` of the picture that it reads flattened. */
export type Flattened = ReadonlyMap<string, readonly [number, number, number]>;

/** `[kh, kw, in, out]` → `[out, in, kh, kw]`, `[in, out]` → `[out, in]`. */
function torchShape(shape: readonly number[]): readonly number[] {
  if (shape.length === 4) return [shape[3], shape[2], shape[0], shape[1]];
  return [...shape].reverse();
}

/**
 * PyTorch's shape of each of a graph's parameters. A kernel with several axes of output channels, each
 * channel's own, is one of as many groups there: `[channels · multiplier, 1, kh, kw]`.
 */
export function torchShapes({ nodes, parameters }: Graph): Map<string, readonly number[]> {
  const shapes = new Map([...parameters].map(([name, shape]) => [name, torchShape(shape)]));
  for (const { op: kind, params: { kernel } } of nodes) {
    const { outputAxes = 1 } = op(kind).traits;
    if (outputAxes === 1) continue;
    const shape = parameters.get(kernel)!, end = shape.length - outputAxes;
    shapes.set(kernel, [sizeOf(shape.slice(end)), 1, ...shape.slice(0, end)]);
  }
  return shapes;
}

/**
 * Takes a tensor's numbers into the engine's layout: `[out, in, kh, kw]` → `[kh, kw, in, out]`,
 * `[out, in]` → `[in, out]`, where a flattened picture's channels go from first to last.
 */
function taking(
  shape: readonly number[],
  into: Float32Array,
  [height, width]: readonly [number, number, number] | readonly [1, 1] = [1, 1],
): TakeNumbers {
  const [out, inputs] = shape;
  if (shape.length === 4) return moving(shape, [2, 3, 1, 0], into);
  if (shape.length !== 2) return (numbers, from) => into.set(numbers, from);
  return moving([out, inputs / (height * width), height * width], [2, 1, 0], into);
}

/** Parameters that are to be filled, and who fills them. */
interface Room<T extends WeightTensor> {
  readonly parameters: Map<string, Values>;
  readonly takers: Map<T, TakeNumbers>;
}

/** Makes room for the numbers of a graph's parameters. */
function roomFor<T extends WeightTensor>(
  { parameters: shapes }: Graph,
  bound: ReadonlyMap<string, T>,
  flattened: Flattened,
): Room<T> {
  const parameters = new Map<string, Values>(), takers = new Map<T, TakeNumbers>();
  for (const [name, tensor] of bound) {
    // a depthwise kernel's numbers stand as they should; a factor for each channel has no other axes
    const shape = shapes.get(name)!, into = values(new Float32Array(sizeOf(shape)), shape);
    parameters.set(name, into);
    takers.set(tensor, taking(tensor.shape, into, flattened.get(name)));
  }
  return { parameters, takers };
}

/** What a graph asks for, in PyTorch's layout. */
export const specsOf = (graph: Graph): Map<string, ParameterSpec> =>
  new Map([...torchShapes(graph)].map(([name, shape]) => [name, { shape }]));

/**
 * The graph's parameters from a PyTorch state dict.
 *
 * @param onNote hears a sentence of what in it is not of the graph
 * @throws UserError listing all keys that are missing, too many or of another shape.
 */
export function fromStateDict(
  graph: Graph,
  tensors: StateDict,
  what: string,
  flattened: Flattened = new Map(),
  onNote?: (sentence: string) => void,
): Map<string, Values> {
  const bound = bindStateDict(tensors, specsOf(graph), what, onNote);
  const { parameters, takers } = roomFor(graph, bound, flattened);
  for (const [tensor, take] of takers) take(tensor, 0);
  return parameters;
}

/**
 * Likewise from an open file, each number straight to its place.
 *
 * @param own the file's tensors by the names that the graph has
 */
export async function fromOpenWeights(
  graph: Graph,
  file: OpenWeights,
  own: OpenWeights["tensors"],
  what: string,
  flattened: Flattened = new Map(),
  onNote?: (sentence: string) => void,
): Promise<{ readonly parameters: Map<string, Values>; readonly sha256: string }> {
  const specs = specsOf(graph);
  if (fitsTwice(own, specs)) {
    const { tensors, sha256 } = await file.readAll();
    const keys = new Map([...file.tensors].map(([key, tensor]) => [tensor, key]));
    const read = new Map([...own].map(([name, found]) => [name, tensors.get(keys.get(found)!)!]));
    return { parameters: fromStateDict(graph, read, what, flattened, onNote), sha256 };
  }
  const bound = bindStateDict(own, specs, what, onNote);
  const { parameters, takers } = roomFor(graph, bound, flattened);
  return { parameters, sha256: await file.read(takers) };
}
