/// <reference lib="deno.worker" />
/** Draws runs of pictures on its own core. */
import { describe, type Order, SIZE } from "./pictures.ts";
import { draw } from "../world/scene.ts";

self.onmessage = ({ data }: MessageEvent<Order>) => {
  const { set, from, count } = data, bytes = SIZE * SIZE * 3;
  const pictures = new Uint8Array(count * bytes);
  for (let i = 0; i < count; i++) {
    pictures.set(draw(describe(set, from + i)).picture.data, i * bytes);
  }
  self.postMessage(pictures, [pictures.buffer]);
};
