/** A picture that shows itself. */
import { toBase64 } from "../core/hex.ts";
import { displayed, JUPYTER_DISPLAY, type MediaBundle } from "../core/display.ts";
import type { Picture } from "./_picture.ts";

/** A picture for a notebook: as PNG. */
export async function pngBundle(picture: Picture): Promise<MediaBundle> {
  const { encodePng } = await import("./_png_encode.ts");
  return { "image/png": toBase64(await encodePng(picture)) };
}

/** `cat.png, 256×256 pixels` */
const lineOf = ({ name = "picture", width, height }: Picture & { readonly name?: string }) =>
  `${name}, ${width}×${height} pixels`;

/** Lets a notebook show a picture, and a console print its size instead of its numbers. */
export const shownPicture = <P extends Picture>(picture: P): P =>
  JUPYTER_DISPLAY in picture
    ? picture
    : displayed(picture, () => lineOf(picture), () => pngBundle(picture));
