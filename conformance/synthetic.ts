/**
 * Numbers that follow from a name and an index, in PyTorch's layout: the same in any language, so
 * that no weight file has to travel. `h = fnv1a(name)`; `k = h ^ (i · 2654435761 mod 2³²)`, mixed as
 * MurmurHash3 finishes; `u = k / 2³¹ − 1`, in [−1, 1).
 */
import { sizeOf, type Values, values } from "../core/values.ts";
import type { Graph } from "../engine/graph.ts";
import { Network } from "../engine/network.ts";
import { type Flattened, fromStateDict, torchShapes } from "../models/_torch.ts";

/** `count` numbers of a name, uniform in [−1, 1), each turned by `to`. */
export function synthetic(name: string, count: number, to = (u: number) => u): Float32Array {
  let h = 2166136261;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 16777619);
  const numbers = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let k = h ^ Math.imul(i, 2654435761);
    k ^= k >>> 16;
    k = Math.imul(k, 2246822507);
    k ^= k >>> 13;
    k = Math.imul(k, 3266489909);
    k ^= k >>> 16;
    numbers[i] = to((k >>> 0) / 2147483648 - 1);
  }
  return numbers;
}

/** What a parameter's name says of its numbers: those of a network that does not fade or explode. */
export function spreadOf(name: string, shape: readonly number[]): (u: number) => number {
  if (name.endsWith("running_mean") || name.endsWith("bias")) return (u) => 0.1 * u;
  if (name.endsWith("running_var")) return (u) => 1 + 0.5 * Math.abs(u);
  if (shape.length === 1) return (u) => 1 + 0.1 * u;
  const bound = Math.sqrt(3 / sizeOf(shape.slice(1)));
  return (u) => u * bound;
}

/** The synthetic weights of a graph by PyTorch's names, in PyTorch's layout. */
export function syntheticState(graph: Graph): Map<string, Values> {
  return new Map(
    [...torchShapes(graph)].map((
      [name, shape],
    ) => [name, values(synthetic(name, sizeOf(shape), spreadOf(name, shape)), shape)]),
  );
}

/** A graph with its synthetic weights. */
export const syntheticNetwork = (graph: Graph, name: string, flattened?: Flattened): Network =>
  new Network(graph, fromStateDict(graph, syntheticState(graph), name, flattened), name);
