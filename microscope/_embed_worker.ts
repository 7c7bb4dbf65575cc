/** Lays points out by UMAP, beside the program: one call of it may take longer than anybody waits. */
import { UMAP } from "../deps/umap.ts";
import { random } from "../core/random.ts";
import { platform } from "../platform/mod.ts";

/** Points `[points, size]`, and what chance is drawn by. */
export interface Points {
  readonly data: Float32Array;
  readonly size: number;
  readonly seed: number;
}

/** How far it has come, and at the end where the points lie: `[points, 2]`. */
export type News =
  | { readonly step: number; readonly of: number }
  | { readonly positions: Float32Array };

/** Neighbours that each point is kept near, and how near the nearest ones may lie. */
const NEIGHBOURS = 15, MIN_DISTANCE = 0.1;
/** Epochs between two pieces of news. */
const TELL_EVERY = 10;

function layOut({ data, size, seed }: Points, tell: (news: News) => void): void {
  const count = data.length / size, drawn = random(seed);
  const points = Array.from(
    { length: count },
    (_, i) => [...data.subarray(i * size, (i + 1) * size)],
  );
  const umap = new UMAP({
    nNeighbors: Math.min(NEIGHBOURS, count - 1),
    minDist: MIN_DISTANCE,
    random: drawn.next,
  });
  const of = umap.initializeFit(points);
  for (let step = 1; step <= of; step++) {
    umap.step();
    if (step % TELL_EVERY === 0) tell({ step, of });
  }
  tell({ positions: Float32Array.from(umap.getEmbedding().flat()) });
}

platform.starter.hear((message) => layOut(message as Points, platform.starter.tell));
