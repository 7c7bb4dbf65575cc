/** What to say of a model that no adapter takes. */
import { nearestHint, UserError } from "../core/errors.ts";
import { oddity } from "../core/oddity.ts";

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

/** What there is under a name: a folder, a pipe or a device, or a file that begins so. */
export type There = "folder" | "other" | { readonly head: Uint8Array };

/** Says what may be meant by a name that is no network's, and what it is that is there. */
export function unknownModel(id: string, known: readonly string[], there?: There): UserError {
  if (there === undefined) {
    return new UserError(
      `There is no model "${id}"; ${nearestHint(id, known)}. ` +
        `The path of an ONNX model or of a TensorFlow.js model.json works too.`,
      { code: "unknown-model" },
    );
  }
  const odd = typeof there === "string" ? undefined : oddity(there.head);
  const what = there === "folder"
    ? "a folder without a model"
    : odd ?? KINDS.find(([ending]) => ending.test(id))?.[1] ??
      "a file of an unknown format";
  return new UserError(`Cannot load "${id}" as a model: it is ${what}. ${WORKS}`, {
    code: "unsupported",
    option: "model",
  });
}
