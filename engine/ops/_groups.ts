/** A grouped convolution as one convolution for each group of channels. */
import * as tf from "../../deps/tfjs.ts";
import { type Values, values } from "../../core/values.ts";
import type { Attributes } from "../graph.ts";
import type { Parameters } from "./op.ts";

/** How many groups an op's attributes ask for; 1 where they do not say. */
export const groupsOf = ({ groups }: Attributes): number => (groups as number | undefined) ?? 1;

/** Part `group` of the numbers along the last axis. */
function part(source: Values, group: number, groups: number): Values {
  const all = source.shape.at(-1)!, own = all / groups, first = group * own;
  const numbers = new Float32Array(source.length / groups);
  for (let i = 0; i < numbers.length; i++) {
    const row = Math.floor(i / own);
    numbers[i] = source[row * all + first + i - row * own];
  }
  return values(numbers, [...source.shape.slice(0, -1), own]);
}

/** The parameters of one group: its output channels' kernel `[kh, kw, in / groups, out / groups]` and bias. */
export function groupParameters(whole: Parameters, group: number, groups: number): Parameters {
  const name = (key: string) => `group ${group}/${key}`;
  const numbers = (role: string) => part(whole.values(role), group, groups);
  return {
    has: whole.has,
    shape(role) {
      const shape = whole.shape(role);
      return [...shape.slice(0, -1), shape.at(-1)! / groups];
    },
    values: numbers,
    tensor: (role) => whole.derived(name(role), () => numbers(role)),
    derived: (key, make) => whole.derived(name(key), make),
  };
}

/** What `one` makes of each group of the channels, together again. */
export function byGroup(
  x: tf.Tensor,
  params: Parameters,
  groups: number,
  one: (channels: tf.Tensor, params: Parameters) => tf.Tensor,
): tf.Tensor {
  const parts = tf.split(x, groups, -1);
  return tf.concat(parts.map((part, i) => one(part, groupParameters(params, i, groups))), -1);
}
