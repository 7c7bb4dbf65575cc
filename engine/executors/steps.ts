/**
 * Runs a plan step by step on TensorFlow.js's current backend: the executor that can run any plan,
 * the first there was and the one to fall back on.
 */
import * as tf from "../../deps/tfjs.ts";
import { breathe } from "../breathe.ts";
import { share } from "../_share.ts";
import { kernels } from "../kernels/mod.ts";
import type { Executor, Pass, Plan } from "../executor.ts";
import { op } from "../ops/mod.ts";
import type { BackwardCall, Rule } from "../ops/op.ts";
import type { Step } from "../plan.ts";
import { ruleFor, type Rules } from "../rules.ts";

/** The rules that one step goes back through, the fused activation's first. */
interface Way {
  readonly rule: Rule;
  readonly activation?: Rule;
}

/**
 * Values of a run, freed as soon as nobody will read them: not the next steps, not a tap, not the
 * backward pass.
 */
export class StepwisePass implements Pass {
  readonly #plan: Plan;
  readonly #signal?: AbortSignal;
  readonly #values = new Map<string, tf.Tensor>();
  /** How many readers each value still has. */
  readonly #readers = new Map<string, number>();
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #ways = new Map<Step, Way>();
  /** Values at which a gradient is of use: where it will end, and all that depends on that. */
  readonly #reached: Set<string>;
  /** Whether a backward pass has freed what it read. */
  #spent = false;

  constructor(plan: Plan, signal?: AbortSignal) {
    this.#plan = plan;
    this.#signal = signal;
    this.#reached = new Set(plan.to.values());
    for (const step of plan.steps) {
      for (const input of step.node.inputs) this.#hold(input);
      if (!step.node.inputs.some((input) => this.#reached.has(input))) continue;
      this.#reached.add(step.output);
      const way = wayBack(step, plan.rules);
      this.#ways.set(step, way);
      for (const name of readBackward(step, way)) this.#hold(name);
    }
    for (const node of plan.taps.values()) this.#hold(node);
  }

  #hold(name: string) {
    this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
  }

  #release(name: string) {
    const left = (this.#readers.get(name) ?? 0) - 1;
    this.#readers.set(name, left);
    if (left > 0) return;
    this.#values.get(name)?.dispose();
    this.#values.delete(name);
  }

  /** Runs forward; called once. */
  async run(given: ReadonlyMap<string, tf.Tensor>): Promise<void> {
    for (const [node, value] of given) this.#put(node, share(value));
    for (const { node, op, params, activation, output } of this.#plan.steps) {
      await breathe(this.#signal);
      const inputs = node.inputs.map((name) => this.#values.get(name)!);
      const call = { node, attrs: node.attrs, params };
      this.#put(output, tf.tidy(() => own([op.forward(inputs, call, activation)], inputs)[0]));
      for (const name of node.inputs) this.#release(name);
    }
  }

  /** Goes on from where another pass over the plan has come to forward: from all that it still held. */
  resume(shapes: ReadonlyMap<string, readonly number[]>, held: ReadonlyMap<string, tf.Tensor>) {
    for (const { node } of this.#plan.steps) node.inputs.forEach((name) => this.#release(name));
    for (const [name, shape] of shapes) this.#shapes.set(name, shape);
    for (const [name, value] of held) this.#values.set(name, value);
  }

  /** The shapes of all values, by node. */
  get shapes(): ReadonlyMap<string, readonly number[]> {
    return this.#shapes;
  }

  /** The values that it still holds, likewise. */
  get held(): ReadonlyMap<string, tf.Tensor> {
    return this.#values;
  }

  #put(name: string, value: tf.Tensor) {
    this.#shapes.set(name, value.shape);
    if (this.#readers.get(name)) this.#values.set(name, value);
    else value.dispose();
  }

  value(layer: string): tf.Tensor {
    const value = this.#values.get(this.#tapped(layer));
    if (!value) throw new Error(`This pass has let go of "${layer}"`);
    return value;
  }

  #tapped(layer: string): string {
    const node = this.#plan.taps.get(layer);
    if (node === undefined) throw new Error(`"${layer}" was not tapped in this pass`);
    return node;
  }

  async backward(
    seeds: Readonly<Record<string, tf.Tensor>>,
    { retain = false }: { readonly retain?: boolean } = {},
  ): Promise<Record<string, tf.Tensor>> {
    if (this.#plan.to.size === 0) throw new Error("This pass was not asked to keep for a gradient");
    if (this.#spent) throw new Error("This pass has gone back already: pass retain: true before");
    const starts = Object.entries(seeds).map(([layer, seed]) =>
      [this.#tapped(layer), seed] as const
    );
    this.#spent = !retain;
    const gradients = new Map<string, tf.Tensor>();
    const wanted = new Set(this.#plan.to.values());
    const found = new Map<string, tf.Tensor>();
    const arrive = (name: string, gradient: tf.Tensor) => {
      const other = gradients.get(name);
      gradients.set(name, other ? kernels().add(other, gradient) : gradient);
      if (other) tf.dispose([other, gradient]);
    };
    try {
      for (const [node, seed] of starts) arrive(node, share(seed));
      for (const step of this.#plan.steps.toReversed()) {
        await breathe(this.#signal);
        const way = this.#ways.get(step);
        const dy = gradients.get(step.output);
        if (dy && wanted.has(step.output)) found.set(step.output, share(dy));
        if (dy && way) this.#stepBack(step, way, dy, gradients, arrive);
        gradients.delete(step.output);
        dy?.dispose();
        if (way && !retain) { for (const name of readBackward(step, way)) this.#release(name); }
      }
      for (const node of this.#plan.given) {
        if (wanted.has(node) && gradients.has(node)) found.set(node, share(gradients.get(node)!));
      }
      return Object.fromEntries(
        [...this.#plan.to].map(([layer, node]) => [
          layer,
          found.has(node) ? share(found.get(node)!) : tf.zeros([...this.#shapes.get(node)!]),
        ]),
      );
    } finally {
      tf.dispose([...gradients.values(), ...found.values()]);
    }
  }

  #stepBack(
    step: Step,
    way: Way,
    dy: tf.Tensor,
    gradients: Map<string, tf.Tensor>,
    arrive: (name: string, gradient: tf.Tensor) => void,
  ) {
    const { node, params } = step;
    const outputShape = dy.shape;
    const inputShapes = node.inputs.map((name) => this.#shapes.get(name)!);
    const output = this.#values.get(step.output);
    const call = { node, attrs: node.attrs, params, inputShapes, outputShape };
    const accumulates = node.inputs.length === 1 && way.rule.accumulates?.(call);
    const into = accumulates ? gradients.get(node.inputs[0]) : undefined;
    const given = tf.tidy(() => {
      let signal = dy;
      if (way.activation) {
        const active = step.activationNode!;
        const fused: BackwardCall = {
          ...call,
          node: active,
          attrs: active.attrs,
          inputShapes: [outputShape],
          output,
        };
        signal = way.activation.backward(dy, fused)[0];
      }
      const inputs = way.rule.reads?.inputs
        ? node.inputs.map((name) => this.#values.get(name)!)
        : undefined;
      const back = way.rule.backward(signal, { ...call, inputs, output, into });
      return own(back, [dy, ...inputs ?? [], ...output ? [output] : []]);
    });
    if (into) gradients.delete(node.inputs[0]);
    if (into && !into.isDisposed) into.dispose();
    node.inputs.forEach((name, i) => {
      if (this.#reached.has(name)) arrive(name, given[i]);
      else given[i].dispose();
    });
  }

  dispose(): void {
    for (const value of this.#values.values()) value.dispose();
    this.#values.clear();
  }
}

/** What a rule has made; where it hands on what it was given, a tensor of its own with the same numbers. */
const own = (made: readonly tf.Tensor[], given: readonly tf.Tensor[]): tf.Tensor[] =>
  made.map((tensor, i) =>
    given.includes(tensor) || made.indexOf(tensor) < i ? share(tensor) : tensor
  );

function wayBack(step: Step, rules: Rules): Way {
  const rule = ruleFor(rules, step.node) ?? step.op;
  const { activationNode } = step;
  const activation = activationNode && (ruleFor(rules, activationNode) ?? op(activationNode.op));
  if (activation?.reads?.inputs || (activation && rule.reads?.output)) {
    throw new Error(
      `A rule for ${step.node.op} reads what fusing ${activationNode?.op} into it hides: pass fuse: false`,
    );
  }
  return { rule, activation };
}

/** The values that a step's way back will read. */
function readBackward(step: Step, { rule, activation }: Way): string[] {
  return [
    ...(activation?.reads?.output || rule.reads?.output ? [step.output] : []),
    ...(rule.reads?.inputs ? step.node.inputs : []),
  ];
}

/** Runs anything. */
export const stepwise: Executor = {
  id: "steps",
  can: () => true,
  async start(plan, given, signal) {
    const pass = new StepwisePass(plan, signal);
    try {
      await pass.run(given);
      return pass;
    } catch (error) {
      pass.dispose();
      throw error;
    }
  },
};
