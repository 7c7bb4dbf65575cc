/** From PyTorch's names and layouts to the engine's. */
import type { Graph } from "../engine/graph.ts";
import { op } from "../engine/ops/mod.ts";
import { sizeOf, type Values, values } from "../core/values.ts";
import { bindStateDict, type ParameterSpec } from "./weights/bind.ts";
import type { StateDict } from "./weights/mod.ts";

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

/** `[out, in, kh, kw]` → `[kh, kw, in, out]`. */
function fromConvolution(weight: Values): Values {
  const [cout, cin, kh, kw] = weight.shape;
  const taps = kh * kw, out = new Float32Array(weight.length);
  for (let o = 0; o < cout; o++) {
    for (let i = 0; i < cin; i++) {
      const from = (o * cin + i) * taps;
      for (let t = 0; t < taps; t++) out[(t * cin + i) * cout + o] = weight[from + t];
    }
  }
  return values(out, [kh, kw, cin, cout]);
}

/** `[out, in]` → `[in, out]`; a flattened picture's channels go from first to last. */
function fromLinear(
  weight: Values,
  picture: readonly [number, number, number] | undefined,
): Values {
  const [cout, cin] = weight.shape;
  const [h, w, c] = picture ?? [1, 1, cin];
  const out = new Float32Array(weight.length), pixels = h * w;
  for (let o = 0; o < cout; o++) {
    for (let channel = 0; channel < c; channel++) {
      for (let p = 0; p < pixels; p++) {
        out[(p * c + channel) * cout + o] = weight[o * cin + channel * pixels + p];
      }
    }
  }
  return values(out, [cin, cout]);
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
  const converted = new Map<string, Values>();
  for (const [name, weight] of bound) {
    const rank = weight.shape.length;
    const turned = rank === 4
      ? fromConvolution(weight)
      : rank === 2
      ? fromLinear(weight, flattened.get(name))
      : weight.subarray();
    // a depthwise kernel's numbers stand as they should; a factor for each channel has no other axes
    converted.set(name, values(turned, graph.parameters.get(name)!));
  }
  return converted;
}
