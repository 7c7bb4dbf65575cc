/** What to say of a model that no adapter takes. */
import { nearestHint, UserError } from "../core/errors.ts";
import { platform } from "../platform/mod.ts";
import { oddity } from "./_oddity.ts";

/** Kinds of files that may be meant as a model, by how their names end. */
const KINDS: readonly [ending: RegExp, kind: string][] = [
  [/\.onnx$/i, "no ONNX model by what it holds (an unfinished download?)"],
  [/\.(h5|hdf5|keras)$/i, "no Keras model, though it is called like one"],
  [/\.(safetensors|pth|pt|th|ckpt|bin)$/i, "no file of weights, though it is called like one"],
  [/\.(tflite|pb|mlmodel|caffemodel|engine)$/i, "of a format that cannot be read"],
];

/** What works, at the end of a message. */
const WORKS = "The path of an ONNX model or of a TensorFlow.js model.json works, and an " +
  "architecture's id with `weights`.";

/**
 * Says whether a file or a folder of that name is there, and what it may be.
 *
 * @param head What the file begins with.
 */
export async function unknownModel(
  id: string,
  known: readonly string[],
  head?: Uint8Array,
): Promise<UserError> {
  const facts = await platform.stat(id).catch(() => undefined);
  const there = (what: string) =>
    new UserError(`Cannot load "${id}" as a model: it is ${what}. ${WORKS}`, {
      code: "unsupported",
      option: "model",
    });
  if (facts?.kind === "folder") return there("a folder without a model");
  if (facts) {
    const odd = head && oddity(head);
    return there(
      odd ?? KINDS.find(([ending]) => ending.test(id))?.[1] ?? "a file of an unknown format",
    );
  }
  return new UserError(
    `There is no model "${id}"; ${nearestHint(id, known)}. ` +
      `The path of an ONNX model or of a TensorFlow.js model.json works too.`,
    { code: "unknown-model" },
  );
}
