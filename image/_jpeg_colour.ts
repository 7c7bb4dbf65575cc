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

/** A row of levels, and where it goes. */
type Row = Uint8ClampedArray;

function greyRow(levels: Row, width: number, to: Row, at: number): void {
  for (let x = 0; x < width; x++, at += 3) to[at] = to[at + 1] = to[at + 2] = levels[x];
}

function plainRow(red: Row, green: Row, blue: Row, width: number, to: Row, at: number): void {
  for (let x = 0; x < width; x++, at += 3) {
    to[at] = red[x];
    to[at + 1] = green[x];
    to[at + 2] = blue[x];
  }
}

function yccRow(levels: Row, blues: Row, reds: Row, width: number, to: Row, at: number): void {
  for (let x = 0; x < width; x++, at += 3) {
    const level = levels[x], blue = blues[x], red = reds[x];
    to[at] = level + RED[red];
    to[at + 1] = level + (GREEN_BLUE[blue] + GREEN_RED[red] >> 16);
    to[at + 2] = level + BLUE[blue];
  }
}

/**
 * Prints three inks, or what YCC says of them, and black. Adobe writes inks upside down, and YCCK
 * upside down again: what is stored is light.
 */
function inkRow(to: Row, at: number, lights: Row, width: number, upright: boolean): void {
  for (let x = 0; x < width; x++) {
    for (let i = 0; i < 3; i++, at++) {
      to[at] = printed(upright ? to[at] : 255 - to[at], lights[x]);
    }
  }
}

/** Puts the channels together. */
export function colour(frame: Frame, space: Space): Picture {
  const { width, height, channels } = frame;
  const picture = blank(width, height), { data } = picture;
  const rows = channels.map((channel) => rowsOf(frame, channel));
  // two more, for enlarged rows of odd width
  const row = channels.map(() => new Uint8ClampedArray(width + 2));
  const [one, two, three, four] = row;
  for (let y = 0; y < height; y++) {
    const at = 3 * y * width;
    for (let i = 0; i < rows.length; i++) rows[i](y, row[i]);
    if (space === "grey") greyRow(one, width, data, at);
    else if (space === "ycc" || space === "ycck") yccRow(one, two, three, width, data, at);
    else plainRow(one, two, three, width, data, at);
    if (four) inkRow(data, at, four, width, space === "ycck");
  }
  return picture;
}
