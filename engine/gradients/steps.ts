/** Kernels that are constant but for their jumps: what they are made of has no influence on them. */
import * as tf from "../../deps/tfjs.ts";
import { gradient } from "./gradient.ts";

const constant = (kernelName: string, ...inputs: readonly string[]): tf.GradConfig =>
  gradient(
    kernelName,
    { inputs },
    (_, saved) =>
      Object.fromEntries(inputs.map((name, i) => [name, () => tf.zeros(saved[i].shape)])),
  );

const ofOne = [
  [tf.Sign, tf.Step, tf.Floor, tf.Ceil, tf.Round, tf.ZerosLike, tf.OnesLike],
  [tf.IsNan, tf.IsInf, tf.IsFinite, tf.LogicalNot, tf.All, tf.Any, tf.ArgMax, tf.ArgMin],
].flat();

const ofTwo = [
  [tf.Equal, tf.NotEqual, tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual],
  [tf.LogicalAnd, tf.LogicalOr, tf.FloorDiv],
].flat();

export const steps: readonly tf.GradConfig[] = [
  ...ofOne.map((kernel) => constant(kernel, "x")),
  ...ofTwo.map((kernel) => constant(kernel, "a", "b")),
  constant(tf.OneHot, "indices"),
];
