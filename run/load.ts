/** Reading saved runs back. */
import { UserError } from "../core/errors.ts";
import { readSafetensors } from "../core/safetensors.ts";
import type { Values } from "../core/values.ts";
import { decodeImage, type Picture } from "../image/mod.ts";
import { platform } from "../platform/mod.ts";
import { readManifest } from "./folder.ts";
import { toBase64 } from "../core/hex.ts";
import { displayed } from "../core/display.ts";
import type { FileRole, Manifest } from "./manifest.ts";
import { modelName } from "./model_name.ts";

/** What notebooks call the pictures of a run that are no PNG, by the end of their names. */
const SHOWN_TYPES: Readonly<Record<string, string>> = { gif: "image/gif", webp: "image/webp" };

/** A run as it was saved. */
export interface SavedRun {
  /** Its folder. */
  readonly path: string;
  /** All there is to know about it. */
  readonly manifest: Manifest;
  /**
   * Its raw numbers: of an attribution `attribution`, `[height, width, channels]` or `[height,
   * width]`, and `map`, `[height, width]` of 0..1; of a visualization `image`, `[height, width, channels]`.
   *
   * @throws UserError where the file is missing, or not the one that was saved.
   */
  values(): Promise<Readonly<Record<string, Values>>>;
  /**
   * Its first picture of a role; undefined where it has none.
   *
   * @throws UserError likewise.
   */
  picture(role: Exclude<FileRole, "values" | "animation" | "losses">): Promise<Picture | undefined>;
  /** The picture that was explained, or started from; undefined where there was none or it was not kept. */
  source(): Promise<Picture | undefined>;
}

/**
 * Reads a saved run.
 *
 * @param folder The run's own folder.
 * @throws UserError where it is no run, or its manifest is damaged.
 * @example
 * ```ts
 * const run = await loadRun("runs/20260101-120000-saliency-cat");
 * const { map } = await run.values(); // Float32Array with shape [H, W]
 * ```
 */
export async function loadRun(folder: string): Promise<SavedRun> {
  const refuse = (reason: string, code: "no-file" | "bad-file" = "bad-file") =>
    new UserError(`Cannot load the run "${folder}": ${reason}.`, { code });
  const read = await readManifest(folder);
  if (!read) throw refuse("there is no manifest.json in it", "no-file");
  if (!read.manifest) throw refuse(read.damage);
  const { manifest } = read;

  /** A file, if it is the one that was saved. */
  async function whole({ name, sha256 }: { readonly name: string; readonly sha256: string }) {
    const path = `${folder}/${name}`;
    const bytes = await (async () => {
      // a pipe or a device may never end
      if ((await platform.stat(path)).kind !== "file") throw new Error("it is not a plain file");
      return await platform.readFile(path);
    })().catch((error) => {
      throw refuse(`${name} cannot be read: ${platform.reason(error)}`, "no-file");
    });
    if (await platform.sha256(bytes) !== sha256) throw refuse(`${name} is not as it was saved`);
    return bytes;
  }

  const saved: SavedRun = {
    path: folder,
    manifest,
    async values() {
      const file = manifest.files.find(({ role }) => role === "values");
      if (!file) throw refuse("it has no raw values");
      const { tensors } = readSafetensors(await whole(file), `${folder}/${file.name}`);
      return Object.fromEntries(tensors);
    },
    async picture(wanted) {
      const file = manifest.files.find(({ role }) => role === wanted);
      return file && await decodeImage(await whole(file), file.name);
    },
    async source() {
      const file = manifest.image?.file;
      return file && await decodeImage(await whole(file), file.name);
    },
  };
  const { technique: { title }, target, model } = manifest;
  const line = [title, ...(target ? [`of ${target.label}`] : [])].join(" ");
  return displayed(saved, () => `${line}: ${modelName(model.id)}, saved in ${folder}`, async () => {
    const shown = ["animation", "figure", "final"].flatMap((role) =>
      manifest.files.find((file) =>
        file.role === role
      ) ?? []
    )[0];
    if (!shown) return { "text/plain": `${line}: ${modelName(model.id)}` };
    const type = SHOWN_TYPES[shown.name.split(".").at(-1)!] ?? "image/png";
    return { [type]: toBase64(await whole(shown)) };
  });
}
