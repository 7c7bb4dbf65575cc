/** Small picture files written by Pillow 9.4, with the SHA-256 of the RGB bytes Pillow reads back. */
import { crc32, deflateSync } from "node:zlib";

export interface Fixture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
}

const fixture = (base64: string, width: number, height: number, sha256: string): Fixture => ({
  bytes: bytesOf(base64),
  width,
  height,
  sha256,
});

/** Bytes from base64. */
export const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

export const jpegBaseline = fixture(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAANABEDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAABQYA/8QAHRAAAgEEAwAAAAAAAAAAAAAAAAQDBSEiMRQVYv/EABYBAQEBAAAAAAAAAAAAAAAAAAUCA//EABwRAAIBBQEAAAAAAAAAAAAAAAABBAIDERITFf/aAAwDAQACEQMRAD8Am16brEUXpmsRZZSOwuspHYOpu9CYM9rBO9X5MV/DjMaaDfos/9k=",
  17,
  13,
  "283100e1def0c548ad6ca3e2c6ec0a819210bc58f8ac02d46943ab606a34ab97",
);
export const jpegProgressive = fixture(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wgARCAANABEDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAABAUA/8QAFgEBAQEAAAAAAAAAAAAAAAAABAEC/9oADAMBAAIQAxAAAAGapazSdrG03//EABkQAAMBAQEAAAAAAAAAAAAAAAABAgMSE//aAAgBAQABBQKcyczyJlEyjhH/xAAWEQEBAQAAAAAAAAAAAAAAAAAAAxT/2gAIAQMBAT8Bhdof/8QAGBEAAgMAAAAAAAAAAAAAAAAAAAECERL/2gAIAQIBAT8BUtFH/8QAFBABAAAAAAAAAAAAAAAAAAAAIP/aAAgBAQAGPwJf/8QAFxAAAwEAAAAAAAAAAAAAAAAAACBhcf/aAAgBAQABPyGJEwiR/9oADAMBAAIAAwAAABAbP//EABYRAAMAAAAAAAAAAAAAAAAAAAABEf/aAAgBAwEBPxBqhZ//xAAUEQEAAAAAAAAAAAAAAAAAAAAQ/9oACAECAQE/EBf/xAAXEAADAQAAAAAAAAAAAAAAAAAAECEx/9oACAEBAAE/EMBihMTI/9k=",
  17,
  13,
  "283100e1def0c548ad6ca3e2c6ec0a819210bc58f8ac02d46943ab606a34ab97",
);
export const jpegFull = fixture(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAANABEDAREAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABAX/xAAbEAABBQEBAAAAAAAAAAAAAAAAAgMEIWEUFf/EABkBAQACAwAAAAAAAAAAAAAAAAQBBQIDBv/EABoRAAMAAwEAAAAAAAAAAAAAAAABAwIREyH/2gAMAwEAAhEDEQA/AITMHAzpsiNygzAwwfpbRuJ8/CNDO4liOig2OTZw0qMpMRkUJxLSVGK5kG3Qzoz/2Q==",
  17,
  13,
  "c29b5636cda9b6b53af83cd19da4112a9d00eca655b9bbf843bca8fd06651260",
);
export const jpegGrey = fixture(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAANABEBAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABAUG/8QAHRAAAgEEAwAAAAAAAAAAAAAAAAQDBSEiMRQVYv/aAAgBAQAAPwDNr03WJUXpmsRfV+RaykdiuspHYbw4z//Z",
  17,
  13,
  "cca3f3b3d80b908b910958bc8fb64db7c6ad9b99a32426596e16f49482835d22",
);
export const jpegCmyk = fixture(
  "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdfYmdoZz5NcXlwZHhcZWdj/8AAFAgADQARBEMRAE0RAFkRAEsRAP/EABgAAQEBAQEAAAAAAAAAAAAAAAAGBAcF/8QAIBAAAQMEAwEBAAAAAAAAAAAAAAMFFQERQmICEvAEFP/aAA4EQwBNAFkASwAAPwCZZsTwILQhUUu50AvGbEQWhuRbu+IKIQWhoh9QchZsToscj6hmbeFOVrgvGbERyPqFW2/KnytcFEI5H1D2PwJA/9k=",
  17,
  13,
  "4201bc4885597c342728643fb10c4c8e8235a1ba7cc9f5ebaebbc664c1d7ea6d",
);
export const webpLossy = fixture(
  "UklGRmAAAABXRUJQVlA4IFQAAADwAwCdASoRAA0APtFYpEuoJSOhsAgBABoJbACdMoR4GCoaOJeT1YewAP7zMrmcWe+3WN1MdwwNFdhXGtf0Y97uaYRnrrMxtN12ALC/Di93u1rPAAA=",
  17,
  13,
  "15f3c9222b9e1673f76ebe04839087f01032f17624b9e001a2848dc2d46b40eb",
);
export const webpLossless = fixture(
  "UklGRi4AAABXRUJQVlA4TCIAAAAvEAADAJkyRPQ/NlH/6H+ASNumHu5f79jxPExATACcB/N1",
  17,
  13,
  "63380c82fe84e3d78f84d490e99411a92c8fb50978fc1030d128da7d62186755",
);
export const webpAlpha = fixture(
  "UklGRkQAAABXRUJQVlA4TDgAAAAvA8AAEH8gEEh2yB9xn3kgmKSJ9v/JsamKAADQ3e12JUKouywLCAIg4hw4cODTgQMHUiL6H77GIg==",
  4,
  4,
  "742b7bc2a2cf7c7cac82d9e92c8b0410001a1ed748a7dd17de754fa846920c8b",
);
export const gif = fixture(
  "R0lGODdhEQANAIcAANLIk4/IZNKFYo+FQ0vRNw/RCzWrIEuFIw+FB9JDMY9DIbQKBktMFA9MBDUmBzUKAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACwAAAAAEQANAAAIdwAfCBwocIHBgwcJElSAEGGDBg4iRmSgoOLBBBgfQnTAoGPFihhDauxI8qOCkBkfkvT4EWUCBDARHJh5YIBNmwJyCohJc+bNATpzxjRggObPoDsLECVKgMCAAFADAJgKoIBVpk2jSqVa1WrTr1q5di3wNWtUsQEBADs=",
  17,
  13,
  "ef86d2ac7cf3422faaba94b287331d9d6d01cadfe82a439e56a406c5e7a9bdb4",
);
export const pngPalette = fixture(
  "iVBORw0KGgoAAAANSUhEUgAAAAkAAAAFBAMAAABlfdtYAAAAMFBMVEVaQxVaJgwXOQVaCgMXCgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABCqtd1AAAAG0lEQVR4nGNwcTE2NmCAkEpKgoICQJIBCMAkAEFLAzvjT9Q2AAAAAElFTkSuQmCC",
  9,
  5,
  "82e854d2d23a92fb443f08d6abba8fe263e3751f3b963f038da0eb66ee45ca16",
);

/** `jpegBaseline` as orientations 1..8 show it: width, height, SHA-256 (Pillow's `exif_transpose`). */
export const upright: [number, number, string][] = [
  [17, 13, "283100e1def0c548ad6ca3e2c6ec0a819210bc58f8ac02d46943ab606a34ab97"],
  [17, 13, "a66410e8b458687a8f0e513c78e20b213fff8a44e7dcb48a29e99108f89fef32"],
  [17, 13, "a7d35b5fb7818b72fbc83a6942ea70cf9b79bcb0725d36bf5a1d621896b86652"],
  [17, 13, "77671db5cc4ee397b31334dd65dd4fb6246e05c8a8ce5cb7a2ce4a4fbba8a115"],
  [13, 17, "151fe516ceaf25d2df5c0f92f4317f2c2261b23618561a97acb455871013d92b"],
  [13, 17, "6819f23b1e316127361712d11053b24110941d6acfcc8e07e1d57b601e4fc850"],
  [13, 17, "4c580404f8b6cadf3fa757ec7c2ab8769c55e850bb57f42aa291dc5f70dd5909"],
  [13, 17, "21e97968baaac08623a15e7faa4b219e7ea388be2b0be25e1dcf9bdbecfbfc30"],
];

/** `source` resized by Pillow: interpolation, width, height, RGB bytes. */
export const resized: [string, number, number, Uint8Array][] = [
  ["bicubic", 3, 2, bytesOf("VEudtmRJZLWho0WWubBHXa/E")],
  ["bilinear", 3, 2, bytesOf("W0+YrGhTaLGgoEmSsKpSYqu9")],
  ["nearest", 3, 2, bytesOf("AUqTtwBJbbb/+0SNsfpDZ7D5")],
  [
    "bicubic",
    10,
    4,
    bytesOf(
      "K3S9AGGqI0SN2Spz0QBZrT09k+ImecgoXKWCSZLnIXC5Pl2mfj6J2SRvyUhVqYwxj9wodcLaWKH/RY7WE2y1oVmi/zaF2Rxrv8JRpf8ti9QkcbrPVJ33QYrTEGixlFWe/zKB1Rhnu7NNof0ph9AgbbbLUJnzPYbP",
    ),
  ],
  [
    "bilinear",
    10,
    4,
    bytesOf(
      "KHG6FF2mOkOM0ylyxg9YrE8+ktsoeME6XqeHSpPcJW63S1qjh0CJ1SZvw1FVqZE7j9gudb7HW6TtR5DZIWqzmVaf8zyF2SJrv65Rpe43i9QqcbrDV6DpQ4zVHmewllOc8DmC1h9ovKtOous0iNEnbrfAVJ3mQInS",
    ),
  ],
  [
    "nearest",
    10,
    4,
    bytesOf(
      "KXK7BE2WBE2W3yhxugNMugNMld4ncLkCcLkCS5TdJm+4AUqTAUqT3CVutwBJtwBJktskbbb/bbb/SJHaIGmy+0SN+0SN1h9osfpDsfpDjNUeZ7D5Z7D5QovUHWav+EGK+EGK0xxlrvdArvdAidIbZK32ZK32P4jR",
    ),
  ],
  [
    "bicubic",
    7,
    3,
    bytesOf("KHG6AEyV3idwuQBLlN0mb7hrSpPcI2y1yEeQ2SJrtMdGj9gharP/RY7XHmew/0KL1B1mr/9BitMcZa73QInS"),
  ],
  [
    "bilinear",
    7,
    3,
    bytesOf("KHG6A0yV3idwuQJLlN0mb7huSpPcI2y1xUeQ2SJrtMRGj9gharP8RY7XHmew+UKL1B1mr/hBitMcZa73QInS"),
  ],
  [
    "nearest",
    7,
    3,
    bytesOf("KXK7BE2W3yhxugNMld4ncLkCS5TdI2y1/keQ2SJrtP1Gj9gharP8RY7XHWav+EGK0xxlrvdAidIbZK32P4jR"),
  ],
  [
    "bicubic",
    4,
    9,
    bytesOf(
      "GGOssRtvnpocWq1wE2OrrhdsnZYuWa2ZEGGprBVmnJROV6viRlqowzpjl7lUVqTyh1Om4GZikuVPVJ3ojFGk4WlgkOhNUpvmhFCj3WNfj+JMUZrlgk6h22FdjeBKT5jjgU2g2mBcjN9JTpfi",
    ),
  ],
  [
    "bilinear",
    4,
    9,
    bytesOf(
      "Il+oqSVumJkqXqd2IV6nqCRtl5g6XaaaH1ylpiJrlZZVW6TVT1uku0FqlLVZWqPgilmi1mdokttXWKHeiFeg1GVmkNlVVp/ch1af02Rlj9hUVZ7bhVSd0WJjjdZSU5zZhFOc0GFijNVRUpvY",
    ),
  ],
  [
    "nearest",
    4,
    9,
    bytesOf(
      "KXK73yhxld4nS5TdKXK73yhxld4nS5TdJm+43CVuktskSJHaJm+43CVuktskSJHaI2y12SJrj9ghRY7XIGmy1h9ojNUeQovUIGmy1h9ojNUeQovUHWav0xxlidIbP4jRHWav0xxlidIbP4jR",
    ),
  ],
];

/** `source` cropped by torchvision: width, height, the red channel row by row. */
export const cropped: [number, number, number[][]][] = [
  [2, 2, [[217, 180], [214, 177]]],
  [4, 3, [[220, 183, 146, 109], [217, 180, 143, 106], [214, 177, 140, 103]]],
  [6, 4, [[41, 4, 223, 186, 149, 112], [38, 1, 220, 183, 146, 109], [35, 254, 217, 180, 143, 106], [
    32,
    251,
    214,
    177,
    140,
    103,
  ]]],
  [10, 2, [[0, 35, 254, 217, 180, 143, 106, 69, 0, 0], [0, 32, 251, 214, 177, 140, 103, 66, 0, 0]]],
  [8, 8, [
    [0, 0, 0, 0, 0, 0, 0, 0],
    [41, 4, 223, 186, 149, 112, 75, 0],
    [38, 1, 220, 183, 146, 109, 72, 0],
    [35, 254, 217, 180, 143, 106, 69, 0],
    [32, 251, 214, 177, 140, 103, 66, 0],
    [29, 248, 211, 174, 137, 100, 63, 0],
    [0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0],
  ]],
];

/**
 * `source` through torchvision: bicubic to 4, crop 3, ImageNet mean and std; `[3, 3, 3]`, channels
 * last.
 */
export const prepared = [
  -0.02868402,
  -1.1428571,
  0.44392177,
  1.2899221,
  -1.5105042,
  -0.53211319,
  0.15968838,
  1.6582633,
  -1.1944225,
  0.81042898,
  -1.212885,
  0.37420484,
  1.1357993,
  -0.17997196,
  -0.77612197,
  0.091189377,
  1.5882353,
  0.51363856,
  2.129035,
  -1.2829131,
  0.30448809,
  0.91317749,
  1.9033613,
  -0.84583873,
  0.022690238,
  1.5182073,
  0.37420484,
];

/** A picture whose neighbours differ much: `(73 i + 41) mod 256`. */
export const source = {
  width: 7,
  height: 5,
  data: Uint8ClampedArray.from({ length: 7 * 5 * 3 }, (_, i) => (i * 73 + 41) % 256),
};

/** Puts `exif` (TIFF data) into a JPEG, after its first marker. */
export function withExif(jpeg: Uint8Array, exif: Uint8Array): Uint8Array {
  const length = exif.length + 8;
  const prefix = [0xff, 0xe1, length >> 8, length & 255, 0x45, 0x78, 0x69, 0x66, 0, 0];
  return new Uint8Array([...jpeg.subarray(0, 2), ...prefix, ...exif, ...jpeg.subarray(2)]);
}

/** TIFF data that says nothing but an orientation. */
export function exifOf(orientation: number, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 1, little);
  view.setUint16(10, 0x0112, little);
  view.setUint16(12, 3, little);
  view.setUint32(14, 1, little);
  view.setUint16(18, orientation, little);
  return new Uint8Array(view.buffer);
}

/** One PNG chunk with its length and checksum. */
export function chunk(type: string, body: Uint8Array | number[] = []): Uint8Array {
  const named = new Uint8Array([...new TextEncoder().encode(type), ...body]);
  const bytes = new Uint8Array(named.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  bytes.set(named, 4);
  view.setUint32(bytes.length - 4, crc32(named));
  return bytes;
}

export interface PngParts {
  width: number;
  height: number;
  depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  colour: number;
  interlaced?: boolean;
  /** Samples of a pixel, at the full depth. */
  pixel?: (x: number, y: number) => number[];
  /** Chunks before the pixel data. */
  before?: Uint8Array[];
  /** Pixel data instead of what `pixel` gives, already deflated. */
  data?: Uint8Array;
}

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** Writes any kind of PNG, going through the five row filters in turn. */
export function writePng(parts: PngParts): Uint8Array {
  const { width, height, depth, colour, interlaced, before = [] } = parts;
  const header = new Uint8Array([...Array(8).fill(0), depth, colour, 0, 0, interlaced ? 1 : 0]);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  const data = parts.data ?? deflateSync(new Uint8Array(filteredRows(parts)));
  const cut = data.length >> 1; // two chunks, so that readers must join them
  return new Uint8Array([
    ...SIGNATURE,
    ...chunk("IHDR", header),
    ...before.flatMap((bytes) => [...bytes]),
    ...chunk("IDAT", data.subarray(0, cut)),
    ...chunk("IDAT", data.subarray(cut)),
    ...chunk("IEND"),
  ]);
}

function filteredRows({ width, height, depth, interlaced, pixel = () => [0] }: PngParts): number[] {
  const range = (from: number, to: number, step: number) =>
    Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
  const passes = interlaced
    ? ["00 88", "40 88", "04 48", "20 44", "02 24", "10 22", "01 12"]
    : ["00 11"];
  return passes.flatMap((pass) => {
    const [x0, y0, , dx, dy] = [...pass].map(Number);
    const columns = range(x0, width, dx);
    if (!columns.length) return [];
    let above: number[] = [];
    return range(y0, height, dy).flatMap((y, j) => {
      const samples = columns.map((x) => pixel(x, y));
      const distance = Math.max(1, samples[0].length * depth / 8);
      const bits = samples.flat().map((sample) => sample.toString(2).padStart(depth, "0")).join("");
      const row = bits.match(/.{1,8}/g)!.map((byte) => parseInt(byte.padEnd(8, "0"), 2));
      const filter = j % 5;
      const filtered = row.map((value, i) => {
        const a = row[i - distance] ?? 0, b = above[i] ?? 0, c = above[i - distance] ?? 0;
        const p = a + b - c;
        const nearest = [a, b, c].reduce((best, v) =>
          Math.abs(p - v) < Math.abs(p - best) ? v : best
        );
        return (value - [0, a, b, Math.floor((a + b) / 2), nearest][filter]) & 255;
      });
      above = row;
      return [filter, ...filtered];
    });
  });
}
