/** Where the things that the gallery shows are found under its microscopes, and the other way round. */
import type { LayerEntry } from "../microscope/data.ts";
import { layerTree } from "../engine/layer_tree.ts";
import type { Manifest } from "../run/manifest.ts";
import { layerOf, roleIn } from "./_roles.ts";
import type { Way } from "./components/UnderMicroscope.tsx";
import type { Gallery } from "./gallery.ts";
import { layerIn } from "./graph_view.ts";
import { paths as within } from "./microscope/paths.ts";
import type { ShownMicroscope } from "./microscopes.ts";
import { openable } from "./outlines.ts";
import { paths } from "./site.ts";
import type { ModelChoice } from "./model_choice.ts";

/** What finds the microscopes of a network: its weights, or, where they are not known, its name. */
interface Wanted {
  readonly id: string;
  readonly sha256: string | undefined;
}

/** The microscopes of a network; those that are damaged are told of on their own pages. */
async function microscopesOf(gallery: Gallery, wanted: Wanted): Promise<ShownMicroscope[]> {
  const found: ShownMicroscope[] = [];
  for await (const shown of gallery.microscopes.all()) {
    const { id, weights } = shown.data.model;
    const isOne = wanted.sha256 === undefined ? id === wanted.id : weights.sha256 === wanted.sha256;
    if (isOne) found.push(shown);
  }
  return found;
}

/** The ways to the microscopes of a model. */
export async function waysToModel(gallery: Gallery, id: string): Promise<readonly Way[]> {
  const found = await microscopesOf(gallery, { id, sha256: gallery.weights.known(id) });
  return found.map(({ name }) => ({ text: name, path: paths.microscope(name) }));
}

/** The ways to a layer, or one of its channels, in the microscopes of a model's very numbers. */
export async function waysToLayer(
  gallery: Gallery,
  model: ModelChoice,
  { node }: { readonly node: string },
  channel?: number,
): Promise<readonly Way[]> {
  if (gallery.microscopes.folders.size === 0) return [];
  const sha256 = await gallery.weights.of(model);
  if (sha256 === undefined) return [];
  return (await microscopesOf(gallery, { id: model.id, sha256 })).flatMap((shown) => {
    const layer = shown.data.layers.find((layer) => layer.node === node);
    return layer ? [wayTo(shown.name, layer, channel)] : [];
  });
}

/** @param microscope its name, which matters where there are several of one network */
function wayTo(microscope: string, { slug, name, channels }: LayerEntry, channel?: number): Way {
  const isOne = channel !== undefined && channel < channels;
  return {
    text: `${isOne ? `channel ${channel} of ${name}` : name}, in ${microscope}`,
    path: paths.microscope(microscope, isOne ? within.channel(slug, channel) : within.layer(slug)),
  };
}

/** The ways from a run to its channel, and to its picture, in the microscopes of its very numbers. */
export async function waysFromRun(
  gallery: Gallery,
  manifest: Manifest,
): Promise<readonly Way[]> {
  const { model: { id, weights: { sha256 } }, image } = manifest;
  const name = layerOf(manifest), channel = roleIn(manifest, "channel");
  return (await microscopesOf(gallery, { id, sha256 })).flatMap((shown) => {
    const { name: microscope, data, pictures } = shown;
    const layer = typeof channel === "number" && data.layers.find((layer) => layer.name === name);
    const number = image
      ? pictures.findIndex(({ sha256, seen }) => seen && sha256 === image.sha256)
      : -1;
    return [
      ...layer ? [wayTo(microscope, layer, channel)] : [],
      ...number < 0 ? [] : [{
        text: `channels that ${image!.name} excites, in ${microscope}`,
        path: paths.microscope(microscope, within.picture(number)),
      }],
    ];
  });
}

const OF_LAYER = /^\/(?:layers|channels)\/([\w.-]+?)(?:\/(\d+))?\.html$/;

/**
 * The way from a page of a microscope to the gallery's own page of the same layer or channel, or of the
 * network; as long as nobody has asked for the weights of the gallery's model, they are taken for the same.
 *
 * @param path of the page, in the microscope
 */
export function wayBack(
  { weights, explainer, models, index }: Gallery,
  { data, pages }: ShownMicroscope,
  path: string,
): Way | undefined {
  const { id } = data.model, known = weights.known(id);
  if (known !== undefined && known !== data.model.weights.sha256) return undefined;
  const [, slug, channel] = OF_LAYER.exec(path) ?? [], { graph } = pages.settings;
  const name = data.layers.find((layer) => layer.slug === slug)?.name;
  const isOpen = explainer !== undefined && models.some((model) => model.id === id);
  if (name && isOpen && graph && layerIn(layerTree(graph, data.input, id), name)) {
    return channel === undefined
      ? { text: "This layer on a picture", path: paths.layer(id, name) }
      : { text: "This channel on a picture", path: paths.channel(id, name, Number(channel)) };
  }
  const hasPage = openable(models).has(id) || [...index].some((run) => run.model === id);
  return hasPage ? { text: "The network", path: paths.model(id) } : undefined;
}
