/** Where the thing in a picture is, as the network sees the picture. */
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import { type Values, values } from "../core/values.ts";
import { loadImage, type Picture } from "../image/mod.ts";
import type { Model } from "./model.ts";
import { preparedFor } from "./prepared.ts";

/**
 * A mask: a picture that is white where the thing is and black around it, or the path of one, as
 * large as the picture that was explained or as what the network sees of it; or numbers, `[height,
 * width]` of the network's input, above 0.5 where the thing is.
 */
export type MaskRequest = string | Picture | Values;

/** How much of an importance, `[height, width]`, speaks for the target, and how much of that is in a mask. */
export function massOf(importance: Values, mask: Values): { all: number; inside: number } {
  let all = 0, inside = 0;
  importance.forEach((v, at) => {
    if (!(v > 0)) return;
    all += v;
    if (mask[at]) inside += v;
  });
  return { all, inside };
}

/** How many pixels a mask has. */
export const areaOf = (mask: Values): number => mask.reduce((a, b) => a + b, 0);

/** Brighter is the thing. */
const HALF = 127.5;

/**
 * A mask as `[height, width]` of the network's input, 1 where the thing is and 0 around it: a picture's
 * is resized and cropped as the picture was.
 *
 * @param source The picture that was explained; `seen`, what the network saw of it.
 * @throws UserError for a mask of another size, and for one that is the same everywhere.
 */
export async function maskOf(
  request: MaskRequest,
  model: Model,
  { source, seen }: { readonly source: Picture; readonly seen: Picture },
): Promise<Values> {
  const { height, width } = seen;
  const refuse = (reason: string) =>
    new UserError(`Cannot use the mask: ${reason}.`, { code: "bad-option", option: "mask" });
  const misfit = (size: string) =>
    refuse(
      `it is ${size}, the picture ${source.width}×${source.height}` +
        (source.width === width && source.height === height
          ? ""
          : `, of which the network sees ${width}×${height}`),
    );
  let inside: (at: number) => boolean;
  if (typeof request !== "string" && "shape" in request) {
    if (`${request.shape}` !== `${[height, width]}`) throw misfit(`[${request.shape.join(", ")}]`);
    inside = (at) => request[at] > 0.5;
  } else {
    const mask = typeof request === "string" ? await loadImage(request) : request;
    const is = (size: Picture) => mask.width === size.width && mask.height === size.height;
    if (!is(source) && !is(seen)) throw misfit(`${mask.width}×${mask.height}`);
    const { data } = is(source) ? preparedFor(mask, model).picture : mask;
    inside = (at) => (data[3 * at] + data[3 * at + 1] + data[3 * at + 2]) / 3 > HALF;
  }
  const mask = values(
    Float32Array.from({ length: height * width }, (_, at) => inside(at) ? 1 : 0),
    [height, width],
  );
  const area = areaOf(mask);
  if (area === 0 || area === mask.length) {
    throw refuse(
      `${area === 0 ? "nothing" : "all"} of what the network sees is marked: ${option("mask")} ` +
        "takes a picture that is white where the thing is, and black around it",
    );
  }
  return mask;
}
