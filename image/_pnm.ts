/**
 * PBM, PGM, PPM and PAM (Netpbm): a few words, then levels as text or as bytes. Levels of any maximum
 * are rounded to 8 bits, as Pillow does.
 */
import { ascii, blank, checkSize, onWhite, type Picture, Unreadable } from "./_picture.ts";

interface Header {
  readonly width: number;
  readonly height: number;
  /** Levels a pixel: grey, colour, and perhaps alpha behind them. */
  readonly depth: number;
  readonly most: number;
  /** Where the levels begin. */
  readonly at: number;
  /** Levels are bits, eight a byte, and 1 is black. */
  readonly bits: boolean;
  readonly plain: boolean;
}

/** Decodes the first picture of a file. */
export function decodePnm(bytes: Uint8Array): Picture {
  const kind = bytes[1] - 0x30;
  const header = kind === 7 ? readPam(bytes) : readHeader(bytes, kind);
  const { width, height, depth, most } = header;
  checkSize(width, height);
  if (!(most >= 1 && most <= 65535)) {
    throw new Unreadable(`its header says that levels go to ${most}, and 1 to 65535 can be read`);
  }
  const next = header.plain ? plainLevels(bytes, header) : binaryLevels(bytes, header);
  const scale = Uint8Array.from({ length: most + 1 }, (_, level) => halfToEven(level / most * 255));
  const level = () => scale[next()];
  const picture = blank(width, height), { data } = picture;
  for (let to = 0; to < data.length; to += 3) {
    data[to] = level();
    data[to + 1] = depth > 2 ? level() : data[to];
    data[to + 2] = depth > 2 ? level() : data[to];
    if (depth % 2) continue;
    const alpha = level();
    for (let i = to; i < to + 3; i++) data[i] = onWhite(data[i], alpha);
  }
  return picture;
}

function halfToEven(n: number): number {
  const below = Math.floor(n);
  return n - below === 0.5 ? below + below % 2 : Math.round(n);
}

const isSpace = (byte: number) => byte === 0x20 || byte >= 9 && byte <= 13;

/** Reads words from place `at`; comments go from `#` to the end of their line. */
function words(bytes: Uint8Array, at: number) {
  const skip = () => {
    for (; at < bytes.length && (isSpace(bytes[at]) || bytes[at] === 0x23); at++) {
      if (bytes[at] === 0x23) {
        while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at++;
      }
    }
  };
  return {
    /** The next word, of at most 20 letters. */
    next(): string {
      skip();
      const start = at;
      while (at < bytes.length && !isSpace(bytes[at]) && bytes[at] !== 0x23 && at - start < 20) {
        at++;
      }
      if (start === at) throw new Unreadable("it is cut off");
      return ascii(bytes.subarray(start, at));
    },
    /** The next digit, which may stand close to others. */
    digit(): number {
      skip();
      if (at >= bytes.length) throw new Unreadable("it is cut off");
      return bytes[at++] - 0x30;
    },
    place: () => at,
  };
}

function whole(word: string): number {
  if (!/^\d{1,9}$/.test(word)) throw new Unreadable(`a number is written ${JSON.stringify(word)}`);
  return Number(word);
}

function readHeader(bytes: Uint8Array, kind: number): Header {
  const { next, place } = words(bytes, 2), bits = kind % 3 === 1;
  const width = whole(next()), height = whole(next());
  const most = bits ? 1 : whole(next());
  // one space, then the levels
  return { width, height, depth: kind % 3 ? 1 : 3, most, at: place() + 1, bits, plain: kind < 4 };
}

function readPam(bytes: Uint8Array): Header {
  const { next, place } = words(bytes, 2), said = new Map<string, string>();
  for (let word; (word = next()) !== "ENDHDR";) said.set(word, next());
  const number = (name: string) => whole(said.get(name) ?? "");
  const [width, height, depth] = ["WIDTH", "HEIGHT", "DEPTH"].map(number);
  if (depth < 1 || depth > 4) {
    throw new Unreadable(`it has ${depth} channels, and only 1 to 4 can be read`);
  }
  const most = number("MAXVAL");
  return { width, height, depth, most, at: place() + 1, bits: false, plain: false };
}

const cutOff = () => new Unreadable("it is cut off");

function plainLevels(bytes: Uint8Array, { width, height, depth, most, at, bits }: Header) {
  // each level costs a digit
  if (bytes.length - at < width * height * depth) throw cutOff();
  const { next, digit } = words(bytes, at);
  return () => {
    const level = bits ? 1 - digit() : whole(next());
    if (level < 0 || level > most) throw new Unreadable("a level is larger than its header says");
    return level;
  };
}

function binaryLevels(bytes: Uint8Array, { width, height, depth, most, at, bits }: Header) {
  const wide = most > 255, levels = width * height * depth;
  const length = bits ? height * Math.ceil(width / 8) : wide ? 2 * levels : levels;
  if (bytes.length - at < length) throw cutOff();
  if (bits) {
    let x = 0;
    return () => {
      const level = ~bytes[at] >> 7 - (x & 7) & 1;
      if (++x === width) x = 0;
      if ((x & 7) === 0) at++;
      return level;
    };
  }
  if (wide) {
    return () => {
      const level = bytes[at] << 8 | bytes[at + 1];
      at += 2;
      return Math.min(level, most);
    };
  }
  return () => Math.min(bytes[at++], most);
}
