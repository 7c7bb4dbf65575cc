/** Channels that say nothing of any picture. */
import { op } from "../engine/ops/mod.ts";
import type { KeyResults } from "../jobs/results.ts";
import { readScan, type ScanInput, scanTask, type ScanTold } from "../jobs/kinds/scan.ts";
import { choiceOf, type FileChoice } from "../jobs/kind.ts";
import { batches } from "../run/batches.ts";
import type { Model } from "../run/model.ts";
import type { Channels } from "./data.ts";
import type { Perform } from "./plan.ts";

/** More layers than this are not looked into: the last ones are. */
const MOST_LAYERS = 48;
/** Pictures that one task looks at. */
const AT_ONCE = 100;

/** The layers that let nothing below zero through. */
export function rectifiers({ network: { graph } }: Model): readonly string[] {
  const rectified = graph.nodes.filter((node) => op(node.op).traits.rectifies);
  return rectified.slice(-MOST_LAYERS).map(({ name }) => name);
}

/** Of each such layer, the channels that are not above zero on any of the pictures. */
export async function deadChannels(
  model: Model,
  pictures: readonly FileChoice[],
  results: KeyResults,
  perform: Perform,
): Promise<readonly Channels[]> {
  const layers = rectifiers(model);
  if (layers.length === 0) return [];
  const tasks = await Promise.all(
    [...batches(pictures.length, AT_ONCE)].map(([from, to]) => {
      const some = pictures.slice(from, to);
      const input: ScanInput = { model: choiceOf(model), layers, pictures: some, sampled: 1 };
      return scanTask(input, `layers of pictures ${from + 1} to ${to}`);
    }),
  );
  await perform("layers", tasks, results);
  const highest: (Float32Array | undefined)[] = layers.map(() => undefined);
  for (const task of tasks) {
    const path = await results.find(task);
    if (path === undefined || (await results.told(task) as ScanTold).read.length === 0) continue;
    for (const [i] of layers.entries()) {
      const { max } = await readScan(path, i), channels = max.shape[1];
      const own = highest[i] ??= new Float32Array(channels);
      max.forEach((v, at) => own[at % channels] = Math.max(own[at % channels], v));
    }
  }
  return layers.flatMap((layer, i) => {
    const own = highest[i];
    if (!own) return [];
    const dead = Array.from(own, (_, channel) => channel).filter((channel) => !(own[channel] > 0));
    return [{ layer, channels: own.length, dead }];
  });
}
