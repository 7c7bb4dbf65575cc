/** Networks that have unlearnt a part of what they knew. */
import type { Random } from "../core/random.ts";
import { values } from "../core/values.ts";
import { Network } from "../engine/network.ts";
import type { Graph } from "../engine/graph.ts";
import type { Model } from "../run/model.ts";

/** A part of a network: the numbers of some of its nodes. */
export interface Part {
  /** The node that it begins with, seen from the input. */
  readonly name: string;
  /** Names of parameters. */
  readonly parameters: readonly string[];
}

/**
 * The nodes that have numbers, from the output on, in `count` parts: the last node that multiplies by
 * weights alone, with what follows it, then about equally many nodes in each.
 */
export function partsOf({ nodes }: Graph, count: number): Part[] {
  const learnt = nodes.filter(({ params }) => Object.keys(params).length > 0).reverse();
  const isWeighted = ({ params }: typeof nodes[number]) => "kernel" in params;
  const last = Math.max(1, 1 + learnt.findIndex(isWeighted));
  const groups = [learnt.slice(0, last)], rest = learnt.slice(last);
  const parts = Math.min(count - 1, rest.length);
  for (let i = 0; i < parts; i++) {
    groups.push(
      rest.slice(
        Math.round(i * rest.length / parts),
        Math.round((i + 1) * rest.length / parts),
      ),
    );
  }
  return groups.filter((group) => group.length > 0).map((group) => ({
    name: group[group.length - 1].name,
    parameters: group.flatMap(({ params }) => Object.values(params)),
  }));
}

/** A model whose parts have their numbers in another order: as many, as large, of no use. */
export function shuffled(model: Model, parts: readonly Part[], random: Random): Model {
  const names = new Set(parts.flatMap(({ parameters }) => parameters));
  const host = new Map(
    [...model.network.parameters.host].map(([name, numbers]) => {
      if (!names.has(name)) return [name, numbers] as const;
      const stream = random.fork(name), mixed = numbers.slice();
      for (let i = mixed.length - 1; i > 0; i--) {
        const j = stream.integer(0, i);
        [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
      }
      return [name, values(mixed, numbers.shape)] as const;
    }),
  );
  return { ...model, network: new Network(model.network.graph, host, model.id) };
}
