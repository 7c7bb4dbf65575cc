/** Lays points of many dimensions out in a plane: those alike lie together. */
import { platform } from "../platform/mod.ts";
import type { News, Points } from "./_embed_worker.ts";

/** The fewest points that a layout says anything of. */
export const LEAST_LAID_OUT = 10;

/**
 * Positions of points in a plane, by UMAP (McInnes, Healy, Melville 2018, arXiv:1802.03426) with 15
 * neighbours: the same for the same points and seed.
 *
 * @param points `[points, size]`, at least {@link LEAST_LAID_OUT} of them
 * @returns `[points, 2]`, of any extent
 * @throws the signal's reason once it is aborted.
 */
export async function embedded(
  points: Points,
  signal: AbortSignal,
  onProgress: (step: number, of: number) => void,
): Promise<Float32Array> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Float32Array>();
  const helper = platform.startHelper(new URL("./_embed_worker.ts", import.meta.url), {
    hear(message) {
      const news = message as News;
      if ("positions" in news) resolve(news.positions);
      else onProgress(news.step, news.of);
    },
    broke: (fault) => reject(new Error(`The layout of the points has stopped: ${fault}`)),
  });
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    helper.tell(points);
    return await promise;
  } finally {
    helper.end();
    signal.removeEventListener("abort", stop);
  }
}
