/** How concepts are tested, as options. */
import { z } from "../deps/zod.ts";
import { seedOption } from "../core/options.ts";

/** A schema of {@link ConceptOptions}. */
export const conceptOptions = z.object({
  runs: z.int().min(1).max(1000).default(20).describe(
    "Classifiers of each concept, each against other random pictures",
  ),
  size: z.int().min(4).max(1000).default(50).describe(
    "Pictures of the concept, and as many random ones, that a classifier is given, at most; a third " +
      "of them are held out",
  ),
  permutations: z.int().min(1).max(100_000).optional().describe(
    "Sets drawn by chance that each concept is held against; default: 499, or as many as it takes to " +
      "tell one of several tests from chance",
  ),
  level: z.number().positive().max(0.5).default(0.05).describe(
    "How often what is nothing may be taken for something, over all tests together",
  ),
  pool: z.boolean().default(false).describe(
    "Average channels over the places first, so that it does not matter where in a picture a concept " +
      "is",
  ),
  seed: seedOption,
});
