/**
 * TIFF 6.0: the first picture of a file, in strips or tiles, plain or packed by PackBits, LZW or
 * deflate; grey, colour, palette and CMYK of 1 to 16 bits. Written here so that nothing is allocated
 * on a header's word.
 */
import { orient } from "./_exif.ts";
import { blank, checkYield, type Picture } from "./_picture.ts";
import { pieces, unpackPiece } from "./_tiff_data.ts";
import { layoutOf } from "./_tiff_layout.ts";
import { painter } from "./_tiff_pixels.ts";
import { readDirectory } from "./_tiff_tags.ts";

/** Decodes the first picture and turns it upright; alpha goes over white. */
export async function decodeTiff(bytes: Uint8Array): Promise<Picture> {
  const tags = readDirectory(bytes), layout = layoutOf(tags);
  const { width, height, samples, bits } = layout;
  checkYield(layout, width * height * samples * bits / 8, bytes);
  let picture: Picture | undefined, paint: ReturnType<typeof painter> | undefined;
  for (const piece of pieces(bytes, tags, layout)) {
    const planes: Uint8Array[] = [];
    for (const data of piece.planes) planes.push(await unpackPiece(data, piece, layout));
    // not before a piece has shown that there are pixels
    picture ??= blank(width, height);
    paint ??= painter(layout, picture);
    paint(piece, planes);
  }
  return orient(picture!, layout.orientation);
}
