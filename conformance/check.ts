/** What a check is, and what it says. */
import { Unmet } from "./expect.ts";

/** One promise, and how it is looked at. */
export interface Check<Subject> {
  /** What is promised: `the same seed gives the same numbers`. */
  readonly name: string;
  /** @throws Unmet, or whatever the subject throws. */
  look(subject: Subject): Promise<void> | void;
}

/** What came of a check. */
export interface Verdict {
  /** `technique "mine"`, `metric "peak"`, … */
  readonly subject: string;
  /** What is promised. */
  readonly check: string;
  /** The small network that it ran on, where it ran on one. */
  readonly on?: string;
  /** Whether the promise is kept. */
  readonly passed: boolean;
  /** What was found instead. */
  readonly found?: string;
  /** Whether it has not ended: then nothing else can be looked at in this program. */
  readonly endless?: true;
}

/** How a check is looked at. */
export interface Limits {
  /** Stops between two checks. */
  readonly signal?: AbortSignal;
  /** How long one check may take; default: two minutes, longer than any that ends. */
  readonly limitMs?: number;
}

/** Fails once a check has taken too long: nothing can end it. */
async function within(limitMs: number, work: Promise<void> | void): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Endless(`it has not ended after ${limitMs / 1000} seconds`)),
      limitMs,
    );
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A check that has not ended: what it holds, it holds on to. */
export class Endless extends Unmet {}

/** Looks at one promise. @throws the signal's reason once it is aborted. */
export async function verdictOf<Subject>(
  check: Check<Subject>,
  subject: Subject,
  about: Pick<Verdict, "subject" | "on">,
  { signal, limitMs = 120_000 }: Limits = {},
): Promise<Verdict> {
  signal?.throwIfAborted();
  const verdict = { ...about, check: check.name };
  try {
    await within(limitMs, check.look(subject));
    return { ...verdict, passed: true };
  } catch (error) {
    signal?.throwIfAborted();
    const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
    const told = error instanceof Unmet || /^(User|Plugin)?Error$/.test(name)
      ? message
      : `${name}: ${message}`;
    return {
      ...verdict,
      passed: false,
      found: told.split("\n")[0].replace(/\.$/, ""),
      ...(error instanceof Endless && { endless: true as const }),
    };
  }
}
