/** Checks that a state dict has just the parameters that an architecture asks for. */
import { UserError } from "../../core/errors.ts";
import type { StateDict } from "./pth.ts";

/** A parameter that an architecture asks for. */
export interface ParameterSpec {
  /** In PyTorch's layout: `[out, in, height, width]` for a convolution, `[out, in]` for `fc`. */
  readonly shape: readonly number[];
}

/** How many keys a message lists of each kind. */
const LISTED = 8;

/**
 * Picks the tensors that `expected` asks for, in its order.
 *
 * A prefix that all keys share (`module.`, `model.`, `state_dict.`, …) is stripped where more keys
 * are known without it. Batch-norm's counters (`num_batches_tracked`) are left out.
 *
 * @param what the architecture, as messages call it
 * @throws UserError listing all that is missing, too much or of another shape.
 */
export function bindStateDict(
  tensors: StateDict,
  expected: Map<string, ParameterSpec>,
  what: string,
): StateDict {
  const given = stripPrefix(
    new Map([...tensors].filter(([key]) => !/(^|\.)num_batches_tracked$/.test(key))),
    expected,
  );
  const bound: StateDict = new Map();
  const missing: string[] = [], misshaped: string[] = [];
  for (const [key, { shape }] of expected) {
    const tensor = given.get(key);
    if (!tensor) {
      missing.push(key);
    } else if (`${tensor.shape}` !== `${shape}`) {
      misshaped.push(`${key} is [${tensor.shape.join(", ")}], not [${shape.join(", ")}]`);
    } else {
      bound.set(key, tensor);
    }
  }
  const surplus = [...given.keys()].filter((key) => !expected.has(key));
  const faults = [
    list(missing, "missing"),
    list(surplus, "surplus"),
    list(misshaped, "of another shape"),
  ].filter(Boolean);
  if (faults.length) {
    throw new UserError(
      `Cannot load these ${given.size} parameters into ${what}, which has ${expected.size}: ` +
        faults.join("; "),
      { code: "bad-file", option: "weights" },
    );
  }
  return bound;
}

/** Takes leading names off that all keys share, as many as make most keys known. */
function stripPrefix(given: StateDict, expected: Map<string, ParameterSpec>): StateDict {
  const known = (keys: StateDict) => [...keys.keys()].filter((key) => expected.has(key)).length;
  let best = given;
  for (let stripped = given;;) {
    const [first = ""] = stripped.keys();
    const prefix = first.slice(0, first.indexOf(".") + 1);
    if (!prefix || ![...stripped.keys()].every((key) => key.startsWith(prefix))) return best;
    stripped = new Map([...stripped].map(([key, tensor]) => [key.slice(prefix.length), tensor]));
    if (known(stripped) > known(best)) best = stripped;
  }
}

function list(keys: string[], fault: string): string {
  if (!keys.length) return "";
  const more = keys.length > LISTED ? ` and ${keys.length - LISTED} more` : "";
  return `${keys.length} ${fault}: ${keys.slice(0, LISTED).join(", ")}${more}`;
}
