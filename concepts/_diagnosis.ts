/** What of a test of concepts should be known, in sentences. */
import { percent } from "../core/text.ts";
import type { ConceptDirection, ConceptScore } from "./data.ts";

/** Fewer pictures than that show what they have in common by chance as much as what is meant. */
const FEW = 20;

const p = (value: number) => value < 0.001 ? "p < 0.001" : `p = ${value.toPrecision(2)}`;

/** Of one score. */
export function diagnoseScore(
  { layer, concept, class: { label }, score, sensitivity, chance, ...test }: Omit<
    ConceptScore,
    "diagnosis"
  >,
  { accuracy, corrected }: ConceptDirection,
  { level, alike, still }: {
    readonly level: number;
    /** Whether every picture of the class has the same gradient. */
    readonly alike: boolean;
    /** Share of them whose gradient is zero. */
    readonly still: number;
  },
): string[] {
  const notes: string[] = [];
  if (corrected > level) {
    notes.push(
      `"${layer}" does not tell ${concept} from random pictures (${
        percent(accuracy, 0)
      } of held-out ` +
        `pictures are told right, ${p(corrected)}): its score says nothing.`,
    );
  }
  if (!test.significant) {
    notes.push(
      `The score of ${label} answers to ${concept} in "${layer}" no more than to pictures drawn by ` +
        `chance (${p(test.corrected)}).`,
    );
  } else if ((score - chance.mean) * sensitivity < 0) {
    notes.push(
      `More pictures of ${label} move one way along ${concept} in "${layer}", but those that move the ` +
        "other way move further: look at both numbers.",
    );
  }
  if (still > 0) {
    notes.push(
      `The score of ${label} does not answer to "${layer}" at all in ${percent(still, 0)} of its ` +
        "pictures: these count as not rising.",
    );
  } else if (alike) {
    notes.push(
      `From "${layer}" on the score of ${label} is linear: every picture has the same gradient, so that ` +
        "all rise or none does. An earlier layer tells more.",
    );
  }
  return notes;
}

/** Of all of it. */
export function diagnoseAll(
  { few, shared, least, level, permutations }: {
    /** How many pictures there are of what. */
    readonly few: readonly (readonly [what: string, count: number])[];
    /** Of each concept how many of its pictures are among the random ones. */
    readonly shared: readonly (readonly [concept: string, count: number])[];
    /** The smallest p that can come out, corrected. */
    readonly least: number;
    readonly level: number;
    readonly permutations: number;
  },
): string[] {
  return [
    ...few.filter(([, count]) => count < FEW).map(([what, count]) =>
      `Few ${what} (${count}): what they have in common by chance counts as much as what is meant; ` +
      `${FEW} and more would tell.`
    ),
    ...shared.filter(([, count]) => count > 0).map(([name, count]) =>
      `${name} shares ${count} of its pictures with the random ones: that hides it.`
    ),
    ...(least > level
      ? [
        `With ${permutations} sets drawn by chance nothing can be significant: p is at least ${
          least.toPrecision(2)
        }, over all tests together, and the level is ${level}.`,
      ]
      : []),
  ];
}
