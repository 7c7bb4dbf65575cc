/**
 * What a thread does: it waits for a job on the board, takes parts of it as long as there are any, and
 * waits again. The thread is given this function's text, so it may use nothing but its arguments.
 */

/** Where on the board, in words of 32 bits, what is written. */
export const BOARD = {
  /** The number of the job, which threads wait for to change. */
  job: 0,
  /** That number, and which claim is the next to be taken. */
  next: 1,
  /** How many claims there are, of so many parts each; the last one may be shorter. */
  claims: 2,
  stride: 3,
  parts: 4,
  /** Which of the module's exports to call, and with how many arguments. */
  function: 5,
  arguments: 6,
  /** How many claims are done. */
  done: 7,
  /** 1 once a part has failed. */
  failed: 8,
  /** 1 once threads shall end. */
  over: 9,
  /** How many threads have begun to wait. */
  ready: 10,
} as const;

/** Low bits of `next`, which count claims; the others are the job's number. */
export const CLAIM_BITS = 10;
/** Bytes before the arguments, 64-bit floating-point numbers, and how many of them there may be. */
export const ARGUMENTS_AT = 64, MOST_ARGUMENTS = 40;

/** What a thread is given. */
export interface ThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly board: SharedArrayBuffer;
  /** Which one it is, from 1; the program's own thread is 0. */
  readonly index: number;
  readonly layout: typeof BOARD;
  readonly claimBits: number;
  readonly argumentsAt: number;
  /** How often to look for the next job before sleeping, and how lightly to sleep at first. */
  readonly looks: number;
  readonly restMs: number;
}

/**
 * Makes the function with which a thread, the program's own too, takes part in the job on the board:
 * it takes claims until there are none.
 */
export function worker(
  { module, memory, board, index, layout, claimBits, argumentsAt }: ThreadData,
): () => void {
  const words = new Int32Array(board), numbers = new Float64Array(board, argumentsAt);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const functions = WebAssembly.Module.exports(module).map(({ name }) =>
    exports[name] as (...numbers: number[]) => void
  );
  return () => {
    for (;;) {
      const next = Atomics.load(words, layout.next);
      const call = functions[Atomics.load(words, layout.function)];
      const given = Array.from(numbers.subarray(0, Atomics.load(words, layout.arguments)));
      const stride = Atomics.load(words, layout.stride), parts = Atomics.load(words, layout.parts);
      const claims = Atomics.load(words, layout.claims), claim = next & (1 << claimBits) - 1;
      if (claim >= claims) return;
      // only now is it certain that all of these belong to one job
      if (Atomics.compareExchange(words, layout.next, next, next + 1) !== next) continue;
      try {
        const end = Math.min(parts, (claim + 1) * stride);
        for (let part = claim * stride; part < end; part++) call(...given, part, index);
      } catch {
        Atomics.store(words, layout.failed, 1);
      }
      if (Atomics.add(words, layout.done, 1) === claims - 1) Atomics.notify(words, layout.done);
    }
  };
}

/**
 * A thread's life. Soon after its last job it waits in a way that lets it be ended from outside, also
 * with the thread that started it.
 */
export async function live(data: ThreadData, makeWorker: typeof worker): Promise<void> {
  const { layout, looks, restMs } = data, words = new Int32Array(data.board);
  const work = makeWorker(data);
  Atomics.add(words, layout.ready, 1);
  while (!Atomics.load(words, layout.over)) {
    const seen = Atomics.load(words, layout.job);
    work();
    for (let i = 0; i < looks && Atomics.load(words, layout.job) === seen; i++);
    // a job, or the end, that has come since `seen` is not slept through
    if (Atomics.load(words, layout.over)) return;
    if (Atomics.wait(words, layout.job, seen, restMs) === "timed-out") {
      await Atomics.waitAsync(words, layout.job, seen).value;
    }
  }
}

/** The text of the function that a thread is. */
export const CODE = `(data) => (${live})(data, ${worker})`;
