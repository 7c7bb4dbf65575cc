/**
 * Draws the pictures that `make.py` trains and judges tiny-cnn with, as raw RGB on the standard
 * output: picture `i` is of class `i % 6`. The same pictures every time.
 *
 *     deno run -A examples/models/draw.ts | python3 examples/models/make.py
 */
import { draw } from "../../world/scene.ts";

const LABELS = ["butterfly", "cat", "fish", "flower", "mushroom", "snail"];
const SIDE = 32, TRAINING = 18_000, HELD_OUT = 1_200, HELD_OUT_SEED = 1_000_000_000;

const seeds = [
  ...Array.from({ length: TRAINING }, (_, i) => i),
  ...Array.from({ length: HELD_OUT }, (_, i) => HELD_OUT_SEED + i),
];
const out = Deno.stdout.writable.getWriter();
for (const [i, seed] of seeds.entries()) {
  const { picture } = draw({ class: LABELS[i % LABELS.length], seed, size: SIDE });
  await out.write(Uint8Array.from(picture.data));
}
await out.close();
