// deno-lint-ignore-file no-control-regex -- file signatures hold control characters
/** Pictures in and out: reading, writing, resizing and cropping 8-bit RGB. */
import { shownPicture } from "./display.ts";
import { blank, MAX_PIXELS, type Picture, Unreadable } from "./_picture.ts";
import { type Interpolation, resample } from "./_resample.ts";
import { fileOf, nameOfValue, readFile } from "./_source.ts";
import { UserError } from "../core/errors.ts";
import { oddity } from "../core/oddity.ts";
import { platform } from "../platform/mod.ts";

export { type Interpolation, MAX_PIXELS, type Picture };

/** A picture read from a file, and which file that was. */
export interface SourcePicture extends Picture {
  /** The file's own name, without folders. */
  readonly name: string;
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly sha256: string;
  /** The path that it was read from, as it was given; absent where the bytes came another way. */
  readonly path?: string;
  /** The file's bytes, where they came another way: a run that is saved keeps them. */
  readonly bytes?: Uint8Array;
}

/** What `decodeImage` reads; codecs are loaded when a picture needs them, for a quick start. */
const FORMATS: {
  title: string;
  pattern: RegExp;
  decode(bytes: Uint8Array): Promise<Picture>;
}[] = [
  {
    title: "PNG",
    pattern: /^\x89PNG\r\n\x1a\n/,
    decode: async (bytes) => await (await import("./_png.ts")).decodePng(bytes),
  },
  {
    title: "JPEG",
    pattern: /^\xff\xd8\xff/,
    decode: async (bytes) => (await import("./_jpeg.ts")).decodeJpeg(bytes),
  },
  {
    title: "WebP",
    pattern: /^RIFF[^]{4}WEBP/,
    decode: async (bytes) => await (await import("./_webp.ts")).decodeWebp(bytes),
  },
  {
    title: "GIF",
    pattern: /^GIF8[79]a/,
    decode: async (bytes) => (await import("./_gif.ts")).decodeGif(bytes),
  },
  {
    title: "BMP",
    pattern: /^BM[^]{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0/,
    decode: async (bytes) => (await import("./_bmp.ts")).decodeBmp(bytes),
  },
  {
    title: "TIFF",
    pattern: /^(II\*\0|MM\0\*)/,
    decode: async (bytes) => await (await import("./_tiff.ts")).decodeTiff(bytes),
  },
  {
    title: "PPM",
    pattern: /^P[1-7][\s#]/,
    decode: async (bytes) => (await import("./_pnm.ts")).decodePnm(bytes),
  },
];

/** What else people take for a picture, so that the message can say what it is. */
const LOOKS_LIKE: [RegExp, string][] = [
  [/^(II\+\0|MM\0\+)/, "it is a BigTIFF; save it as PNG or as a TIFF below 4 GB"],
  [
    /^[^]{4}ftyp([^]{4}){0,9}avi[fs]/,
    "it is an AVIF picture, which cannot be read yet; save it as PNG or JPEG",
  ],
  [
    /^[^]{4}ftyp(hei|hev|mif1|msf1)/,
    "it is a HEIC picture, as phones take them, which cannot be read; save it as JPEG",
  ],
  [/^[^]{4}ftyp/, "it looks like a video"],
  [/^(\0\0\0\x0cJXL |\xff\x0a)/, "it is a JPEG XL"],
  [/^%PDF/, "it is a PDF"],
  [/^(PK\x03\x04|\x1f\x8b)/, "it is an archive"],
  [/^\s*(<\?xml[^>]*>\s*)?<svg/i, "it is an SVG"],
];
const TEXT = /^[\t\n\r\x20-\x7e\x80-\xff]+$/;

/** What stands where a picture should. */
function lookOf(bytes: Uint8Array, head: string): string {
  const known = LOOKS_LIKE.find(([pattern]) => pattern.test(head))?.[1];
  if (known) return known;
  const odd = oddity(bytes);
  if (odd) return `it is ${odd}`;
  return TEXT.test(head) ? "it looks like text" : "its format is unknown";
}

/**
 * Reads a picture file: PNG, JPEG, WebP, GIF, BMP, TIFF or PPM, known by its bytes, not by its name.
 *
 * @throws UserError where the file is missing, cannot be read or does not hold such a picture.
 *
 * @example
 * ```ts
 * const { width, height, sha256 } = await loadImage("cat.jpg");
 * ```
 */
export async function loadImage(source: string | URL): Promise<SourcePicture> {
  const { bytes, ...file } = await pictureFile(source);
  return shownPicture({ ...await decodeImage(bytes, file.name), ...file });
}

/**
 * Reads a picture's file without looking at the picture.
 *
 * @throws UserError where it is missing or cannot be read.
 */
export async function pictureFile(
  source: string | URL,
): Promise<Required<Pick<SourcePicture, "name" | "sha256" | "path">> & { bytes: Uint8Array }> {
  const file = fileOf(source), bytes = await readFile(file);
  const path = file instanceof URL ? decodeURIComponent(file.pathname) : file;
  return { name: path.split(/[\\/]/).at(-1)!, sha256: await platform.sha256(bytes), path, bytes };
}

/**
 * Decodes a picture's bytes to 8-bit RGB: PNG (every kind), JPEG (baseline and progressive; grey,
 * colour, CMYK), WebP and GIF (the first frame), BMP, TIFF (plain, PackBits, LZW, deflate; the first
 * picture), PPM, PGM, PBM and PAM. Alpha goes over white, 16-bit samples keep their high byte (PPM's
 * are rounded), orientation is applied, colour profiles are not. Sizes are checked in the header
 * before anything is allocated for them, and damaged or cut-off files are refused rather than
 * filled in.
 *
 * @param name what error messages call the picture
 * @throws UserError where the bytes are no such picture, are damaged, or hold more than 64 million
 * pixels.
 * @example
 * ```ts
 * const picture = await decodeImage(await Deno.readFile("cat.jpg"), "cat");
 * ```
 */
export async function decodeImage(bytes: Uint8Array, name = "picture"): Promise<Picture> {
  if (!(bytes instanceof Uint8Array)) {
    throw new UserError(
      `Cannot read picture "${name}": its bytes are needed as a Uint8Array, not as ` +
        `${nameOfValue(bytes)}; \`loadImage\` takes a path.`,
    );
  }
  const head = String.fromCharCode(...bytes.subarray(0, 256));
  const format = FORMATS.find(({ pattern }) => pattern.test(head));
  if (!format) {
    const known = FORMATS.map(({ title }) => title).join(", ");
    const message = `Cannot read picture "${name}": ${
      lookOf(bytes, head)
    }. Formats that work: ${known}.`;
    throw new UserError(message, { code: "bad-file" });
  }
  try {
    return shownPicture(await format.decode(bytes));
  } catch (error) {
    const isDamaged = error instanceof Unreadable;
    if (!isDamaged && platform.fault(error) !== "forbidden") throw error;
    const reason = isDamaged
      ? error.message
      : `the codec's file cannot be read: ${platform.reason(error)}`;
    throw new UserError(`Cannot read picture "${name}" as ${format.title}: ${reason}.`, {
      code: "bad-file",
      cause: error,
    });
  }
}

/**
 * Encodes a picture as PNG (8-bit RGB). The same picture gives the same bytes.
 *
 * @example
 * ```ts
 * await Deno.writeFile("copy.png", await encodePng(image));
 * ```
 */
export async function encodePng(picture: Picture): Promise<Uint8Array<ArrayBuffer>> {
  return await (await import("./_png_encode.ts")).encodePng(picture);
}

/**
 * Encodes frames as an animated GIF that repeats for ever, with one palette of 256 colours for all.
 *
 * @param options.delayMs how long each frame shows, in milliseconds; GIF rounds to 10
 * @throws RangeError where there are no frames or their sizes differ.
 * @example
 * ```ts
 * const frames = [1, 2, 4].map((n) => resize(resize(image, n, n, "bilinear"), 64, 64, "nearest"));
 * await Deno.writeFile("sharper.gif", await encodeGif(frames, { delayMs: 200 }));
 * ```
 */
export async function encodeGif(
  frames: readonly Picture[],
  options: { delayMs: number },
): Promise<Uint8Array<ArrayBuffer>> {
  checkFrames(frames);
  return (await import("./_gif_encode.ts")).encodeGif(frames, options.delayMs);
}

/** The most pixels that a side of a WebP may have. */
export const MAX_WEBP_SIDE = 16_383;

/**
 * Encodes frames as an animated WebP that repeats for ever, each with colours of its own; one frame
 * alone gives a still one.
 *
 * @param options.delayMs how long each frame shows, in whole milliseconds, up to 16 777 215
 * @param options.lossless whether every pixel must stay as it is, which takes as many bytes as PNG;
 * without it files are a few times smaller, and colours that change from pixel to pixel run together
 * @throws RangeError where there are no frames or their sizes differ.
 * @throws UserError where a side is longer than 16 383 pixels, or the delay cannot be written.
 * @example
 * ```ts
 * const frames = [1, 2, 4].map((n) => resize(resize(image, n, n, "bilinear"), 64, 64, "nearest"));
 * await Deno.writeFile("sharper.webp", await encodeWebp(frames, { delayMs: 200 }));
 * ```
 */
export async function encodeWebp(
  frames: readonly Picture[],
  options: { delayMs: number; lossless?: boolean },
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = checkFrames(frames), { delayMs, lossless = false } = options;
  if (Math.max(width, height) > MAX_WEBP_SIDE) {
    throw new UserError(
      `Cannot write a WebP of ${width}×${height} pixels: a side may have ${MAX_WEBP_SIDE} at most; ` +
        "`resize` makes the frames smaller.",
    );
  }
  if (!Number.isInteger(delayMs) || delayMs < 0 || delayMs >= 2 ** 24) {
    throw new UserError(
      `Cannot write a WebP whose frames show for ${delayMs} ms: that must be a whole number, ` +
        `0 to ${2 ** 24 - 1}.`,
    );
  }
  return await (await import("./_webp_encode.ts")).encodeWebp(frames, delayMs, lossless);
}

/** The first of the frames of an animation, whose size they all must have. */
function checkFrames(frames: readonly Picture[]): Picture {
  const [first] = frames;
  if (!first || frames.some((f) => f.width !== first.width || f.height !== first.height)) {
    throw new RangeError("An animation needs frames, all of one size");
  }
  return first;
}

/**
 * Resizes a picture to exactly `width`×`height`, equal to Pillow's antialiased `resize`.
 *
 * @throws UserError where the size is not whole, not positive, or above 64 million pixels.
 * @example
 * ```ts
 * const small = resize(image, 32, 32, "bilinear");
 * ```
 */
export function resize(
  picture: Picture,
  width: number,
  height: number,
  interpolation: Interpolation,
): Picture {
  // Between the two passes the picture has its new width and its old height.
  checkTarget("resize", picture, width, height, Math.max(height, picture.height));
  return resample(picture, width, height, interpolation);
}

/**
 * Cuts `width`×`height` out of the middle, as torchvision's `center_crop` does: an odd rest leaves
 * the middle by half a pixel, rounded half to even; a picture that is smaller gets black around it.
 *
 * @throws UserError where the size is not whole, not positive, or above 64 million pixels.
 */
export function centerCrop(picture: Picture, width: number, height: number): Picture {
  checkTarget("crop", picture, width, height);
  const left = cropStart(picture.width, width), top = cropStart(picture.height, height);
  return cut(picture, { left, top, width, height });
}

/** A rectangle of a picture; what of it lies beside the picture is black. */
export function cut(
  picture: Picture,
  { left, top, width, height }: Readonly<Record<"left" | "top" | "width" | "height", number>>,
): Picture {
  const result = blank(width, height);
  const begin = Math.max(0, left), end = Math.min(picture.width, left + width);
  for (let y = Math.max(0, top); y < Math.min(picture.height, top + height); y++) {
    const row = picture.data.subarray(
      3 * (y * picture.width + begin),
      3 * (y * picture.width + end),
    );
    result.data.set(row, 3 * ((y - top) * width + begin - left));
  }
  return result;
}

/** Where a crop begins; negative where the picture is padded first. */
export function cropStart(size: number, crop: number): number {
  if (crop > size) return -Math.floor((crop - size) / 2);
  const half = (size - crop) / 2;
  const below = Math.floor(half);
  return half === below || below % 2 === 0 ? below : below + 1;
}

function checkTarget(
  verb: string,
  picture: Picture,
  width: number,
  height: number,
  rows = height,
): void {
  const whole = [width, height].every((n) => Number.isInteger(n) && n > 0);
  if (whole && width * rows <= MAX_PIXELS) return;
  throw new UserError(
    `Cannot ${verb} a ${picture.width}×${picture.height} picture to ${width}×${height}: ` +
      (whole
        ? `that takes ${width}×${rows} pixels, and the limit is ${MAX_PIXELS / 1e6} million.`
        : "width and height must be whole and positive."),
  );
}
