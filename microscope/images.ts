/** Images of what channels look for: the tasks that make them, and what has come of them. */
import { parseOptions } from "../core/options.ts";
import { renderTask, type RenderTold } from "../jobs/kinds/render.ts";
import { choiceOf } from "../jobs/kind.ts";
import type { KeyResults } from "../jobs/results.ts";
import type { Task } from "../jobs/task.ts";
import { techniques } from "../techniques/mod.ts";
import type { ImageKind } from "./data.ts";
import type { MicroscopePlan } from "./plan.ts";

/** Width and height. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The images that were made. */
export class Images {
  readonly #paths = new Map<string, string>();
  readonly #sizes = new Map<ImageKind, Size>();

  add(slug: string, channel: number, kind: ImageKind, path: string, { width, height }: Size): void {
    this.#paths.set(`${slug} ${channel}${kind}`, path);
    this.#sizes.set(kind, { width, height });
  }

  /** The folder of an image, if there is one. */
  pathOf(slug: string, channel: number, kind: ImageKind): string | undefined {
    return this.#paths.get(`${slug} ${channel}${kind}`);
  }

  /** How large those of each kind are. */
  sizes(): Partial<Record<ImageKind, Size>> {
    return Object.fromEntries(this.#sizes);
  }
}

/**
 * Makes images.
 *
 * @param items what each is made for, and the task that makes it
 * @returns those that could be made, with what is told of each
 */
export async function rendered<Item extends { readonly task: Task }>(
  plan: MicroscopePlan,
  what: string,
  items: readonly Item[],
  results: KeyResults,
): Promise<readonly { readonly item: Item; readonly told: RenderTold }[]> {
  if (items.length === 0) return [];
  const failed = new Set(await plan.perform(what, items.map(({ task }) => task), results));
  const made: { item: Item; told: RenderTold }[] = [];
  for (const item of items) {
    if (failed.has(item.task.label)) continue;
    const told = await results.told(item.task) as RenderTold;
    if (told.losses.every(Number.isFinite)) made.push({ item, told });
  }
  return made;
}

/** Makes the images of all channels. */
export async function imagesOf(plan: MicroscopePlan, results: KeyResults): Promise<Images> {
  const technique = techniques.get("feature-viz"), model = choiceOf(plan.model), { seed } = plan;
  const items: { task: Task; slug: string; channel: number; kind: ImageKind }[] = [];
  for (const { name, slug, channels } of plan.layers) {
    for (let channel = 0; channel < channels; channel++) {
      for (const [kind, given] of plan.images) {
        const wanted = { ...given, layer: name, channel };
        const options = parseOptions(technique.options, wanted, technique.id);
        const label = `${name}, channel ${channel}${kind.replace("-", ", ")}`;
        const task = await renderTask({ model, technique: technique.id, options, seed }, label);
        items.push({ task, slug, channel, kind });
      }
    }
  }
  const found = new Images();
  for (const { item, told } of await rendered(plan, "images", items, results)) {
    found.add(item.slug, item.channel, item.kind, results.pathOf(item.task), told);
  }
  return found;
}
