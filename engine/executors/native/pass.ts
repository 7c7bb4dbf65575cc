/**
 * A pass over a plan in the runtime: what it has kept are the numbers that its way back reads. It
 * lets go of its program when it is over.
 */
import * as tf from "../../../deps/tfjs.ts";
import { breathe } from "../../breathe.ts";
import type { Pass, Plan } from "../../executor.ts";
import { share } from "../../_share.ts";
import type { Numbers } from "./ort.ts";
import { partOf, type Program, type Room, roomFor } from "./program.ts";

const numbersOf = async (x: tf.Tensor) => await x.data<"float32">() as Float32Array;

export class NativePass implements Pass {
  readonly #plan: Plan;
  readonly #program: Program;
  readonly #signal?: AbortSignal;
  /** Of the tapped nodes. */
  readonly #values = new Map<string, tf.Tensor>();
  #batch = 0;
  #room?: Room;
  #isSpent = false;
  #isHeld = true;

  constructor(plan: Plan, program: Program, signal?: AbortSignal) {
    this.#plan = plan;
    this.#program = program;
    this.#signal = signal;
  }

  /** So many pictures at a time, `[first, count]` each. */
  async *#parts(): AsyncGenerator<readonly [number, number]> {
    const { together } = this.#program;
    for (let first = 0; first < this.#batch; first += together) {
      await breathe(this.#signal);
      yield [first, Math.min(together, this.#batch - first)];
    }
  }

  /** Runs forward; called once. */
  async run(given: ReadonlyMap<string, tf.Tensor>): Promise<void> {
    const { forward } = this.#program;
    const [first] = given.values(), batch = this.#batch = first.shape[0];
    const inputs = new Map<string, Float32Array>();
    for (const node of forward.given.keys()) inputs.set(node, await numbersOf(given.get(node)!));
    const room = this.#room = this.#program.take(batch);
    // one output may be a tap and kept besides
    const outputs = new Map<string, Numbers>(room), ports = new Map(this.#program.kept);
    for (const port of forward.taps.values()) {
      if (!outputs.has(port.name)) outputs.set(port.name, roomFor(port, batch));
      ports.set(port.name, port);
    }
    for await (const [at, count] of this.#parts()) {
      if (ports.size === 0) break;
      await forward.session.run(
        count,
        [...forward.given].map(([node, port]) => partOf(port, inputs.get(node)!, at, count)),
        [...ports.values()].map((port) => partOf(port, outputs.get(port.name)!, at, count)),
      );
    }
    for (const node of new Set(this.#plan.taps.values())) {
      const port = forward.taps.get(node);
      const value = port
        ? tf.tensor(outputs.get(port.name) as Float32Array, [batch, ...port.dims])
        : share(given.get(node)!);
      this.#values.set(node, value);
    }
    if (this.#plan.to.size === 0) this.#letGo();
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
    if (this.#isSpent || !this.#room) {
      throw new Error("This pass has gone back already: pass retain: true before");
    }
    const from = new Map<string, Float32Array>();
    for (const [layer, seed] of Object.entries(seeds)) {
      const node = this.#tapped(layer), other = from.get(node), numbers = await numbersOf(seed);
      from.set(node, other ? numbers.map((n, i) => n + other[i]) : numbers);
    }
    this.#isSpent = !retain;
    const room = this.#room, batch = this.#batch;
    const { session, ...graph } = await this.#program.backward([...from.keys()].sort());
    const found = new Map<string, Float32Array>();
    for (const [node, port] of graph.found) {
      found.set(node, roomFor(port, batch) as Float32Array);
    }
    for await (const [at, count] of this.#parts()) {
      if (found.size === 0) break;
      await session.run(
        count,
        [
          ...[...graph.seeds].map(([node, port]) => partOf(port, from.get(node)!, at, count)),
          ...[...graph.kept].map(([name, port]) => partOf(port, room.get(name)!, at, count)),
        ],
        [...graph.found].map(([node, port]) => partOf(port, found.get(node)!, at, count)),
      );
    }
    if (!retain) this.#letGo();
    return Object.fromEntries(
      [...this.#plan.to].map(([layer, node]) => {
        const shape = [batch, ...this.#program.forward.shapes.get(node)!],
          numbers = found.get(node);
        return [layer, numbers ? tf.tensor(numbers, shape) : tf.zeros(shape)];
      }),
    );
  }

  #letGo(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (this.#room) this.#program.giveBack(this.#room, this.#batch);
    this.#room = undefined;
    this.#program.letGo();
  }

  dispose(): void {
    tf.dispose([...this.#values.values()]);
    this.#values.clear();
    this.#letGo();
  }
}
