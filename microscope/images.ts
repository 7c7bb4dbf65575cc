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

/** Makes the images of all channels. */
export async function imagesOf(plan: MicroscopePlan, results: KeyResults): Promise<Images> {
  const technique = techniques.get("feature-viz"), model = choiceOf(plan.model), { seed } = plan;
  const tasks: { task: Task; keep(told: RenderTold): void }[] = [], found = new Images();
  for (const { name, slug, channels } of plan.images.size ? plan.layers : []) {
    for (let channel = 0; channel < channels; channel++) {
      for (const [kind, wanted] of plan.images) {
        const given = { ...wanted, layer: name, channel };
        const options = parseOptions(technique.options, given, technique.id);
        const label = `${name}, channel ${channel}${kind.replace("-", ", ")}`;
        const task = await renderTask({ model, technique: technique.id, options, seed }, label);
        const path = results.pathOf(task);
        tasks.push({ task, keep: (told) => found.add(slug, channel, kind, path, told) });
      }
    }
  }
  if (tasks.length === 0) return found;
  const failed = new Set(await plan.perform("images", tasks.map(({ task }) => task), results));
  for (const { task, keep } of tasks) {
    if (failed.has(task.label)) continue;
    const told = await results.told(task) as RenderTold;
    if (told.losses.every(Number.isFinite)) keep(told);
  }
  return found;
}
