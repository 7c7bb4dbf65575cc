/**
 * fast-check for every property test: the same cases at each run, so that the gate passes or fails
 * by what the code does. `deno task fuzz` looks at fresh cases.
 */
import fc from "fast-check";

/** The variable by which `deno task fuzz` says where its cases start: a whole number of 32 bits. */
export const SEED_VARIABLE = "PHOSPHENE_FUZZ_SEED";

/** The gate's seed; any would do. */
const FIXED = 20_260_101;

fc.configureGlobal({ seed: Number(Deno.env.get(SEED_VARIABLE) ?? FIXED) });

export default fc;
