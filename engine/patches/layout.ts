/**
 * Which steps of a network run on patches where only windows of a picture change: those that see little
 * of it yet, as long as that is cheaper than to run them on all of it.
 */
import { sizeOf } from "../../core/values.ts";
import { INPUT } from "../graph.ts";
import type { Network } from "../network.ts";
import type { Reach, Shape } from "../ops/op.ts";
import { plan, type Step } from "../plan.ts";
import { summarize } from "../summary.ts";
import { reachOf } from "./reach.ts";
import { allOf, changed, numbersIn, type Region, same, seen } from "./region.ts";

/** A step that runs on patches. */
export interface PatchStep {
  readonly step: Step;
  readonly reach: Reach;
  /** What of its inputs it is made of. */
  readonly from: Region;
  /** For each of its inputs, whether that must be cut out first: the patch at hand is another part. */
  readonly cuts: readonly boolean[];
}

/** How a network runs where windows of a picture change. */
export interface Layout {
  readonly steps: readonly PatchStep[];
  /** Value → where it changes: the image and what the steps give. */
  readonly regions: ReadonlyMap<string, Region>;
  /** The values that the rest of the network goes on from, whole; their shapes. */
  readonly borders: ReadonlyMap<string, Shape>;
  /** The values of the unchanged picture that patches are laid on. */
  readonly bases: readonly string[];
  /** Numbers that are alive at once for one window. */
  readonly held: number;
  /** Numbers of the largest value for one window. */
  readonly largest: number;
  /** Most multiply-adds of one op for one window. */
  readonly longest: number;
}

/** Multiply-adds that take as long as an op's reading and writing of a number, and as copying one. */
const TOUCH = 8, COPY = 16;
/** What patches must save to be worth their trouble. */
const WORTH = 0.9;
/** Numbers of the unchanged picture that are kept at most: 256 MB. */
const KEPT = 2 ** 26;

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** What is known of a network's steps on whole pictures of a size. */
class Whole {
  readonly steps: readonly Step[];
  readonly #shapes: Map<string, Shape>;
  readonly #work: ReadonlyMap<string, number>;

  constructor(readonly network: Network, [height, width]: readonly [number, number]) {
    const { graph, parameters, name } = network;
    this.steps = plan(graph, parameters, new Set([graph.output]));
    const nodes = summarize(graph, height, width, graph.output, name);
    this.#shapes = new Map(nodes.map(({ name, shape }) => [name, shape]));
    this.#shapes.set(INPUT, [height, width, graph.input.shape[2]]);
    this.#work = new Map(nodes.map(({ name, multiplyAdds }) => [name, multiplyAdds]));
  }

  /** The shape of a value. */
  shape(name: string): Shape {
    return this.#shapes.get(name)!;
  }

  /** Multiply-adds of a step. */
  work({ node }: Step): number {
    return this.#work.get(node.name)!;
  }

  /** What a step costs, in multiply-adds. */
  cost(step: Step): number {
    return this.work(step) + TOUCH * sizeOf(this.shape(step.output));
  }
}

/** A step on patches, what it changes and what that takes. */
interface Candidate extends PatchStep {
  readonly region: Region;
  readonly work: number;
  readonly cost: number;
  /** Numbers of what it reads, where that is cut out, and of what it gives. */
  readonly sizes: readonly number[];
}

/** A step on patches; undefined where its inputs are whole, or it sees all of them. */
function candidate(
  step: Step,
  whole: Whole,
  regions: ReadonlyMap<string, Region>,
): Candidate | undefined {
  const { inputs: names } = step.node, shapes = names.map((name) => whole.shape(name));
  const parts = names.map((name) => regions.get(name)).filter((part) => part !== undefined);
  if (parts.length < names.length) return undefined;
  const reach = reachOf(step, shapes, whole.network.graph);
  if (!reach) return undefined;
  const region = changed(parts, reach.window), from = seen(region, reach.window);
  const cuts = parts.map((part) => !same(part, from));
  const shape = whole.shape(step.output), numbers = numbersIn(region, shape.at(-1)!);
  const copied = shapes.map((shape, i) => cuts[i] ? numbersIn(from, shape[2]) : 0);
  const work = whole.work(step) * numbers / sizeOf(shape);
  const cost = work + TOUCH * numbers + COPY * sum(copied);
  return { step, reach, from, cuts, region, work, cost, sizes: [numbers, ...copied] };
}

/** What a network costs that leaves patches behind some steps, and how it is laid out. */
function leaving(
  whole: Whole,
  chosen: readonly Candidate[],
  regions: ReadonlyMap<string, Region>,
): { readonly cost: number; readonly layout: Layout } {
  const onPatches = new Set(chosen.map(({ step }) => step));
  const left = whole.steps.filter((step) => !onPatches.has(step));
  const read = new Set([...left.flatMap(({ node }) => node.inputs), whole.network.graph.output]);
  const borders = new Map(
    [...read].filter((name) => regions.has(name)).map((name) => [name, whole.shape(name)]),
  );
  const pasted = [...borders.values()].map(sizeOf);
  const cut = chosen.flatMap(({ step, cuts }) => step.node.inputs.filter((_, i) => cuts[i]));
  const largest = Math.max(
    ...chosen.flatMap(({ sizes }) => sizes),
    ...pasted,
    ...left.map(({ output }) => sizeOf(whole.shape(output))),
  );
  return {
    cost: sum(chosen.map(({ cost }) => cost)) + COPY * sum(pasted) +
      sum(left.map((step) => whole.cost(step))),
    layout: {
      steps: chosen,
      regions,
      borders,
      bases: [...new Set([...cut, ...borders.keys()])],
      // an op's input, its output and a branch beside them, and what the rest begins with
      held: 3 * largest + sum(pasted),
      largest,
      longest: Math.max(
        ...chosen.map(({ work }) => work),
        ...left.map((step) => whole.work(step)),
      ),
    },
  };
}

/**
 * Lays out a network up to its logits for windows of a picture.
 *
 * @param window Where the image changes.
 * @returns undefined where patches would save nothing.
 */
export function layout(
  network: Network,
  size: readonly [number, number],
  window: Region,
): Layout | undefined {
  const whole = new Whole(network, size), regions = new Map([[INPUT, window]]);
  const chosen: Candidate[] = [];
  let best: Layout | undefined;
  let least = WORTH * sum(whole.steps.map((step) => whole.cost(step)));
  for (const step of whole.steps) {
    const next = candidate(step, whole, regions);
    if (!next) continue;
    regions.set(step.output, next.region);
    chosen.push(next);
    const { cost, layout } = leaving(whole, [...chosen], regions);
    const kept = sum(layout.bases.map((name) => sizeOf(whole.shape(name))));
    if (kept <= KEPT && cost < least) [best, least] = [layout, cost];
  }
  return best;
}

/** All of a border's value, for each window. */
export const wholeOf = ({ regions, borders }: Layout, name: string): Region =>
  allOf(regions.get(name)!, borders.get(name)!);
