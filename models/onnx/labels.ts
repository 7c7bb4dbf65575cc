/** Names of classes in an ONNX model's metadata. */
import { parseLabels } from "../labels.ts";

/** Under these names exporters write them. */
const KEYS = ["names", "classes", "class_names", "labels"];

/** Python's way to write a dictionary, `{0: 'cat', 1: "dog's"}`, which Ultralytics writes. */
function fromPython(text: string): string[] | undefined {
  const entry = /\s*(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(,|\}\s*$)/y;
  const names: string[] = [];
  if (!text.startsWith("{")) return undefined;
  entry.lastIndex = 1;
  for (let found = entry.exec(text); found; found = entry.exec(text)) {
    const [, number, single, double] = found;
    if (Number(number) !== names.length) return undefined;
    names.push((single ?? double).replace(/\\(.)/g, "$1"));
    if (found[4] !== ",") return names;
  }
}

/** The names of so many classes, where the metadata has them. */
export function metadataLabels(
  metadata: ReadonlyMap<string, string>,
  outputs: number,
): readonly string[] | undefined {
  for (const key of KEYS) {
    const text = metadata.get(key)?.trim();
    if (!text) continue;
    try {
      const names = fromPython(text) ??
        (text.includes(",") && !/^[[{]/.test(text)
          ? text.split(",").map((name) => name.trim())
          : parseLabels(text));
      if (names.length === outputs) return names;
    } catch {
      // it is something else under that name
    }
  }
}
