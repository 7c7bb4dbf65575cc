/** What layers say of the concepts' pictures and of the random ones. */
import type { Model } from "../run/model.ts";
import { showAll } from "./_batches.ts";
import { checkCount, LEAST } from "./_request.ts";
import { Rows } from "./_rows.ts";
import type { ConceptRequest, PictureSource } from "./data.ts";

/** Pictures that are read one group after another: each concept's, and then the random ones. */
export interface Group {
  /** What messages call them. */
  readonly of: string;
  /** The option that names them. */
  readonly option: string;
  readonly sources: readonly PictureSource[];
}

/** The activations of all groups. */
export interface Activations {
  /** Of each layer, in the order of the groups. */
  readonly layers: readonly Rows[];
  /** Of each row the number of its group. */
  readonly group: readonly number[];
  /** Of each row its file's hash, where it has a file. */
  readonly names: readonly (string | undefined)[];
}

/** Where each layer's rows go. */
export const rowsOf = (
  { network, inputSize: { height, width } }: Model,
  layers: readonly string[],
  pool: boolean,
): Rows[] => layers.map((layer) => new Rows(layer, network.shapeOf(layer, height, width), pool));

/**
 * Reads the groups.
 *
 * @throws UserError for too few pictures, and for more numbers than fit.
 */
export async function activationsOf(
  request: Pick<ConceptRequest, "model" | "signal" | "onUnreadable" | "onProgress">,
  groups: readonly Group[],
  layers: readonly Rows[],
): Promise<Activations> {
  const { model: { network }, signal } = request, taps = layers.map(({ layer }) => layer);
  const of = groups.reduce((sum, { sources }) => sum + sources.length, 0);
  for (const { of, option, sources } of groups) checkCount(sources.length, LEAST, of, option);
  Rows.check(layers, of);
  const group: number[] = [], names: (string | undefined)[] = [];
  let before = 0;
  for (const [number, { of: what, option, sources }] of groups.entries()) {
    const batches = showAll(request, sources, false, async ({ images, names }) => {
      const pass = await network.forward(images, { taps, signal });
      try {
        const rows: Float32Array[][] = [];
        for (const layer of layers) {
          const value = pass.value(layer.layer);
          rows.push(layer.of(await value.data<"float32">(), value.shape, true));
        }
        return { rows, names };
      } finally {
        pass.dispose();
      }
    });
    for await (const { done, looked } of batches) {
      for (const { rows, names: own } of looked) {
        rows.forEach((some, i) => layers[i].all.push(...some));
        names.push(...own);
        group.push(...own.map(() => number));
      }
      request.onProgress?.("activations", before + done, of);
    }
    before += sources.length;
    checkCount(
      group.filter((one) => one === number).length,
      LEAST,
      `${what} that can be read`,
      option,
    );
  }
  return { layers, group, names };
}
