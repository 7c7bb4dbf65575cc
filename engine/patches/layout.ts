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
import { changed, numbersIn, type Region, same, seen, whole } from "./region.ts";

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
  /** Numbers of each value that is made for one window. */
  readonly sizes: readonly number[];
  /** Most multiply-adds of one op for one window. */
  readonly longest: number;
}

/** Multiply-adds that take as long as an op's reading and writing of a number, and as copying one. */
const TOUCH = 8, COPY = 16;
/** What patches must save to be worth their trouble. */
const WORTH = 0.9;
/** Numbers of the unchanged picture that are kept at most: 256 MB. */
const KEPT = 2 ** 26;

/** What steps cost up to one of them. */
interface Progress extends Layout {
  readonly cost: number;
}

/**
 * Lays out a network up to its logits for windows of a picture.
 *
 * @param window Where the image changes.
 * @returns undefined where patches would save nothing.
 */
export function layout(
  network: Network,
  [height, width]: readonly [number, number],
  window: Region,
): Layout | undefined {
  const { graph, parameters } = network, { output } = graph;
  const steps = plan(graph, parameters, new Set([output]));
  const nodes = summarize(graph, height, width, output, network.name);
  const shapes = new Map<string, Shape>(nodes.map(({ name, shape }) => [name, shape]));
  shapes.set(INPUT, [height, width, graph.input.shape[2]]);
  const work = new Map(nodes.map(({ name, multiplyAdds }) => [name, multiplyAdds]));
  const workOf = ({ node }: Step) => work.get(node.name)!;
  const costOf = (step: Step) => workOf(step) + TOUCH * sizeOf(shapes.get(step.output)!);

  const regions = new Map([[INPUT, window]]), bases = new Set<string>();
  const chosen: PatchStep[] = [], onPatches = new Set<Step>();
  const sizes = [numbersIn(window, shapes.get(INPUT)![2])];
  const all = steps.reduce((sum, step) => sum + costOf(step), 0);
  let rest = all, spent = 0, longest = 0;

  /** The network, where it leaves patches here. */
  const leaving = (): Progress => {
    const left = steps.filter((step) => !onPatches.has(step));
    const read = new Set([...left.flatMap(({ node }) => node.inputs), output]);
    const borders = new Map(
      [...read].filter((name) => regions.has(name)).map((name) => [name, shapes.get(name)!]),
    );
    const pasted = [...borders.values()].map(sizeOf);
    return {
      steps: [...chosen],
      regions,
      borders,
      bases: [...new Set([...bases, ...borders.keys()])],
      sizes: [...sizes, ...pasted, ...left.map((step) => sizeOf(shapes.get(step.output)!))],
      longest: Math.max(longest, ...left.map(workOf)),
      cost: spent + rest + COPY * pasted.reduce((a, b) => a + b, 0),
    };
  };

  let best: Progress | undefined;
  for (const step of steps) {
    const names = step.node.inputs, inputs = names.map((name) => shapes.get(name)!);
    const parts = names.map((name) => regions.get(name));
    if (!parts.every((part) => part !== undefined)) continue;
    const reach = reachOf(step, inputs, graph);
    if (!reach) continue;
    const region = changed(parts, reach.window), from = seen(region, reach.window);
    const cuts = parts.map((part) => !same(part, from));
    const shape = shapes.get(step.output)!, numbers = numbersIn(region, shape.at(-1)!);
    const share = workOf(step) * numbers / sizeOf(shape);
    const copied = inputs.map((shape, i) => cuts[i] ? numbersIn(from, shape[2]) : 0);
    names.forEach((name, i) => cuts[i] && bases.add(name));
    regions.set(step.output, region);
    onPatches.add(step);
    chosen.push({ step, reach, from, cuts });
    sizes.push(numbers, ...copied);
    longest = Math.max(longest, share);
    spent += share + TOUCH * numbers + COPY * copied.reduce((a, b) => a + b, 0);
    rest -= costOf(step);
    const now = leaving();
    const kept = now.bases.reduce((sum, name) => sum + sizeOf(shapes.get(name)!), 0);
    if (kept <= KEPT && now.cost < (best?.cost ?? WORTH * all)) best = now;
  }
  return best;
}

/** All of a border's value, for each window. */
export const wholeOf = ({ regions, borders }: Layout, name: string): Region =>
  whole(regions.get(name)!, borders.get(name)!);
