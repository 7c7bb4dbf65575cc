import { z } from "../deps/zod.ts";
import { UserError } from "../core/errors.ts";
import { parseSize, signedOptions } from "../core/options.ts";
import type { Size } from "../image/preprocess.ts";
import { type AttributionTechnique, defineTechnique } from "../run/technique.ts";
import type { OcclusionOptions } from "./options.ts";
import { sizeOf, values } from "../core/values.ts";
import { read } from "../engine/read.ts";
import { baseline, baselineOption } from "../run/baseline.ts";
import { signedResult } from "./_shown.ts";
import { scoreWindows } from "./_windows.ts";

/** `[start, end)` of the windows along one axis; the last one may be cut off by the border. */
function spans(size: number, window: number, stride: number): [start: number, end: number][] {
  const count = Math.ceil((size - window) / stride) + 1;
  return Array.from(
    { length: count },
    (_, i) => [i * stride, Math.min(size, i * stride + window)],
  );
}

const sidesOption = (meaning: string) =>
  z.union([
    z.int().min(1).max(10_000),
    z.string().regex(/^\s*0*[1-9]\d{0,4}\s*([x×]\s*0*[1-9]\d{0,4}\s*)?$/i),
  ]).optional().describe(meaning).meta({ takes: "pixels, or WIDTHxHEIGHT of them" });

const square = (side: number): Size => ({ width: side, height: side });

function sidesOf(given: number | string | undefined): Size | undefined {
  if (given === undefined) return undefined;
  return /^\s*\d+\s*$/.test(String(given)) ? square(Number(given)) : parseSize(String(given));
}

/** A square by its side, another window as WIDTHxHEIGHT. */
const textOf = ({ width, height }: Size): number | string =>
  width === height ? width : `${width}x${height}`;

/**
 * Occlusion: how far the class's logit falls when a window of the picture is covered. A pixel gets
 * the mean over the windows that cover it. The attribution is signed, `[height, width, channels]`, the same
 * for each colour. Windows lie as in Captum: from the first pixel on, the last ones partly outside.
 */
export const occlusion: AttributionTechnique<OcclusionOptions> = defineTechnique({
  id: "occlusion",
  title: "Occlusion",
  kind: "attribution",
  summary: "How much the class's score falls when a part of the picture is covered",
  caution:
    "It finds only what one window can cover, and a covered picture is unlike any that the " +
    "network was trained on: another fill may tell another story.",
  paper: {
    citation: "Zeiler, Fergus 2013, Visualizing and Understanding Convolutional Networks",
    url: "https://arxiv.org/abs/1311.2901",
    equation: "R = mean over the windows w on a pixel of S_c(x) − S_c(x with w filled)",
  },
  options: signedOptions.extend({
    window: sidesOption(
      "Covered window in pixels, a square's side or WIDTHxHEIGHT; default: an eighth of the shorter side",
    ),
    stride: sidesOption(
      "Pixels from one window to the next, or WIDTHxHEIGHT of them; default: half a window",
    ),
    fill: baselineOption("What the window is filled with"),
  }),
  async *run({ model, image, options, target, random, signal }) {
    const [, height, width, channels] = image.input.shape, shorter = Math.min(height, width);
    const window = sidesOf(options.window) ?? square(Math.max(1, Math.round(shorter / 8)));
    const stride = sidesOf(options.stride) ?? {
      width: Math.max(1, Math.floor(window.width / 2)),
      height: Math.max(1, Math.floor(window.height / 2)),
    };
    if (window.width > width || window.height > height) {
      throw new UserError(
        `Cannot cover ${width}×${height} pixels with a window of ${window.width}×${window.height}.`,
        { code: "bad-option", option: "window" },
      );
    }
    if (stride.width > window.width || stride.height > window.height) {
      throw new UserError(
        `A stride of ${stride.width}×${stride.height} leaves gaps between windows of ` +
          `${window.width}×${window.height}: that is the most.`,
        { code: "bad-option", option: "stride" },
      );
    }
    const input = await read(image.input);
    const fill = await baseline(options.fill, input, model.preprocess, random);
    const columns = spans(width, window.width, stride.width);
    const windows = spans(height, window.height, stride.height)
      .flatMap((rows) => columns.map((columns) => ({ rows, columns })));

    const falls = new Float64Array(height * width), times = new Float64Array(height * width);
    const images = { image: input, other: fill };
    for await (const batch of scoreWindows(model, images, windows, signal)) {
      target.scores(batch.logits).forEach((score, i) => {
        const { rows, columns } = windows[batch.from + i];
        for (let y = rows[0]; y < rows[1]; y++) {
          for (let x = columns[0]; x < columns[1]; x++) {
            falls[y * width + x] += target.logit - score;
            times[y * width + x]++;
          }
        }
      });
      yield { step: batch.to, of: windows.length };
    }
    const shape = [height, width, channels];
    const attribution = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
      const at = Math.floor(i / channels);
      return falls[at] / times[at];
    });
    return signedResult(values(attribution, shape), options, {
      figures: { window: textOf(window), stride: textOf(stride) },
    });
  },
});
