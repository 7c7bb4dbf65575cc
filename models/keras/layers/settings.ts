/** How converters of layers read a layer's settings. */
import { type Json, shown } from "../files.ts";
import type { LayerCall, WeightRole } from "../writer.ts";

/** Writes a layer's nodes and returns the one that gives its output. */
export type Converter = (call: LayerCall) => string;

/** Layer class → its converter. */
export type Converters = Readonly<Record<string, Converter>>;

/** Whether it is a number of things: whole and above zero. */
export const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) > 0;

/** Window sizes and strides: `[height, width]`, or one number for both. */
export function pair(
  call: LayerCall,
  key: string,
  or?: readonly [number, number],
): [number, number] {
  const found = call.config[key] ?? or;
  const [h, w, ...more] = Array.isArray(found) ? found : [found, found];
  if (!isCount(h) || !isCount(w) || more.length) {
    call.fail(`its ${key} is ${shown(found)}, not one or two numbers from 1 up`);
  }
  return [h, w];
}

/** A number, under the first of several keys that is set. */
export function number(call: LayerCall, keys: readonly string[], or: number): number {
  const found = keys.map((key) => call.config[key]).find((v) => v !== undefined && v !== null);
  if (found === undefined) return or;
  if (typeof found !== "number") call.fail(`its ${keys[0]} is ${shown(found)}, not a number`);
  return found;
}

/** Whether an option that is on by default is on. */
export const flag = ({ config }: LayerCall, key: string): boolean => config[key] !== false;

/** `[top, bottom, left, right]` from a number, `[rows, columns]` or `[[top, bottom], [left, right]]`. */
export function frame(call: LayerCall, key: string): number[] {
  const found = call.config[key];
  const [rows, columns] = Array.isArray(found) ? found : [found, found];
  const both = (n: unknown) => (Array.isArray(n) ? n : [n, n]);
  const sides = [...both(rows), ...both(columns)];
  if (sides.length !== 4 || !sides.every((n) => n === 0 || isCount(n))) {
    call.fail(`its ${key} is ${shown(found)}, which is not a frame around a picture`);
  }
  return sides;
}

/** How a window is padded: Keras's "same", or not at all. */
export function padding(call: LayerCall): "same" | [0, 0, 0, 0] {
  const found = call.config.padding ?? "valid";
  if (found === "same") return "same";
  if (found !== "valid") call.fail(`its padding is ${shown(found)}; "same" and "valid" are known`);
  return [0, 0, 0, 0];
}

/** Refuses any axis but the last. */
export function lastAxis(call: LayerCall): void {
  const found = call.config.axis ?? -1;
  const axis = Array.isArray(found) && found.length === 1 ? found[0] : found;
  // counted with the batch
  if (axis !== -1 && axis !== call.writer.shapeOf(call.inputs[0]).length) {
    call.fail(`it works along axis ${shown(found)}; only the last is supported`);
  }
}

/** A bias, if the layer has one. */
export const bias = (call: LayerCall, size: number): Record<string, WeightRole> =>
  flag(call, "use_bias") ? { bias: { role: "bias", shape: [size] } } : {};

/** Channels of a layer's first input. */
export const channelsOf = ({ writer, inputs }: LayerCall): number =>
  writer.shapeOf(inputs[0]).at(-1)!;

/** A number of things. */
export function count(call: LayerCall, key: string, or?: number): number {
  const found = call.config[key] ?? or;
  return isCount(found) ? found : call.fail(`its ${key} is ${shown(found)}`);
}

/** A layer that is one op, whose attributes follow from its settings. */
export const one =
  (op: string, attrs: (call: LayerCall) => Json = () => ({})): Converter => (call) =>
    call.writer.add(call, call.name, op, call.inputs, attrs(call));

/** Does nothing at inference. */
export const nothing: Converter = (call) => call.writer.name(call.name, call.inputs[0]);
