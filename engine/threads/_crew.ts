/** Threads with one board, on which the program writes what they shall compute. */
import { platform, type Thread } from "../../platform/mod.ts";
import {
  ARGUMENTS_AT,
  BOARD,
  CLAIM_BITS,
  CODE,
  MOST_ARGUMENTS,
  type ThreadData,
  worker,
} from "./_thread.ts";

/** How often a thread looks for news before it sleeps: for some ten microseconds. */
const LOOKS = 4000;
/** How long it then sleeps so that it is awake within some ten microseconds, too. */
const REST_MS = 20;
const MOST_CLAIMS = 2 ** CLAIM_BITS - 1, JOBS = 2 ** (31 - CLAIM_BITS);

/** A module and the shared memory that it imports. */
export type Machine = Pick<ThreadData, "module" | "memory">;

/** The program's own thread and others. */
export class Crew {
  readonly #data: Omit<ThreadData, "index">;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #functions: ReadonlyMap<string, number>;
  readonly #takePart: () => void;
  readonly #threads: Thread[] = [];
  #job = 0;

  constructor(machine: Machine) {
    const board = new SharedArrayBuffer(ARGUMENTS_AT + 8 * MOST_ARGUMENTS);
    this.#data = {
      ...{ ...machine, board, layout: BOARD, looks: LOOKS, restMs: REST_MS },
      ...{ claimBits: CLAIM_BITS, argumentsAt: ARGUMENTS_AT },
    };
    this.#words = new Int32Array(board);
    this.#numbers = new Float64Array(board, ARGUMENTS_AT);
    const names = WebAssembly.Module.exports(machine.module).map(({ name }) => name);
    this.#functions = new Map(names.map((name, i) => [name, i]));
    this.#takePart = worker({ ...this.#data, index: 0 });
  }

  /** How many there are, the program's own among them. */
  get size(): number {
    return 1 + this.#threads.length;
  }

  /** How many of the others have come so far. */
  get ready(): number {
    return Atomics.load(this.#words, BOARD.ready);
  }

  /** Starts one more. @throws where there can be none. */
  start(): void {
    const data: ThreadData = { ...this.#data, index: this.size };
    this.#threads.push(platform.startThread(CODE, data));
  }

  #publish(): void {
    Atomics.store(this.#words, BOARD.job, this.#job);
    Atomics.notify(this.#words, BOARD.job);
  }

  #nextJob(): void {
    this.#job = (this.#job + 1) % JOBS;
  }

  /**
   * Computes all parts of a job; those who come first take them.
   *
   * @throws {Error} where a part has failed.
   */
  run(name: string, numbers: readonly number[], parts: number): void {
    const words = this.#words, stride = Math.ceil(parts / MOST_CLAIMS);
    const claims = Math.ceil(parts / stride);
    this.#nextJob();
    // nobody takes a claim while the job is written down
    Atomics.store(words, BOARD.next, (this.#job << CLAIM_BITS) | MOST_CLAIMS);
    Atomics.store(words, BOARD.function, this.#functions.get(name)!);
    Atomics.store(words, BOARD.arguments, numbers.length);
    this.#numbers.set(numbers);
    Atomics.store(words, BOARD.stride, stride);
    Atomics.store(words, BOARD.parts, parts);
    Atomics.store(words, BOARD.claims, claims);
    Atomics.store(words, BOARD.done, 0);
    Atomics.store(words, BOARD.next, this.#job << CLAIM_BITS);
    this.#publish();
    this.#takePart();
    for (let i = 0; i < LOOKS && Atomics.load(words, BOARD.done) < claims; i++);
    for (let done; (done = Atomics.load(words, BOARD.done)) < claims;) {
      Atomics.wait(words, BOARD.done, done, 1);
    }
    if (Atomics.exchange(words, BOARD.failed, 0)) throw new Error(`a part of "${name}" has failed`);
  }

  /** Sends the others home. */
  end(): void {
    Atomics.store(this.#words, BOARD.over, 1);
    this.#nextJob();
    this.#publish();
    for (const thread of this.#threads.splice(0)) thread.end();
  }
}
