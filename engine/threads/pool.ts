/** Threads that share the work of a WebAssembly module's functions. */
import { platform } from "../../platform/mod.ts";
import { Crew, type Machine } from "./_crew.ts";

/** From how many multiply-adds on threads are of use. */
export interface Thrift {
  /** Of a job: a smaller one is done before another thread would have woken up. */
  readonly job: number;
  /** In all, for each thread that there is, before one more is started, which takes 50 ms. */
  readonly thread: number;
}

const THRIFT: Thrift = { job: 500_000, thread: 500_000_000 };

/**
 * A pool of threads. They are started one by one as there is work for them, sleep between jobs, and do
 * not keep the program from ending. Each part of a job is computed once, by whichever thread comes
 * first, so a function's parts must not depend on each other.
 */
export class Pool {
  readonly #machine: Machine;
  readonly #thrift: Thrift;
  #crew?: Crew;
  #limit = 1;
  /** Multiply-adds that threads could have shared. */
  #seen = 0;
  #refused?: string;

  /**
   * Makes one that has no threads yet.
   *
   * @param machine Each of its functions takes numbers, then which part to compute, then which thread
   * computes it. The memory must be shared.
   */
  constructor(machine: Machine, thrift = THRIFT) {
    this.#machine = machine;
    this.#thrift = thrift;
  }

  /** How many threads there are, the program's own among them. */
  get threads(): number {
    return this.#crew?.size ?? 1;
  }

  /** How many of them have begun to take part; the others are on their way. */
  get ready(): number {
    return 1 + (this.#crew?.ready ?? 0);
  }

  /** Why there can be no more; undefined where nothing stands against it. */
  get refused(): string | undefined {
    return this.#refused;
  }

  /** How many threads there may be, the program's own among them. */
  get limit(): number {
    return this.#limit;
  }

  /** Where there are more, all end; they are started again when there is work for them. */
  set limit(threads: number) {
    this.#limit = threads;
    if (this.threads > threads) this.end();
  }

  /**
   * How many threads may take part in a job: scratch memory is for so many.
   *
   * @param work its multiply-adds, or what takes as long
   */
  threadsFor(work: number): number {
    if (this.#limit === 1 || work < this.#thrift.job) return 1;
    this.#seen += work;
    while (
      this.threads < this.#limit && this.#refused === undefined &&
      this.#seen >= this.#thrift.thread * this.threads
    ) this.#start();
    return this.threads;
  }

  #start(): void {
    try {
      (this.#crew ??= new Crew(this.#machine)).start();
    } catch (error) {
      this.#refused = platform.reason(error);
    }
  }

  /** Computes all parts of a job together. @throws {Error} where a part has failed. */
  run(name: string, numbers: readonly number[], parts: number): void {
    this.#crew!.run(name, numbers, parts);
  }

  /** Ends the threads. */
  end(): void {
    this.#crew?.end();
    this.#crew = undefined;
    this.#seen = 0;
  }
}
