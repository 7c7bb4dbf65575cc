/**
 * What the GPU is asked to do for a plan, kept in the order that it was asked in: a pass forward, and
 * from it the ways back that were taken so far. Values that a way back reads stay in the recording's
 * own buffers from the one to the other, so it serves one pass at a time.
 */
import type * as tf from "../../../deps/tfjs.ts";
import { Arena, arenaOf, Unrecordable } from "../../gpu/arena.ts";
import type { GpuBackend, Held } from "../../gpu/backend.ts";
import { recorded, Recorder, unrecorded } from "../../gpu/recorder.ts";
import type { Plan } from "../../executor.ts";
import { StepwisePass } from "../steps.ts";

/** Bytes that a recording may keep. Where it would be more, shaders take long, and asking does not. */
export const MOST_BYTES = 2 ** 28;

type Named<T> = ReadonlyMap<string, T>;

/** One way of a pass, forward or back. */
interface Way {
  readonly inputs: Named<GPUBuffer>;
  readonly recorder: Recorder;
  readonly outputs: Named<Held>;
}

/** The same keys with other values. */
const mapped = <A, B>(map: Named<A>, f: (value: A) => B): Map<string, B> =>
  new Map([...map].map(([key, value]) => [key, f(value)]));

/** Whether TensorFlow.js would compute with some tensors on the CPU, whose last bits are others. */
export const isForCpu = (gpu: GpuBackend, given: Named<tf.Tensor>): boolean =>
  [...given.values()].some((tensor) => gpu.shouldExecuteOnCPU([tensor]));

const USAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

export class Recording {
  readonly #gpu: GpuBackend;
  readonly #arena: Arena;
  #forward?: Way;
  readonly #backward = new Map<string, Way>();
  #shapes: Named<readonly number[]> = new Map();
  /** What a way back reads, by node. */
  #held: Named<Held> = new Map();
  #isInUse = true;
  #isDropped = false;
  #isImpossible = false;

  /** An empty one, in use by whoever makes it; it keeps so many bytes at most. */
  constructor(gpu: GpuBackend, most = MOST_BYTES) {
    this.#gpu = gpu;
    this.#arena = new Arena(gpu.device, most);
  }

  /** Bytes that it keeps on the GPU. */
  get bytes(): number {
    return this.#arena.bytes;
  }

  /** Whether a pass is under way. */
  get isInUse(): boolean {
    return this.#isInUse;
  }

  /** Whether it can serve another pass: nothing that it reads has gone. */
  get isGood(): boolean {
    return !this.#isDropped && this.#isWhole(this.#forward);
  }

  /** Whether the plan turned out to be one that is not recorded. */
  get isImpossible(): boolean {
    return this.#isImpossible;
  }

  /** Takes it for a pass. */
  take(): void {
    this.#isInUse = true;
  }

  /** Ends the pass. */
  letGo(): void {
    this.#isInUse = false;
    if (this.#isDropped) this.#free();
  }

  /** Frees it, at the end of the pass that is under way. */
  drop(): void {
    this.#isDropped = true;
    if (!this.#isInUse) this.#free();
  }

  #free(): void {
    this.#gpu.flush();
    this.#arena.destroy();
  }

  /** Whether all that a way reads is still where it was. */
  #isWhole(way: Way | undefined): way is Way {
    return way?.recorder.outside.every((operand) => this.#gpu.isAt(operand)) ?? false;
  }

  /**
   * Runs forward from values at nodes, the first time step by step.
   *
   * @returns The values of the plan's taps, by layer: tensors of their own.
   * @throws Unrecordable where it can only be computed without a recording.
   */
  async forward(
    plan: Plan,
    given: Named<tf.Tensor>,
    signal?: AbortSignal,
  ): Promise<Named<tf.Tensor>> {
    if (this.#forward) return this.#replay(this.#forward, given);
    try {
      const [way, values] = await this.#record(given, async (inputs, outputs) => {
        const pass = new StepwisePass(plan, signal);
        try {
          await pass.run(inputs);
          this.#shapes = new Map(pass.shapes);
          this.#held = mapped(pass.held, (value) => this.#kept(value));
          return outputs(new Map([...plan.taps.keys()].map((name) => [name, pass.value(name)])));
        } finally {
          pass.dispose();
        }
      });
      this.#forward = way;
      return values;
    } catch (error) {
      this.#isImpossible = error instanceof Unrecordable;
      this.drop();
      throw error;
    }
  }

  /**
   * Runs backward from seeds at layers after {@link forward}, the first time step by step.
   *
   * @returns Where the plan's gradients end, by layer: tensors of their own.
   */
  async backward(
    plan: Plan,
    seeds: Named<tf.Tensor>,
    signal?: AbortSignal,
  ): Promise<Named<tf.Tensor>> {
    const key = JSON.stringify([...seeds.keys()]), known = this.#backward.get(key);
    if (this.#isDropped || isForCpu(this.#gpu, seeds)) {
      return await this.#stepBack(plan, seeds, signal);
    }
    if (this.#isWhole(known)) return this.#replay(known, seeds);
    try {
      const [way, found] = await this.#record(seeds, async (inputs, outputs) => {
        const found = await this.#stepBack(plan, inputs, signal);
        try {
          return outputs(found);
        } finally {
          found.forEach((gradient) => gradient.dispose());
        }
      });
      this.#backward.set(key, way);
      return found;
    } catch (error) {
      this.drop();
      if (!(error instanceof Unrecordable)) throw error;
      this.#isImpossible = true;
      return await this.#stepBack(plan, seeds, signal);
    }
  }

  /** A way back step by step, from what lies in the recording's buffers. */
  async #stepBack(
    plan: Plan,
    seeds: Named<tf.Tensor>,
    signal?: AbortSignal,
  ): Promise<Named<tf.Tensor>> {
    const pass = new StepwisePass(plan, signal);
    pass.resume(this.#shapes, mapped(this.#held, (held) => this.#gpu.borrow(held)));
    try {
      return new Map(Object.entries(await pass.backward(Object.fromEntries(seeds))));
    } finally {
      pass.dispose();
    }
  }

  /** Where a tensor's numbers lie. */
  #holding(value: tf.Tensor): Held {
    const buffer = this.#gpu.bufferOf(value);
    if (arenaOf(buffer) !== this.#arena) throw new Unrecordable("It gives what is not its own");
    return { buffer, shape: value.shape, dtype: value.dtype };
  }

  /** Likewise; they stay there. */
  #kept(value: tf.Tensor): Held {
    const held = this.#holding(value);
    this.#arena.keep(held.buffer);
    return held;
  }

  /** Tensors of their own with the same numbers. */
  #copied(held: Named<Held>): Named<tf.Tensor> {
    const made = this.#gpu.replay({ outputs: [...held.values()] });
    return new Map([...held.keys()].map((name, i) => [name, made[i]]));
  }

  /** Asks again for what was recorded. */
  #replay({ inputs, recorder, outputs }: Way, given: Named<tf.Tensor>): Named<tf.Tensor> {
    const made = this.#gpu.replay({
      inputs: [...inputs].map(([name, buffer]) => [given.get(name)!, buffer]),
      dispatches: recorder.dispatches,
      outputs: [...outputs.values()],
    });
    return new Map([...outputs.keys()].map((name, i) => [name, made[i]]));
  }

  /**
   * Records what is computed of copies of some tensors. `outputs` is called with what comes out, and
   * gives tensors of their own with the same numbers.
   */
  async #record(
    given: Named<tf.Tensor>,
    compute: (
      inputs: Named<tf.Tensor>,
      outputs: (computed: Named<tf.Tensor>) => Named<tf.Tensor>,
    ) => Promise<Named<tf.Tensor>>,
  ): Promise<[Way, Named<tf.Tensor>]> {
    const copies = mapped(given, ({ size, shape, dtype }) => {
      const buffer = this.#arena.acquire(4 * size, USAGE);
      this.#arena.keep(buffer);
      return { buffer, shape, dtype };
    });
    const recorder = new Recorder(this.#gpu.device, this.#arena);
    let way: Way = { inputs: mapped(copies, ({ buffer }) => buffer), recorder, outputs: new Map() };
    this.#replay(way, given);
    const inputs = mapped(copies, (copy) => this.#gpu.borrow(copy));
    const outputs = (computed: Named<tf.Tensor>) => {
      way = { ...way, outputs: mapped(computed, (value) => this.#holding(value)) };
      return unrecorded(() => this.#copied(way.outputs));
    };
    try {
      const made = await recorded(recorder, () => compute(inputs, outputs));
      return [way, made];
    } finally {
      inputs.forEach((input) => input.dispose());
    }
  }
}
