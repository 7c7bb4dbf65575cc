/** Checks that a state dict has just the parameters that an architecture asks for. */
import { UserError } from "../../core/errors.ts";
import type { WeightTensor } from "../../run/model.ts";
import { nearestPrefix, prefixesOf, TRAINING_ONLY } from "./_prefixes.ts";

/** Parameters by PyTorch's names, of which the shapes alone are asked here. */
type Tensors<T extends WeightTensor = WeightTensor> = ReadonlyMap<string, T>;

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
 * They may all lie behind a prefix (`module.`, `model.`, `state_dict.net.`, …), which is found by
 * what fits and taken off; keys outside of it, of a loss or an optimizer, are left out and told of.
 * So are batch-norm's counters (`num_batches_tracked`), silently.
 *
 * @param what the architecture, as messages call it
 * @param onNote hears a sentence of what was left out
 * @throws UserError listing all that is missing, too much or of another shape, or the prefixes that
 * would do where several hold different numbers.
 */
export function bindStateDict<T extends WeightTensor>(
  tensors: Tensors<T>,
  expected: Map<string, ParameterSpec>,
  what: string,
  onNote?: (sentence: string) => void,
): Map<string, T> {
  const given = withoutCounters(tensors);
  const [prefix, ...others] = prefixesThatFit(given, expected);
  const twin = others.find((other) => !sameNumbers(given, expected, prefix, other));
  if (twin !== undefined) {
    throw new UserError(
      `Cannot load these weights into ${what}: ${named(prefix)} and ${named(twin)} would both do ` +
        `and hold different numbers; save the one that you want alone`,
      { code: "bad-file", option: "weights" },
    );
  }
  for (const key of given.keys()) {
    if (others.some((other) => key.startsWith(other))) given.delete(key);
  }
  return bindBehind(prefix ?? nearestPrefix(given.keys(), expected), given, expected, what, onNote);
}

/** Without batch-norm's counters. */
const withoutCounters = <T extends WeightTensor>(tensors: Tensors<T>): Map<string, T> =>
  new Map([...tensors].filter(([key]) => !/(^|\.)num_batches_tracked$/.test(key)));

/** Whether all that `expected` asks for lies behind some prefix, in these very shapes, and nothing else. */
export function fitsBehindPrefix(
  tensors: Tensors,
  expected: Map<string, ParameterSpec>,
): boolean {
  const given = withoutCounters(tensors);
  return prefixesThatFit(given, expected).some((prefix) =>
    [...expected].every(([key, { shape }]) => `${given.get(prefix + key)!.shape}` === `${shape}`)
  );
}

/** Whether they lie behind several prefixes, of which only the numbers tell whether they are the same. */
export const fitsTwice = (tensors: Tensors, expected: Map<string, ParameterSpec>): boolean =>
  prefixesThatFit(withoutCounters(tensors), expected).length > 1;

/** Binds the keys that begin with a prefix. */
function bindBehind<T extends WeightTensor>(
  prefix: string,
  given: Tensors<T>,
  expected: Map<string, ParameterSpec>,
  what: string,
  onNote?: (sentence: string) => void,
): Map<string, T> {
  const bound = new Map<string, T>();
  const missing: string[] = [], misshaped: string[] = [];
  for (const [key, { shape }] of expected) {
    const tensor = given.get(prefix + key);
    if (!tensor) {
      missing.push(key);
    } else if (`${tensor.shape}` !== `${shape}`) {
      misshaped.push(`${key} is [${tensor.shape.join(", ")}], not [${shape.join(", ")}]`);
    } else {
      bound.set(key, tensor);
    }
  }
  const inside = [...given.keys()].filter((key) => !isOutside(key, prefix));
  const surplus = inside.map((key) => key.slice(prefix.length)).filter((key) => !expected.has(key));
  const faults = [
    list(missing, "missing"),
    list(surplus, "surplus"),
    list(misshaped, "of another shape"),
  ].filter(Boolean);
  if (faults.length) {
    throw new UserError(
      `Cannot load these ${inside.length} parameters into ${what}, which has ${expected.size}: ` +
        faults.join("; "),
      { code: "bad-file", option: "weights" },
    );
  }
  const outside = [...given.keys()].filter((key) => isOutside(key, prefix));
  if (outside.length) {
    onNote?.(
      `The weights of ${what} lie ${
        prefix ? `behind "${prefix}"` : "beside others"
      }; left out are ` +
        `${list(outside, "that it has no place for")}.`,
    );
  }
  return bound;
}

/**
 * The prefixes behind which everything is there, and nothing else, the shortest first. Another
 * number of classes is no reason to leave one out: it may be the one that is wanted.
 */
function prefixesThatFit(given: Tensors, expected: Map<string, ParameterSpec>): string[] {
  const whole = [...prefixesOf(given.keys(), expected)]
    .filter(([, count]) => count === expected.size)
    .map(([prefix]) => prefix).sort((a, b) => a.length - b.length);
  const but = (shape: readonly number[] = []) => `${shape.length}:${shape.slice(1)}`;
  return whole.filter((prefix) =>
    [...expected].every(([key, { shape }]) => but(given.get(prefix + key)?.shape) === but(shape)) &&
    [...given.keys()].every((key) =>
      !key.startsWith(prefix) || expected.has(key.slice(prefix.length)) ||
      isOutside(key, prefix) ||
      whole.some((other) => other.length > prefix.length && key.startsWith(other))
    )
  );
}

/** Whether a key belongs to something other than the network behind a prefix. */
const isOutside = (key: string, prefix: string) =>
  prefix ? !key.startsWith(prefix) : TRAINING_ONLY.test(key);

/** Whether the same module was saved under two names, as trainers do that keep two. */
function sameNumbers(
  given: Tensors,
  expected: Map<string, ParameterSpec>,
  prefix: string,
  other: string,
): boolean {
  const same = (a: WeightTensor, b: WeightTensor) =>
    a instanceof Float32Array && b instanceof Float32Array && a.length === b.length &&
    a.every((n, i) => Object.is(n, b[i]));
  return [...expected.keys()].every((key) =>
    same(given.get(prefix + key)!, given.get(other + key)!)
  );
}

const named = (prefix: string) => prefix ? `"${prefix}…"` : "the keys without a prefix";

/** The tensors behind the prefix that makes most of these names known, without it. */
export function behindPrefix(tensors: Tensors, known: { has(key: string): boolean }): Tensors {
  const prefix = nearestPrefix(tensors.keys(), known);
  return prefix === "" ? tensors : new Map(
    [...tensors].filter(([key]) => key.startsWith(prefix))
      .map(([key, tensor]) => [key.slice(prefix.length), tensor]),
  );
}

function list(keys: string[], fault: string): string {
  if (!keys.length) return "";
  const more = keys.length > LISTED ? ` and ${keys.length - LISTED} more` : "";
  return `${keys.length} ${fault}: ${keys.slice(0, LISTED).join(", ")}${more}`;
}
