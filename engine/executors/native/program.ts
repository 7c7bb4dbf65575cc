/** A plan for inputs of a size, ready to be run as often as need be. */
import { sizeOf } from "../../../core/values.ts";
import type { Plan } from "../../executor.ts";
import type { Shape } from "../../ops/op.ts";
import type { Step } from "../../plan.ts";
import {
  type BackwardGraph,
  type ForwardGraph,
  writeBackward,
  writeForward,
  type Written,
} from "./graphs.ts";
import type { Port } from "./op.ts";
import type { Numbers, Ort } from "./ort.ts";
import { Session } from "./session.ts";
import type { Way } from "../ways.ts";

/** Multiply-adds that run at a time: between runs an abort is heard. */
const AT_ONCE = 2 ** 31;

/** A graph without its file, and what runs it. */
type Ready<G extends Written> = Omit<G, "model"> & { readonly session: Session };

/** Name in the forward graph → numbers that the way back will read. */
export type Room = ReadonlyMap<string, Numbers>;

/** Room for a port's numbers, of so many pictures. */
export function roomFor({ type, dims }: Port, batch: number): Numbers {
  const size = batch * sizeOf(dims);
  if (type === "int64") return new BigInt64Array(size);
  return type === "bool" ? new Uint8Array(size) : new Float32Array(size);
}

/** The numbers of `count` pictures from one on. */
export const partOf = (port: Port, data: Numbers, first: number, count: number) => {
  const size = sizeOf(port.dims);
  return { port, data: data.subarray(first * size, (first + count) * size) };
};

export class Program {
  readonly #ort: Ort;
  readonly #plan: Plan;
  readonly #ways: ReadonlyMap<Step, Way>;
  readonly #backward = new Map<string, Promise<Ready<BackwardGraph>>>();
  /** Room that no pass uses any more: memory that was never written to is slow at first. */
  #spare?: { readonly batch: number; readonly room: Room };
  #users = 0;
  #isReleased = false;
  #bytes = 0;

  private constructor(
    ort: Ort,
    plan: Plan,
    ways: ReadonlyMap<Step, Way>,
    readonly forward: Ready<ForwardGraph>,
  ) {
    this.#ort = ort;
    this.#plan = plan;
    this.#ways = ways;
  }

  /**
   * Prepares a plan.
   *
   * @param given node → shape of its value, batch left out
   */
  static async of(
    ort: Ort,
    plan: Plan,
    ways: ReadonlyMap<Step, Way>,
    given: ReadonlyMap<string, Shape>,
  ): Promise<Program> {
    const { model, ...graph } = writeForward(plan, ways, given);
    const session = await Session.create(ort, { model, fed: graph.fed });
    const program = new Program(ort, plan, ways, { ...graph, session });
    program.#bytes = model.length;
    return program;
  }

  /** Bytes of its graphs, the weights in them included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many pictures run at a time. */
  get together(): number {
    const cost = this.forward.multiplyAdds * (this.#plan.to.size > 0 ? 2 : 1);
    return Math.max(1, Math.floor(AT_ONCE / Math.max(1, cost)));
  }

  /** The way back from some of the tapped nodes; prepared when first asked for. */
  backward(from: readonly string[]): Promise<Ready<BackwardGraph>> {
    const key = JSON.stringify(from);
    let ready = this.#backward.get(key);
    if (!ready) {
      this.#backward.set(key, ready = this.#prepare(from));
      ready.catch(() => this.#backward.delete(key));
    }
    return ready;
  }

  async #prepare(from: readonly string[]): Promise<Ready<BackwardGraph>> {
    const { model, ...graph } = writeBackward(this.#plan, this.#ways, this.forward, from);
    const session = await Session.create(this.#ort, { model, fed: graph.fed });
    this.#bytes += model.length;
    return { ...graph, session };
  }

  /** All that the way back may read. */
  get kept(): ReadonlyMap<string, Port> {
    const all = [...this.forward.kept.values()].flatMap(({ own, activation }) => [
      ...own,
      ...activation,
    ]);
    return new Map(all.map((port) => [port.name, port]));
  }

  /** Room for that, of so many pictures; to be given back. */
  take(batch: number): Room {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare?.batch === batch) return spare.room;
    return new Map([...this.kept].map(([name, port]) => [name, roomFor(port, batch)]));
  }

  giveBack(room: Room, batch: number): void {
    if (!this.#isReleased) this.#spare = { batch, room };
  }

  /** Says that a pass uses this. */
  hold(): void {
    this.#users++;
  }

  /** Says that it does no longer. */
  letGo(): void {
    this.#users--;
    if (this.#isReleased) this.release();
  }

  /** Frees the sessions, as soon as no pass uses them. */
  release(): void {
    this.#isReleased = true;
    this.#spare = undefined;
    if (this.#users > 0) return;
    void this.forward.session.release();
    for (const ready of this.#backward.values()) {
      ready.then(({ session }) => session.release(), () => {});
    }
    this.#backward.clear();
  }
}
