/** Runs of techniques for who looks on: quick ones at once, long ones when they are asked for. */
import { fieldOfRole } from "../core/options.ts";
import { execute } from "../run/execute.ts";
import type { AttributionRun } from "../run/run.ts";
import type { AttributionTechnique } from "../run/technique.ts";
import { techniques } from "../techniques/mod.ts";
import type { Subject } from "./_explained.ts";
import { withSubject } from "./_ready.ts";
import type { ModelChoice } from "./model_choice.ts";

/** Techniques that announce more steps than these wait until they are asked for. */
const FEW_STEPS = 4;
/** Pictures whose finished maps are kept: to look again at a class costs nothing. */
const PICTURES = 2;

/** Finished runs by their pictures' tokens; a run holds its picture, so few pictures' are kept. */
const kept = new Map<string, Map<string, AttributionRun>>();
/** Techniques that were found to take long with a model, and their steps. */
const long = new Map<string, number>();

/** The finished runs of a picture; those of the one looked at longest ago are forgotten. */
function ofPicture({ picture: { token } }: Subject): Map<string, AttributionRun> {
  const runs = kept.get(token) ?? new Map<string, AttributionRun>();
  kept.delete(token);
  kept.set(token, runs);
  if (kept.size > PICTURES) kept.delete(kept.keys().next().value!);
  return runs;
}

/** The attributions among these. */
export const attributions = (ids: readonly string[]): AttributionTechnique[] =>
  ids.map((id) => techniques.get(id)).filter((t) => t.kind === "attribution");

/** Says that a technique takes long. */
export class Slow extends Error {
  constructor(readonly steps: number) {
    super();
  }
}

/** What a technique's steps with a model are kept by. */
const longKey = (id: string, model: ModelChoice) => JSON.stringify([id, model]);

/** Whether a technique is known to take long with a model. */
export const takesLong = ({ id }: AttributionTechnique, model: ModelChoice): boolean =>
  long.has(longKey(id, model));

/** Remembers that a technique takes long with a model. */
export function learn({ id }: AttributionTechnique, model: ModelChoice, of: number): void {
  if (of > FEW_STEPS) long.set(longKey(id, model), of);
}

/** Runs a technique, or finds what it came to before. @throws Slow where it takes long, unless patient. */
export async function runOf(
  technique: AttributionTechnique,
  { subject, class: wanted }: { readonly subject: Subject; readonly class?: number },
  signal: AbortSignal,
  patient: boolean,
  onStep: (step: number, of: number) => void,
): Promise<AttributionRun> {
  const key = JSON.stringify([technique.id, subject.model, wanted]);
  const before = ofPicture(subject).get(key);
  if (before) return before;
  const refuse = () => {
    const steps = long.get(longKey(technique.id, subject.model));
    if (steps !== undefined && !patient) throw new Slow(steps);
  };
  refuse();
  const run = await withSubject(subject, async (image, model) => {
    const field = fieldOfRole(technique.options, "class");
    const options = field && wanted !== undefined ? { [field.name]: wanted } : {};
    const steps = execute(technique, { model, image, options, signal });
    try {
      let next = await steps.next();
      while (!next.done) {
        learn(technique, subject.model, next.value.of);
        refuse();
        onStep(next.value.step, next.value.of);
        next = await steps.next();
      }
      if (!("map" in next.value)) throw new TypeError(`${technique.id} gave no map`);
      return next.value;
    } finally {
      await steps.return(undefined as never);
    }
  });
  ofPicture(subject).set(key, run);
  return run;
}
