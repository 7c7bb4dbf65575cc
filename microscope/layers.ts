/** The layers that a microscope looks at. */
import { UserError } from "../core/errors.ts";
import { stageLayers } from "../engine/layers.ts";
import type { Model } from "../run/model.ts";
import { summarize } from "../engine/summary.ts";
import { INPUT } from "../engine/graph.ts";
import type { LayerEntry } from "./data.ts";

/** A name for files and addresses. */
const slugOf = (name: string) =>
  name.replace(/[^\w.-]+/g, "-").replace(/^[-.]+|-+$/g, "") || "layer";

/**
 * The layers of these names, by default those at which the network's stages end, and of `more`.
 *
 * @throws UserError for an unknown one, the image, and one that has no channels.
 */
export function layersOf(
  model: Model,
  names?: readonly string[],
  more: readonly string[] = [],
): readonly LayerEntry[] {
  const { network, inputSize: { width, height } } = model, { graph } = network;
  const wanted = [...new Set([...names ?? stageLayers(graph), ...more])], taken = new Set<string>();
  return wanted.map((name) => {
    const node = network.layer(name);
    if (node === INPUT) {
      throw new UserError(`"${name}" is the picture itself: a layer of the network is needed.`, {
        code: "unknown-layer",
        option: "layers",
      });
    }
    const { shape } = summarize(graph, height, width, node, model.id).at(-1)!;
    if (shape.length !== 3 && shape.length !== 1) {
      throw new UserError(
        `Cannot look into "${name}": its values are [${shape.join(", ")}], and neither a map of ` +
          "channels nor a row of features.",
        { code: "unsupported", option: "layers" },
      );
    }
    const [rows, columns] = shape.length === 3 ? shape : [1, 1], stem = slugOf(name);
    let slug = stem;
    for (let n = 2; taken.has(slug); n++) slug = `${stem}-${n}`;
    taken.add(slug);
    return { name, node, slug, channels: shape.at(-1)!, size: [rows, columns] };
  });
}
