/** What people call a model. */

/** Files that are called alike in every folder: the folder's name tells them apart. */
const USUAL_NAME = /^(tf_|pytorch_|saved_)?(model|weights|network|graph)(\.\w+)+$/i;
/** What some hub's names begin with; the letter of a disk is none. */
const HUB = /^[a-z][\w-]+:(?!\/\/)/i;

/**
 * A model's id, or, of one given as a path or an address, its file's name; where every model has that
 * name, its folder's.
 *
 * @example
 * ```ts
 * modelName("resnet50"); // "resnet50"
 * modelName("/nets/mobilenet/model.json"); // "mobilenet"
 * modelName("https://example.org/nets/tiny.onnx?v=2"); // "tiny.onnx"
 * ```
 */
export function modelName(id: string): string {
  if (HUB.test(id) && !id.startsWith("file:")) return id;
  const address = /^[a-z]+:\/\//i.test(id);
  const parts = (address ? id.replace(/[?#].*$/, "") : id).split(/[\\/]+/)
    .filter((part) => part !== "" && part !== "." && part !== "..");
  const last = parts.at(-1), folder = parts.at(-2);
  if (last === undefined) return id;
  const name = folder !== undefined && USUAL_NAME.test(last) ? folder : last;
  return address ? decoded(name) : name;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
