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
  readonly check: string;
  /** The small network that it ran on, where it ran on one. */
  readonly on?: string;
  readonly passed: boolean;
  /** What was found instead. */
  readonly found?: string;
}

/** Looks at one promise. @throws the signal's reason once it is aborted. */
export async function verdictOf<Subject>(
  check: Check<Subject>,
  subject: Subject,
  about: Pick<Verdict, "subject" | "on">,
  signal?: AbortSignal,
): Promise<Verdict> {
  signal?.throwIfAborted();
  const verdict = { ...about, check: check.name };
  try {
    await check.look(subject);
    return { ...verdict, passed: true };
  } catch (error) {
    signal?.throwIfAborted();
    const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
    const told = error instanceof Unmet || /^(User|Plugin)?Error$/.test(name)
      ? message
      : `${name}: ${message}`;
    return { ...verdict, passed: false, found: told.split("\n")[0].replace(/\.$/, "") };
  }
}
