/**
 * From a JPEG's channels to its colours, in whole numbers and in libjpeg's order of rounding:
 * smaller channels are enlarged by a triangle filter where they have half the samples, by repeating
 * where they have fewer.
 */
import type { Channel, Frame } from "./_jpeg_frame.ts";
import { blank, type Picture, printed } from "./_picture.ts";

/** What the channels are. */
export type Space = "grey" | "rgb" | "ycc" | "cmyk" | "ycck";

/** Gives a channel's row `y`, as wide as the picture, in `row`. */
type Rows = (y: number, row: Uint8ClampedArray) => void;

function rowsOf({ mostH, mostV, width }: Frame, channel: Channel): Rows {
  const { samples: plane, height } = channel, stride = 8 * channel.stride;
  const across = mostH / channel.h, down = mostV / channel.v;
  const few = channel.width;
  const start = (y: number) => stride * Math.min(height - 1, Math.max(0, y));
  const samples = plane!;
  if (across === 1 && down === 1) {
    return (y, row) => row.set(samples.subarray(start(y), start(y) + width));
  }
  if (across === 1 && down === 2) {
    return (y, row) => {
      const near = start(y >> 1), far = start((y >> 1) + (y & 1 ? 1 : -1)), half = 1 + (y & 1);
      for (let x = 0; x < width; x++) row[x] = samples[near + x] * 3 + samples[far + x] + half >> 2;
    };
  }
  if (across === 2 && down === 1 && few > 2) {
    return (y, row) => {
      const at = start(y);
      for (let i = 0; i < few; i++) {
        const here = samples[at + i] * 3;
        row[2 * i] = i ? here + samples[at + i - 1] + 1 >> 2 : samples[at];
        row[2 * i + 1] = i < few - 1 ? here + samples[at + i + 1] + 2 >> 2 : samples[at + i];
      }
    };
  }
  if (across === 2 && down === 2 && few > 2) {
    return (y, row) => {
      const near = start(y >> 1), far = start((y >> 1) + (y & 1 ? 1 : -1));
      let before = 0, here = samples[near] * 3 + samples[far];
      for (let i = 0; i < few; i++) {
        const after = samples[near + i + 1] * 3 + samples[far + i + 1];
        row[2 * i] = i ? here * 3 + before + 8 >> 4 : here * 4 + 8 >> 4;
        row[2 * i + 1] = i < few - 1 ? here * 3 + after + 7 >> 4 : here * 4 + 7 >> 4;
        before = here;
        here = after;
      }
    };
  }
  return (y, row) => {
    const at = start(Math.floor(y / down));
    for (let i = 0, x = 0; x < width; i++) {
      for (let k = 0; k < across && x < width; k++) row[x++] = samples[at + i];
    }
  };
}

/** What a level of a colour difference adds, times 2¹⁶. */
const table = (factor: number, half = 0) =>
  Int32Array.from({ length: 256 }, (_, level) => Math.round(factor * 65536) * (level - 128) + half);
const RED = table(1.402, 32768).map((v) => v >> 16);
const BLUE = table(1.772, 32768).map((v) => v >> 16);
const GREEN_RED = table(-0.71414), GREEN_BLUE = table(-0.34414, 32768);

/** Puts the channels together. */
export function colour(frame: Frame, space: Space): Picture {
  const { width, height, channels } = frame;
  const picture = blank(width, height), { data } = picture;
  const rows = channels.map((channel) => rowsOf(frame, channel));
  // two more, for enlarged rows of odd width
  const [one, two, three, four] = Array.from({ length: 4 }, () => new Uint8ClampedArray(width + 2));
  const row = [one, two, three, four];
  for (let y = 0, to = 0; y < height; y++) {
    for (let i = 0; i < rows.length; i++) rows[i](y, row[i]);
    if (space === "grey") {
      for (let x = 0; x < width; x++, to += 3) data[to] = data[to + 1] = data[to + 2] = one[x];
      continue;
    }
    const start = to;
    if (space === "ycc" || space === "ycck") {
      for (let x = 0; x < width; x++, to += 3) {
        const level = one[x], blue = two[x], red = three[x];
        data[to] = level + RED[red];
        data[to + 1] = level + (GREEN_BLUE[blue] + GREEN_RED[red] >> 16);
        data[to + 2] = level + BLUE[blue];
      }
    } else {
      for (let x = 0; x < width; x++, to += 3) {
        data[to] = one[x];
        data[to + 1] = two[x];
        data[to + 2] = three[x];
      }
    }
    if (rows.length < 4) continue;
    // Adobe writes inks upside down, and YCCK upside down again: the levels are light already
    for (let x = 0, i = start; x < width; x++, i += 3) {
      const light = four[x];
      for (let k = i; k < i + 3; k++) {
        const ink = space === "ycck" ? data[k] : 255 - data[k];
        data[k] = printed(ink, light);
      }
    }
  }
  return picture;
}
