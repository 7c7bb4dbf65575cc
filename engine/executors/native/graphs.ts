/** A plan as two ONNX graphs: one forward, which also gives what the way back reads, and the way back. */
import type { Plan } from "../../executor.ts";
import type { Step } from "../../plan.ts";
import type { Shape } from "../../ops/op.ts";
import { shapeAfter } from "../../ops/mod.ts";
import { SMALL } from "../../kernels/conv.ts";
import { channelsFirst, channelsLast, isPicture } from "./layout.ts";
import type { NativeOp, Port, Use } from "./op.ts";
import { nativeOp } from "./table.ts";
import type { RuleName, Way } from "../ways.ts";
import { type Fed, type Type, Writer } from "./writer.ts";

/** A graph, and what it is run with. */
export interface Written {
  /** As an ONNX file. */
  readonly model: Uint8Array;
  readonly fed: readonly Fed[];
}

/** The way forward. */
export interface ForwardGraph extends Written {
  /** Given node → where its value goes in. */
  readonly given: ReadonlyMap<string, Port>;
  /** Tapped node → where its value comes out. */
  readonly taps: ReadonlyMap<string, Port>;
  /** What the way back will read. */
  readonly kept: ReadonlyMap<Step, KeptOf>;
  /** The shape of every value, batch left out. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** For one picture. */
  readonly multiplyAdds: number;
}

/** What the way back through a step will read: through its op, and its fused activation. */
interface KeptOf {
  readonly own: readonly Port[];
  readonly activation: readonly Port[];
}

/** The way back from some of the taps. */
export interface BackwardGraph extends Written {
  /** Tapped node → where the gradient there goes in. */
  readonly seeds: ReadonlyMap<string, Port>;
  /** Name of a value of the forward graph → where it goes in. */
  readonly kept: ReadonlyMap<string, Port>;
  /** Node → where the gradient there comes out; none where none arrives. */
  readonly found: ReadonlyMap<string, Port>;
}

type Ways = ReadonlyMap<Step, Way>;

/** What an op's row is told of its use in a step. */
function useOf({ node, params, output }: Step, shapes: ReadonlyMap<string, Shape>): Use {
  return {
    attrs: node.attrs,
    params,
    inputShapes: node.inputs.map((name) => shapes.get(name)!),
    outputShape: shapes.get(output)!,
  };
}

/** What an activation's row is told where it is fused into a step. */
const activationUse = ({ activationNode, params }: Step, { outputShape }: Use): Use => ({
  attrs: activationNode!.attrs,
  params,
  inputShapes: [outputShape],
  outputShape,
});

/** The shape that a step gives, and its multiply-adds for one picture. */
function measured({ node, op, params }: Step, shapes: ReadonlyMap<string, Shape>) {
  const roles = Object.keys(node.params).filter((role) => params.has(role));
  const call = {
    attrs: node.attrs,
    params: Object.fromEntries(roles.map((role) => [role, params.shape(role)])),
  };
  const inputs = node.inputs.map((name) => shapes.get(name)!);
  const shape = shapeAfter(node.op, inputs, call);
  return { shape, cost: op.cost?.(inputs, shape, call) ?? 0 };
}

/** Whether each of a plan's steps is so small that the steps would sum it more exactly. */
export function isSmallThroughout({ steps }: Plan, given: ReadonlyMap<string, Shape>): boolean {
  const shapes = new Map(given);
  return steps.every((step) => {
    const { shape, cost } = measured(step, shapes);
    shapes.set(step.output, shape);
    return cost <= SMALL;
  });
}

/** What a rule has kept: DeconvNet's does not ask what the input was. */
const keptBy = (
  to: Writer,
  row: NativeOp,
  rule: RuleName,
  inputs: readonly string[],
  output: string,
  use: Use,
) => rule === "deconvnet" ? [] : row.keeps?.(to, inputs, output, use) ?? [];

/**
 * Writes the way forward.
 *
 * @param given node → shape of its value, batch left out
 */
export function writeForward(
  plan: Plan,
  ways: Ways,
  given: ReadonlyMap<string, Shape>,
): ForwardGraph {
  const to = new Writer(), shapes = new Map(given), values = new Map<string, string>();
  const inputs = new Map<string, Port>(), kept = new Map<Step, KeptOf>();
  let multiplyAdds = 0;
  for (const [node, dims] of given) {
    const name = to.input("float32", dims);
    inputs.set(node, { name, type: "float32", dims });
    values.set(
      node,
      isPicture(dims) ? channelsFirst(to, name, dims) : to.node("Identity", [name]),
    );
  }
  for (const step of plan.steps) {
    const { node, activationNode, output } = step, way = ways.get(step);
    const { shape, cost } = measured(step, shapes);
    shapes.set(output, shape);
    multiplyAdds += cost;
    const row = nativeOp(node.op)!, use = useOf(step, shapes);
    const read = node.inputs.map((name) => values.get(name)!);
    const made = row.forward(to, read, use);
    const own = way ? keptBy(to, row, way.rule, read, made, use) : [];
    if (!activationNode) {
      values.set(output, made);
      kept.set(step, { own, activation: [] });
      continue;
    }
    const active = nativeOp(activationNode.op)!, as = activationUse(step, use);
    const y = active.forward(to, [made], as);
    values.set(output, y);
    const activation = way ? keptBy(to, active, way.activation, [made], y, as) : [];
    kept.set(step, { own, activation });
  }
  const taps = new Map<string, Port>(), outputs = new Map<string, Type>();
  for (const node of plan.taps.values()) {
    if (given.has(node)) continue;
    const dims = shapes.get(node)!, name = channelsLast(to, values.get(node)!, dims);
    taps.set(node, { name, type: "float32", dims });
    outputs.set(name, "float32");
  }
  for (const { own, activation } of kept.values()) {
    for (const { name, type } of [...own, ...activation]) outputs.set(name, type);
  }
  for (const [name, type] of outputs) to.output(name, type);
  const model = to.encode();
  return { model, fed: to.fed, given: inputs, taps, kept, shapes, multiplyAdds };
}

/** Writes the way back from `from`, tapped nodes. */
export function writeBackward(
  plan: Plan,
  ways: Ways,
  forward: Omit<ForwardGraph, "model">,
  from: readonly string[],
): BackwardGraph {
  const to = new Writer(), { shapes } = forward;
  const seeds = new Map<string, Port>(), kept = new Map<string, Port>();
  const gradients = new Map<string, string>(), found = new Map<string, Port>();
  const ends = new Set(plan.to.values());
  const useful = new Set([...ends, ...[...ways.keys()].map(({ output }) => output)]);
  const arrive = (node: string, gradient: string) => {
    if (!useful.has(node)) return;
    const other = gradients.get(node);
    gradients.set(node, other === undefined ? gradient : to.node("Add", [other, gradient]));
  };
  const recall = ({ name, type, dims }: Port): string => {
    let port = kept.get(name);
    if (!port) kept.set(name, port = { name: to.input(type, dims), type, dims });
    return port.name;
  };
  const give = (node: string, gradient: string) => {
    const dims = shapes.get(node)!;
    const last = channelsLast(to, gradient, dims);
    // a value may come out once, and none that goes in
    const name = to.node("Identity", [last]);
    to.output(name, "float32");
    found.set(node, { name, type: "float32", dims });
  };
  const back = (row: NativeOp, rule: RuleName, dy: string, use: Use, read: readonly Port[]) => {
    const signal = rule ? to.node("Relu", [dy]) : dy;
    return rule === "deconvnet" ? [signal] : row.backward(to, signal, use, read.map(recall));
  };
  for (const node of from) {
    const dims = shapes.get(node)!, name = to.input("float32", dims);
    seeds.set(node, { name, type: "float32", dims });
    arrive(node, channelsFirst(to, name, dims));
  }
  for (const step of plan.steps.toReversed()) {
    const dy = gradients.get(step.output), way = ways.get(step);
    if (dy === undefined) continue;
    if (ends.has(step.output)) give(step.output, dy);
    if (!way) continue;
    const { node, activationNode } = step,
      use = useOf(step, shapes),
      read = forward.kept.get(step)!;
    const signal = activationNode
      ? back(
        nativeOp(activationNode.op)!,
        way.activation,
        dy,
        activationUse(step, use),
        read.activation,
      )[0]
      : dy;
    const given = back(nativeOp(node.op)!, way.rule, signal, use, read.own);
    node.inputs.forEach((name, i) => arrive(name, given[i]));
  }
  for (const node of plan.given) {
    const gradient = gradients.get(node);
    if (ends.has(node) && gradient !== undefined) give(node, gradient);
  }
  return { model: to.encode(), fed: to.fed, seeds, kept, found };
}
