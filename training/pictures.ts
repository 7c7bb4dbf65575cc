/** The sets of pictures that the networks learn from and are judged by, as raw RGB files. */
import { CLASSES, type Difficulty, type DrawOptions } from "../world/scene.ts";
import { platform } from "../platform/mod.ts";

/** Which pictures a set holds. Its picture `i` is of class `i % CLASSES.length`. */
export interface PictureSet {
  readonly count: number;
  /** The first picture's seed; the others follow on. */
  readonly seed: number;
  /** Every picture's difficulty, or "mixed": one in three is hard. */
  readonly difficulty: Difficulty | "mixed";
}

/** The width and height of every picture. */
export const SIZE = 64;

/** What picture `i` of a set shows. */
export const describe = (set: PictureSet, i: number): DrawOptions => ({
  class: CLASSES[i % CLASSES.length],
  seed: set.seed + i,
  size: SIZE,
  difficulty: set.difficulty === "mixed" ? (i % 3 === 2 ? "hard" : "normal") : set.difficulty,
});

/** What a drawing worker is asked for. */
export interface Order {
  readonly set: PictureSet;
  readonly from: number;
  readonly count: number;
}

/**
 * Draws a set on all cores into `file`: `count` pictures of 64 × 64 × 3 bytes, one after another.
 * The file appears when it is whole.
 */
export const drawSet = (
  file: string,
  set: PictureSet,
  progress: (drawn: number) => void = () => {},
): Promise<void> => platform.writeWhole(file, (partial) => drawInto(partial, set, progress));

async function drawInto(file: string, set: PictureSet, progress: (drawn: number) => void) {
  const bytes = SIZE * SIZE * 3, chunk = 100;
  using out = await Deno.open(file, { create: true, write: true });
  let next = 0, drawn = 0;
  const work = async () => {
    const worker = new Worker(new URL("./_draw_worker.ts", import.meta.url), { type: "module" });
    try {
      while (next < set.count) {
        const from = next, count = Math.min(chunk, set.count - from);
        next += count;
        const pictures = await ask(worker, { set, from, count });
        out.seekSync(from * bytes, Deno.SeekMode.Start);
        for (let at = 0; at < pictures.length;) at += out.writeSync(pictures.subarray(at));
        progress(drawn += count);
      }
    } finally {
      worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, work));
}

const ask = (worker: Worker, order: Order): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(order);
  });
