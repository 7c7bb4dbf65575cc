/**
 * A dream that is fallen into: each frame is dreamed on from the middle of the one before.
 *
 *     deno run -A examples/dream_video.ts [PICTURE [RESULT.gif]]
 */
import { centerCrop, deepdream, encodeGif, loadImage, loadModel } from "../mod.ts";
import { type Picture, resize, visualize } from "../mod.ts";

const [source = new URL("images/butterfly-12.png", import.meta.url), result = "dream_video.gif"] =
  Deno.args;
const SIDE = 72, FRAMES = 12, ZOOM = 4; // pixels that are cut off each side
const model = await loadModel("phosphene-vgg");

let frame: Picture = resize(await loadImage(source), SIDE, SIDE, "bilinear");
const frames = [frame];
while (frames.length < FRAMES) {
  const middle = centerCrop(frame, SIDE - 2 * ZOOM, SIDE - 2 * ZOOM);
  const { final } = await visualize(deepdream, {
    model,
    image: resize(middle, SIDE, SIDE, "bicubic"),
    options: {
      ...{ layer: "features.32", channel: 11, size: `${SIDE}x${SIDE}`, steps: 4 },
      ...{ optimizer: "adam", learningRate: 0.05, weightDecay: 0 },
    },
  });
  frames.push(frame = final);
}
await Deno.writeFile(result, await encodeGif(frames, { delayMs: 100 }));
console.log(`${frames.length} frames, ${result}`);
