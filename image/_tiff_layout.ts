/** How a TIFF's pixels are stored. */
import { checkSize, Unreadable } from "./_picture.ts";
import type { Tags } from "./_tiff_tags.ts";

export interface Layout {
  readonly little: boolean;
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly bits: number;
  /** Samples a pixel. */
  readonly samples: number;
  /** Each sample has strips or tiles of its own. */
  readonly planar: boolean;
  readonly compression: number;
  /** What the samples are: 0 white to black, 1 black to white, 2 RGB, 3 palette, 5 CMYK. */
  readonly colours: number;
  /** The alpha behind the colours: none, 1 with the colours multiplied by it, 2 without. */
  readonly alpha: number;
  /** Whether samples are differences to the left. */
  readonly differences: boolean;
  /** Whether the bits of a byte stand the other way round. */
  readonly reversed: boolean;
  /** All reds, all greens, all blues, of 16 bits. */
  readonly palette: readonly number[];
  readonly orientation: number;
}

/** How many samples the colours take. */
export const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4 };

const CODES: Readonly<Record<number, string>> = {
  2: "CCITT",
  3: "CCITT fax",
  4: "CCITT fax",
  6: "JPEG",
  7: "JPEG",
  34712: "JPEG 2000",
  34925: "LZMA",
  50000: "Zstandard",
  50001: "WebP",
};

/** Reads it from the tags. */
export function layoutOf(tags: Tags): Layout {
  const one = (tag: number, missing: number) => tags.values(tag)[0] ?? missing;
  const width = one(256, 0), height = one(257, 0);
  checkSize(width, height);
  const samples = one(277, 1), colours = one(262, -1), compression = one(259, 1);
  const refuse = (what: string) => new Unreadable(`${what}; save it as PNG`);
  if (!(colours in CHANNELS)) {
    throw refuse(`its colours are of a kind that cannot be read (${colours})`);
  }
  if (![1, 5, 8, 32773, 32946].includes(compression)) {
    throw refuse(
      `it is packed by ${CODES[compression] ?? `method ${compression}`}, not readable here`,
    );
  }
  const depths = tags.values(258), bits = depths[0] ?? 1;
  if (![1, 2, 4, 8, 16].includes(bits) || depths.some((depth) => depth !== bits)) {
    throw refuse(
      `it has ${depths.join(", ")} bits a sample, and only 1, 2, 4, 8 and 16 can be read`,
    );
  }
  if (tags.values(339).some((format) => format !== 1 && format !== 4)) {
    throw refuse("its samples are no whole numbers from zero on");
  }
  const channels = CHANNELS[colours];
  if (samples < channels || samples > channels + 4) {
    throw new Unreadable(`it has ${samples} samples a pixel where ${channels} are needed`);
  }
  const predictor = one(317, 1);
  if (predictor > 2 || predictor === 2 && bits < 8) {
    throw refuse(`its samples are predicted in a way that cannot be read (${predictor})`);
  }
  const palette = tags.values(320);
  if (colours === 3 && (bits > 8 || palette.length < 3 << bits)) {
    throw new Unreadable("its palette is malformed");
  }
  const extra = samples > channels ? one(338, 0) : 0, orientation = one(274, 1);
  return {
    little: tags.little,
    width,
    height,
    bits,
    samples,
    planar: one(284, 1) === 2 && samples > 1,
    compression,
    colours,
    alpha: extra === 1 || extra === 2 ? extra : 0,
    differences: predictor === 2 && [5, 8, 32946].includes(compression),
    reversed: one(266, 1) === 2,
    palette,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
  };
}
