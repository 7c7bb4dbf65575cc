/** What lies in a microscope's folder beside its pages: pictures, and files of numbers. */
import type { MicroscopeData } from "../../microscope/data.ts";
import type { Held } from "../../microscope/folder.ts";

const OF_CHANNELS = /^\/(images|crops)\/([\w.-]+)\/(0|[1-9]\d*)(-[a-z]+)?\.png$/;
const OF_ATLASES = /^\/atlas\/([\w.-]+)-[1-9]\d*\.png$/;
const OF_PICTURES = /^\/seen\/(0|[1-9]\d*)\.png$/;
const OF_NUMBERS = /^\/(layers|atlas)\/([\w.-]+)\.json$/;

/** Whether a picture belongs to a microscope. @param path as its pages name it */
export function isPictureOf({ data, pictures }: Held, path: string): boolean {
  const [, folder, slug, channel, kind = ""] = OF_CHANNELS.exec(path) ?? [];
  if (folder !== undefined) {
    const layer = data.layers.find((layer) => layer.slug === slug);
    const made = folder === "crops" ? kind === "" : Object.keys(data.images).includes(kind);
    return layer !== undefined && made && Number(channel) < layer.channels;
  }
  const [, atlas] = OF_ATLASES.exec(path) ?? [], [, number] = OF_PICTURES.exec(path) ?? [];
  return data.atlases.includes(atlas) || (pictures[Number(number)]?.seen ?? false);
}

/** Whether a file of numbers belongs to a microscope. */
export function isDataOf({ data }: Held, path: string): boolean {
  const [, folder, slug] = OF_NUMBERS.exec(path) ?? [];
  return folder === "atlas"
    ? data.atlases.includes(slug)
    : data.layers.some((layer) => layer.slug === slug);
}

/** What its pages, pictures and numbers are called, of these layers: nothing else is its own. */
export function isNamedBy({ layers }: Pick<MicroscopeData, "layers">, path: string): boolean {
  const [, folder, name, file] = /^\/([a-z]+)\/([\w.-]+?)(?:\/([^/]+)|)$/.exec(path) ?? [];
  if (folder === undefined) return /^\/pictures-\d+\.html$/.test(path);
  const isLayer = (slug: string) => layers.some((layer) => layer.slug === slug);
  if (file !== undefined) {
    const pattern = folder === "channels" ? /^\d+\.html$/ : /^\d+(-[a-z]+)?\.png$/;
    return /^(channels|images|crops)$/.test(folder) && isLayer(name) && pattern.test(file);
  }
  const [, stem, kind] = /^(.*)\.(html|json|png)$/.exec(name) ?? [];
  if (folder === "layers") return kind !== "png" && isLayer(stem);
  if (folder === "atlas") return isLayer(kind === "png" ? stem.replace(/-\d+$/, "") : stem);
  return /^(seen|classes)$/.test(folder) && /^\d+$/.test(stem) && kind !== "json";
}
