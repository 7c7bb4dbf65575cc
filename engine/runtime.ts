/**
 * What computes in this process, and whose turn it is. TensorFlow.js has one current backend, so one
 * step computes at a time: a run takes its turn for a step, not for its life, and what a step calls
 * itself belongs to the step.
 */
import * as tf from "../deps/tfjs.ts";
import { UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import { Line } from "./_line.ts";
import { openScope } from "./_scopes.ts";
import {
  type Backend,
  type BackendName,
  chooseBackend,
  onThreads,
  tfjsBackend,
} from "./backends.ts";
import type { Executor, Pass, Plan } from "./executor.ts";
import { stepwise } from "./executors/steps.ts";
import { gpuHealth, healthy, onOneGpu } from "./gpu/health.ts";
import { renewGpu } from "./gpu/register.ts";
import { setThreadCount } from "./threads/count.ts";

/** A step that is computing. */
interface Turn {
  readonly backend: Backend | undefined;
  over: boolean;
}

interface TurnOptions {
  /** Made current for the turn. Default: the one in use. */
  readonly backend?: Backend;
  /** Heard while waiting in line. */
  readonly signal?: AbortSignal;
}

/** How a backend computes. */
export interface BackendOptions {
  /**
   * How many threads compute on wasm, 1 to 256; the numbers are the same with any. Default: as before,
   * and at first as many as the machine has.
   */
  readonly threads?: number;
}

/** How many threads may be asked for. */
export const MOST_THREADS = 256;

class Runtime {
  /** What runs plans, the best first; the last one runs any. */
  readonly executors: Executor[] = [stepwise];
  readonly #line = new Line();
  readonly #turn = platform.asyncLocal<Turn>();
  /** The backend that {@link use} last chose. */
  #chosen?: Backend;
  /** TensorFlow.js's backend outside of the turn that is being taken. */
  #ambient?: string;

  /** The turn that the call at hand is part of. */
  #own(): Turn | undefined {
    const turn = this.#turn.get();
    return turn && !turn.over ? turn : undefined;
  }

  /** The backend in use, if any: in a turn, that one's. */
  get backend(): Backend | undefined {
    const own = this.#own();
    if (own) return own.backend ?? this.#chosen;
    const current = this.#line.taken ? this.#ambient : tf.getBackend();
    if (current === "webgpu" && gpuHealth()?.lost) return undefined;
    return this.#chosen && tfjsBackend(this.#chosen.name) === current ? this.#chosen : undefined;
  }

  /**
   * Makes a backend current; `auto` keeps the one in use. Runs that are under way keep theirs.
   *
   * @throws UserError where it is not available, or inside of a run that has another.
   */
  async use(wanted: BackendName | "auto", { threads }: BackendOptions = {}): Promise<Backend> {
    if (threads !== undefined) this.#setThreads(threads);
    const own = this.#own(), inUse = this.backend;
    if (inUse && wanted === "auto") return inUse;
    if (own && inUse) {
      if (wanted === inUse.name) return inUse;
      throw new UserError(
        `Cannot change the backend to ${wanted} in the middle of a run on ${inUse.name}: ` +
          `change it before or after the run.`,
      );
    }
    const leave = await this.#line.enter();
    try {
      await renewGpu();
      this.#ambient = tf.getBackend();
      if (wanted === "auto" && this.backend) return this.backend; // another was faster
      const chosen = await chooseBackend(wanted);
      if (chosen.name === "native") await this.#addNative();
      if (chosen.name === "webgpu") await this.#addRecorded();
      return this.#chosen = chosen;
    } finally {
      leave();
    }
  }

  #setThreads(threads: number): void {
    if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
      throw new UserError(
        `Cannot compute with ${threads} threads: a whole number from 1 to ${MOST_THREADS} would do.`,
        { code: "bad-option", option: "threads" },
      );
    }
    setThreadCount(threads);
    this.#chosen &&= onThreads(this.#chosen);
  }

  /** It stands before the steps once somebody has asked for it. */
  async #addNative(): Promise<void> {
    const { native } = await import("./executors/native/mod.ts");
    if (!this.executors.includes(native)) this.executors.unshift(native);
  }

  async #addRecorded(): Promise<void> {
    const { recorded } = await import("./executors/recorded/mod.ts");
    if (!this.executors.includes(recorded)) this.executors.unshift(recorded);
  }

  /**
   * Computes in a turn of its own; inside of one, at once.
   *
   * @throws the signal's reason if it is aborted while this waits in line.
   */
  async turn<R>(work: () => Promise<R>, { backend, signal }: TurnOptions = {}): Promise<R> {
    if (this.#own()) return await work();
    const leave = await this.#line.enter(signal);
    const turn = { backend: backend ?? this.#chosen, over: false };
    try {
      await renewGpu();
      const before = this.#ambient = tf.getBackend();
      try {
        await switchTo(backend && tfjsBackend(backend.name));
        return await healthy(() => this.#turn.run(turn, work));
      } finally {
        turn.over = true;
        await switchTo(before);
      }
    } finally {
      leave();
    }
  }

  /** Computes in a turn; tensors that this makes are freed when it ends. */
  async inTurn<R>(work: () => Promise<R>, options: TurnOptions): Promise<R> {
    const scope = openScope();
    try {
      return await this.turn(() => scope.run(work), options);
    } finally {
      scope.end();
    }
  }

  /**
   * Runs a generator, each of its steps in a turn. Tensors that it makes are freed when it ends,
   * however that comes about.
   */
  async *inTurns<T, R>(steps: AsyncGenerator<T, R>, options: TurnOptions): AsyncGenerator<T, R> {
    const scope = openScope(), begin = onOneGpu();
    const step = () => {
      begin();
      return scope.run(() => steps.next());
    };
    try {
      for (;;) {
        const next = await this.turn(step, options);
        if (next.done) return next.value;
        yield next.value;
      }
    } finally {
      try {
        await scope.run(() => steps.return(undefined as R)); // a consumer that leaves ends it too
      } finally {
        scope.end();
      }
    }
  }

  #executorFor(plan: Plan): Executor {
    const name = this.backend?.name;
    return this.executors.find(({ backend = name, ...executor }) =>
      backend === name && executor.can(plan)
    )!;
  }

  /** Runs a plan on the first executor that can. */
  async start(
    plan: Plan,
    given: ReadonlyMap<string, tf.Tensor>,
    signal?: AbortSignal,
  ): Promise<Pass> {
    const pass = await this.turn(() => this.#executorFor(plan).start(plan, given, signal), {
      signal,
    });
    return {
      value: (layer) => pass.value(layer),
      backward: (seeds, options) => this.turn(() => pass.backward(seeds, options), { signal }),
      dispose: () => pass.dispose(),
    };
  }
}

/** @throws UserError where it does not start again. */
async function switchTo(name: string | undefined): Promise<void> {
  if (!name || tf.getBackend() === name || await tf.setBackend(name)) return;
  await tf.setBackend("cpu"); // one that is there
  throw new UserError(
    `Cannot go on with the ${name} backend: it does not start again; ` +
      "`backend: auto` uses one that works.",
    { code: "no-backend", option: "backend" },
  );
}

/** The one of this process. */
export const runtime = new Runtime();

/** The backend in use, if any. */
export const currentBackend = (): Backend | undefined => runtime.backend;

/**
 * Makes a backend current. `auto` keeps the one in use, or takes the first that works of webgpu (on
 * a real GPU), wasm, cpu. Runs that are under way keep theirs.
 *
 * @throws UserError where the backend that was asked for is not available, or none, or a run that
 * has another asks for it; or for a number of threads that cannot be.
 */
export const useBackend = (
  wanted: BackendName | "auto" = "auto",
  options: BackendOptions = {},
): Promise<Backend> => runtime.use(wanted, options);
