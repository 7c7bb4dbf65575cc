/** From PyTorch's names and layouts to the engine's. */
import type { Graph } from "../engine/graph.ts";
import { type Values, values } from "../core/values.ts";
import { bindStateDict, type ParameterSpec } from "./weights/bind.ts";
import type { StateDict } from "./weights/mod.ts";

/** `[height, width, channels]` of the picture that a linear layer reads flattened. */
export type Flattened = ReadonlyMap<string, readonly [number, number, number]>;

/** PyTorch's shape of a parameter: `[out, in, kh, kw]` or `[out, in]`. */
function torchShape(shape: readonly number[]): readonly number[] {
  if (shape.length === 4) return [shape[3], shape[2], shape[0], shape[1]];
  return [...shape].reverse();
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
  new Map([...graph.parameters].map(([name, shape]) => [name, { shape: torchShape(shape) }]));

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
    converted.set(
      name,
      rank === 4
        ? fromConvolution(weight)
        : rank === 2
        ? fromLinear(weight, flattened.get(name))
        : weight,
    );
  }
  return converted;
}
