/** BMP, TIFF and PNM: every way to store a pixel, against what the pixel is. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeImage, type Picture } from "../../image/mod.ts";
import { UserError } from "../../core/errors.ts";
import fc from "../_support/property.ts";
import { tiffCmyk, tiffDeflate, tiffLzw, tiffPackBits } from "./_pillow_fixtures.ts";
import { type BmpParts, number, type TiffParts, writeBmp, writeTiff } from "./_writers.ts";

/** A level of any number of bits, different at every place. */
const level = (x: number, y: number, channel: number, bits: number) =>
  (x * 7919 + y * 104729 + channel * 1299709 + x * y * 31) % 2 ** bits;

const onWhite = (value: number, alpha: number) =>
  Math.round((value * alpha + 255 * (255 - alpha)) / 255);

function assertPixels(
  { width, height, data }: Picture,
  size: [number, number],
  pixel: (x: number, y: number) => number[],
  what: string,
) {
  assert.deepEqual([width, height], size, what);
  const expected = Array.from(
    { length: width * height },
    (_, i) => pixel(i % width, Math.floor(i / width)),
  ).flat();
  assert.deepEqual([...data], expected, what);
}

const refused = (bytes: Uint8Array, pattern: RegExp) =>
  assert.rejects(decodeImage(bytes), (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, pattern);
    return true;
  });

// BMP

const palette = (bits: number) =>
  Array.from({ length: 2 ** bits }, (_, i) => [i * 97 % 256, i * 31 % 256, 255 - i % 256]);

/** Rows of numbers of so many bits, lowest byte first, filled up to four bytes. */
const rowsOf = (
  width: number,
  height: number,
  bits: number,
  at: (x: number, y: number) => number,
) =>
  Array.from({ length: height }, (_, y) => {
    const row: number[] = [];
    if (bits < 8) {
      const digits = Array.from({ length: width }, (_, x) =>
        at(x, y).toString(2).padStart(bits, "0"));
      row.push(...digits.join("").match(/.{1,8}/g)!.map((byte) =>
        parseInt(byte.padEnd(8, "0"), 2)
      ));
    } else for (let x = 0; x < width; x++) row.push(...number(at(x, y), bits / 8, true));
    while (row.length % 4) row.push(0);
    return row;
  }).flat();

for (const header of [12, 40, 52, 56, 64, 108, 124]) {
  Deno.test(`BMP: palettes and plain colours under a header of ${header} bytes`, async () => {
    const width = 7, rows = 5;
    for (const bits of [1, 4, 8, 24, ...(header > 12 ? [16, 32] : [])]) {
      for (const height of header > 12 ? [rows, -rows] : [rows]) {
        const stored = (x: number, y: number) => level(x, y, 0, bits);
        const colours = bits <= 8 ? palette(bits) : [];
        const data = rowsOf(width, rows, bits, stored);
        const file = writeBmp({ width, height, bits, header, palette: colours, data });
        const pixel = (x: number, y: number) => {
          const value = stored(x, height > 0 ? rows - 1 - y : y);
          if (bits <= 8) return colours[value];
          if (bits > 16) return [value >> 16 & 255, value >> 8 & 255, value & 255];
          return [value >> 10 & 31, value >> 5 & 31, value & 31].map((v) =>
            Math.floor(v * 255 / 31)
          );
        };
        assertPixels(await decodeImage(file), [width, rows], pixel, `${bits} bits, ${height}`);
      }
    }
  });
}

Deno.test("BMP: masks say where the colours are, and the alpha", async () => {
  const cases: [bits: number, masks: number[]][] = [
    [16, [0xf800, 0x7e0, 0x1f]],
    [16, [0xf00, 0xf0, 0xf, 0xf000]],
    [32, [0xff, 0xff00, 0xff0000]],
    [32, [0xff000000, 0xff0000, 0xff00]],
    [32, [0xff0000, 0xff00, 0xff, 0xff000000]],
    [32, [0x3ff00000, 0xffc00, 0x3ff]],
  ];
  for (const [bits, masks] of cases) {
    for (const header of masks.length > 3 ? [56, 108] : [40, 52, 108]) {
      const stored = (x: number, y: number) => level(x, y, 3, bits);
      const data = rowsOf(5, 4, bits, stored);
      const file = writeBmp({ width: 5, height: -4, bits, header, compression: 3, masks, data });
      const part = (value: number, mask: number) => {
        const lowest = mask & -mask;
        return Math.floor(
          Math.floor((value & mask) >>> 0) / (lowest >>> 0) * 255 /
            Math.floor((mask >>> 0) / (lowest >>> 0)),
        );
      };
      const pixel = (x: number, y: number) => {
        const [r, g, b, alpha = 255] = masks.map((mask) => part(stored(x, y), mask));
        return [r, g, b].map((value) => onWhite(value, alpha));
      };
      assertPixels(await decodeImage(file), [5, 4], pixel, `${masks.map((m) => m.toString(16))}`);
    }
  }
});

Deno.test("BMP: run-length codes, their jumps and their ends", async () => {
  const colours = palette(4);
  const indices = [
    [7, 7, 7, 7, 9, 9, 9, 9],
    [1, 2, 3, 4, 5, 8, 8, 8],
    [0, 0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 6, 6, 0, 0, 0],
  ];
  const pixel = (x: number, y: number) => colours[indices[3 - y][x]];
  // runs, the end of a row, five as they are, a row skipped by a jump, the end
  const eight = [4, 7, 4, 9, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 3, 8, 0, 0, 0, 2, 3, 1, 2, 6, 0, 1];
  const four = [
    ...[4, 0x77, 4, 0x99, 0, 0, 0, 5, 0x12, 0x34, 0x50, 0, 3, 0x88, 0, 0],
    ...[0, 2, 3, 1, 2, 0x66, 0, 1],
  ];
  for (const [bits, compression, data] of [[8, 1, eight], [4, 2, four]] as const) {
    const parts: BmpParts = {
      width: 8,
      height: 4,
      bits,
      compression,
      palette: colours,
      data: [...data],
    };
    assertPixels(await decodeImage(writeBmp(parts)), [8, 4], pixel, `${bits} bits`);
    await refused(writeBmp({ ...parts, data: data.slice(0, 9) }), /cut off/);
  }
});

Deno.test("BMP: what lies, or cannot be read, is refused", async () => {
  const parts: BmpParts = {
    width: 4,
    height: 3,
    bits: 8,
    palette: palette(8),
    data: Array(12).fill(9),
  };
  await refused(writeBmp({ ...parts, palette: palette(3) }), /a colour not in its palette/);
  await refused(writeBmp({ ...parts, data: Array(11).fill(9) }), /cut off/);
  await refused(writeBmp({ ...parts, compression: 4 }), /compression 4.*save it as PNG/);
  await refused(writeBmp({ ...parts, width: 60000, height: 60000 }), /the limit is 64 million/);
  await refused(writeBmp({ ...parts, width: 8000, height: 8000, compression: 1 }), /can hold/);
});

// TIFF

/** What a pixel of these samples looks like. */
function looks({ bits, colours, tags = {} }: Partial<TiffParts>, samples: number[]): number[] {
  const most = 2 ** (bits! - 1) * 2 - 1;
  const eight = samples.map((v) => bits === 16 ? v >> 8 : v * 255 / most);
  if (colours === 3) {
    const map = tags[320] as number[];
    return [0, 1, 2].map((k) => map[k * 2 ** bits! + samples[0]] >> 8);
  }
  if (colours === 5) {
    const light = 255 - eight[3];
    return [0, 1, 2].map((k) => light - Math.round(eight[k] * light / 255));
  }
  const colour = colours === 2
    ? eight.slice(0, 3)
    : Array(3).fill(colours === 0 ? 255 - eight[0] : eight[0]);
  const alpha = eight[colours === 2 ? 3 : 1];
  if (tags[338] === 2) return colour.map((v) => onWhite(v, alpha));
  return tags[338] === 1 ? colour.map((v) => Math.min(255, v + 255 - alpha)) : colour;
}

const KINDS: (Pick<TiffParts, "bits" | "colours" | "tags"> & { samples: number })[] = [
  ...[1, 2, 4, 8, 16].flatMap((bits) => [0, 1].map((colours) => ({ bits, colours, samples: 1 }))),
  ...[8, 16].map((bits) => ({ bits, colours: 2, samples: 3 })),
  ...[8, 16].map((bits) => ({ bits, colours: 5, samples: 4 })),
  ...[0, 1, 2].map((kind) => ({ bits: 8, colours: 2, samples: 4, tags: { 338: kind } })),
  { bits: 8, colours: 1, samples: 2, tags: { 338: 2 } },
  ...[1, 2, 4, 8].map((bits) => ({
    bits,
    colours: 3,
    samples: 1,
    tags: { 320: Array.from({ length: 3 * 2 ** bits }, (_, i) => i * 4099 % 65536) },
  })),
];

Deno.test("TIFF: samples of every kind, in strips and tiles, packed or not", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...KINDS),
      fc.record({
        width: fc.integer({ min: 1, max: 40 }),
        height: fc.integer({ min: 1, max: 30 }),
        little: fc.boolean(),
        planar: fc.boolean(),
        differences: fc.boolean(),
        compression: fc.constantFrom(1, 8, 32773),
        tile: fc.option(fc.constantFrom<[number, number][]>([16, 16], [32, 16], [16, 48]), {
          nil: undefined,
        }),
        rowsPerStrip: fc.integer({ min: 1, max: 40 }),
      }),
      async ({ samples, ...kind }, layout) => {
        const pixel = (x: number, y: number) =>
          Array.from({ length: samples }, (_, channel) => level(x, y, channel, kind.bits));
        const differences = layout.differences && kind.bits >= 8 && layout.compression === 8;
        const planar = layout.planar && samples > 1;
        const file = writeTiff({ ...kind, ...layout, differences, planar, pixel });
        const size: [number, number] = [layout.width, layout.height];
        assertPixels(await decodeImage(file), size, (x, y) => looks(kind, pixel(x, y)), "");
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("TIFF: what Pillow packed has the pixels that Pillow reads", async () => {
  for (const { bytes, width, height, sha256 } of [tiffLzw, tiffDeflate, tiffPackBits, tiffCmyk]) {
    const picture = await decodeImage(bytes);
    assert.deepEqual([picture.width, picture.height], [width, height]);
    assert.equal(createHash("sha256").update(picture.data).digest("hex"), sha256);
  }
});

const tiff: TiffParts = { width: 3, height: 2, bits: 8, colours: 1, pixel: (x, y) => [10 * y + x] };

Deno.test("TIFF: stands upright", async () => {
  const { width, height, data } = await decodeImage(writeTiff({ ...tiff, tags: { 274: 6 } }));
  assert.deepEqual([width, height], [2, 3]);
  assert.deepEqual([...data].filter((_, i) => i % 3 === 0), [10, 0, 11, 1, 12, 2]);
});

Deno.test("TIFF: what lies, or cannot be read, is refused", async () => {
  const change = (parts: Partial<TiffParts>) => writeTiff({ ...tiff, ...parts });
  await refused(change({ tags: { 259: 7 } }), /packed by JPEG.*save it as PNG/);
  await refused(change({ tags: { 259: 4 } }), /packed by CCITT fax/);
  await refused(change({ tags: { 339: 3 } }), /no whole numbers/);
  await refused(change({ tags: { 262: 8 } }), /colours are of a kind/);
  await refused(change({ tags: { 258: 32 } }), /32 bits a sample/);
  await refused(change({ tags: { 277: 9 } }), /9 samples a pixel/);
  await refused(change({ tags: { 317: 3 } }), /predicted in a way/);
  await refused(change({ tags: { 257: 3 } }), /can hold|cut off/);
  await refused(change({ tags: { 256: 60000, 257: 60000 } }), /the limit is 64 million/);
  await refused(change({ compression: 8, tags: { 256: 7000, 257: 7000 } }), /can hold/);
  await refused(change({ tile: [16, 16], tags: { 322: 65535, 323: 65535 } }), /far larger/);
  await refused(change({ colours: 3, tags: { 320: [1, 2, 3] } }), /palette is malformed/);
  await refused(new Uint8Array([0x49, 0x49, 0x2b, 0, 8, 0, 0, 0]), /it is a BigTIFF/);
});

// PNM

const text = (content: string) => [...new TextEncoder().encode(content)];

Deno.test("PNM: levels of any maximum, as text or bytes, grey or colour", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(1, 2, 7, 15, 100, 254, 255, 256, 1000, 65535),
      fc.boolean(),
      fc.boolean(),
      async (width, height, most, colour, plain) => {
        const at = (x: number, y: number) =>
          Array.from(
            { length: colour ? 3 : 1 },
            (_, channel) => level(x, y, channel, 16) % (most + 1),
          );
        const levels = Array.from(
          { length: width * height },
          (_, i) => at(i % width, Math.floor(i / width)),
        ).flat();
        const kind = (plain ? 2 : 5) + (colour ? 1 : 0);
        const file = new Uint8Array([
          ...text(`P${kind}\n# made by hand\n${width} ${height}#now\n${most}\n`),
          ...(plain
            ? text(levels.map((v, i) => `${v}${i % 5 ? " " : " # five\n"}`).join(""))
            : levels.flatMap((v) => number(v, most > 255 ? 2 : 1))),
        ]);
        const pixel = (x: number, y: number) => {
          const [r, g = r, b = r] = at(x, y);
          return [r, g, b].map((v) => {
            const exact = v * 255 / most, below = Math.floor(exact);
            return exact - below === 0.5 ? below + below % 2 : Math.round(exact);
          });
        };
        assertPixels(await decodeImage(file), [width, height], pixel, `P${kind} ${most}`);
      },
    ),
    { numRuns: 80 },
  );
});

Deno.test("PNM: bits are black where they are 1, with and without spaces", async () => {
  const rows = ["1011001110", "0110010011"];
  const pixel = (x: number, y: number) => Array(3).fill(rows[y][x] === "1" ? 0 : 255);
  const binary = rows.flatMap((
    row,
  ) => [parseInt(row.slice(0, 8), 2), parseInt(row.slice(8), 2) << 6]);
  for (
    const file of [
      text(`P1 10 2\n${rows.join("")}`),
      text(`P1 10 2\n${[...rows.join("")].join(" ")}`),
      [...text("P4 10 2\n"), ...binary],
    ]
  ) assertPixels(await decodeImage(new Uint8Array(file)), [10, 2], pixel, "");
});

Deno.test("PAM: its words in any order, with alpha", async () => {
  const head = (depth: number) =>
    text(`P7\nHEIGHT 1\nDEPTH ${depth}\n# a word\nWIDTH 2\nTUPLTYPE ANY\nMAXVAL 255\nENDHDR\n`);
  const read = async (depth: number, levels: number[]) => [
    ...(await decodeImage(new Uint8Array([...head(depth), ...levels]))).data,
  ];
  assert.deepEqual(await read(1, [5, 6]), [5, 5, 5, 6, 6, 6]);
  assert.deepEqual(await read(3, [1, 2, 3, 4, 5, 6]), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(await read(2, [8, 255, 8, 0]), [8, 8, 8, 255, 255, 255]);
  assert.deepEqual(await read(4, [1, 2, 3, 0, 0, 0, 0, 128]), [255, 255, 255, 127, 127, 127]);
});

Deno.test("PNM: what lies is refused", async () => {
  const file = (content: string) => new Uint8Array(text(content));
  await refused(file("P6 2 2 255\nabcdefghijk"), /cut off/);
  await refused(file("P3 2 2 255\n1 2 3"), /cut off/);
  await refused(file("P2 2 1 9\n3 10"), /a level is larger/);
  await refused(file("P5 2 1 70000\nabcd"), /levels go to 70000/);
  await refused(file("P5 two 1 255\nabcd"), /a number is written "two"/);
  await refused(file("P5 60000 60000 255\n"), /the limit is 64 million/);
  await refused(file("P1 2 1\n1 x"), /a level is larger/);
  await refused(file("P7\nWIDTH 2\nHEIGHT 1\nDEPTH 9\nMAXVAL 255\nENDHDR\n"), /9 channels/);
});
