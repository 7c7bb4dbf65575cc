/** Damaged and hostile files: nothing but a `UserError`, nothing allocated for a header's lie. */
import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { decodeImage, type Picture } from "../../image/mod.ts";
import { UserError } from "../../core/errors.ts";
import fc from "../_support/property.ts";
import * as fixtures from "./_image_fixtures.ts";
import { chunk, type PngParts, writePng } from "./_image_fixtures.ts";
import {
  gifInterlaced,
  jpegRestart,
  tiffDeflate,
  tiffLzw,
  webpAnimated,
} from "./_pillow_fixtures.ts";
import { writeBmp, writeGif, writeJpeg, writeTiff } from "./_writers.ts";

/** The picture, or the message of the `UserError`; any other error passes through and fails. */
async function attempt(bytes: Uint8Array): Promise<Picture | string> {
  try {
    return await decodeImage(bytes, "hostile");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    assert.match(error.message, /^Cannot read picture "hostile"/);
    return error.message;
  }
}

async function refused(bytes: Uint8Array, pattern: RegExp): Promise<void> {
  const outcome = await attempt(bytes);
  assert.ok(typeof outcome === "string", "a picture came out");
  assert.match(outcome, pattern);
}

const png = writePng({
  width: 6,
  height: 5,
  depth: 8,
  colour: 2,
  interlaced: true,
  pixel: (x, y) => [40 * x, 50 * y, x * y],
});

const files = {
  png,
  pngPalette: fixtures.pngPalette.bytes,
  jpegBaseline: fixtures.jpegBaseline.bytes,
  jpegProgressive: fixtures.jpegProgressive.bytes,
  jpegCmyk: fixtures.jpegCmyk.bytes,
  webpLossless: fixtures.webpLossless.bytes,
  webpLossy: fixtures.webpLossy.bytes,
  webpAnimated: webpAnimated.bytes,
  jpegRestart: jpegRestart.bytes,
  jpeg: writeJpeg({
    width: 20,
    height: 20,
    factors: [[2, 2], [1, 1], [1, 1]],
    mean: (channel, x, y) => 60 * channel + 20 * x + 6 * y,
  }),
  bmp: writeBmp({ width: 4, height: 4, bits: 24, data: Array(48).fill(7) }),
  tiff: writeTiff({ width: 5, height: 4, bits: 8, colours: 2, pixel: (x, y) => [x, y, x * y] }),
  pnm: new Uint8Array([...new TextEncoder().encode("P6 3 2 255\n"), ...Array(18).fill(9)]),
};

for (const [name, bytes] of Object.entries(files)) {
  Deno.test(`every beginning of ${name} is refused`, async () => {
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(typeof await attempt(bytes.subarray(0, length)), "string", `${length} bytes`);
    }
    assert.equal(typeof await attempt(bytes), "object");
  });
}

Deno.test("every beginning of a GIF is refused, until its first frame is whole", async () => {
  const { bytes } = fixtures.gif;
  for (let length = 0; length < bytes.length - 1; length++) {
    assert.equal(typeof await attempt(bytes.subarray(0, length)), "string", `${length} bytes`);
  }
});

const flipped = (bytes: Uint8Array, bit: number) => {
  const copy = bytes.slice();
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
};

Deno.test("every flipped bit of a PNG is noticed", async () => {
  for (let bit = 0; bit < 8 * png.length; bit++) {
    assert.equal(typeof await attempt(flipped(png, bit)), "string", `bit ${bit}`);
  }
});

for (const name of ["jpegBaseline", "jpegProgressive", "jpegCmyk", "webpLossy", "gif"] as const) {
  Deno.test(`a flipped bit of ${name} gives a picture or a refusal`, async () => {
    const { bytes } = fixtures[name];
    await fc.assert(
      fc.asyncProperty(fc.nat(8 * bytes.length - 1), async (bit) => {
        const outcome = await attempt(flipped(bytes, bit));
        if (typeof outcome === "string") return;
        assert.equal(outcome.data.length, 3 * outcome.width * outcome.height);
      }),
      { numRuns: 150 },
    );
  });
}

/** Files whose headers are worth damaging: small, with all that their format has. */
const seeds = {
  ...files,
  tiffLzw: tiffLzw.bytes,
  tiffDeflate: tiffDeflate.bytes,
  gifInterlaced: gifInterlaced.bytes,
  gif: writeGif({
    screen: [5, 5],
    frame: [1, 1, 2, 2],
    indices: [0, 1, 2, 3],
    own: [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 1, 1]],
    before: [0x21, 0xf9, 4, 1, 0, 0, 2, 0],
  }),
  bmpRuns: writeBmp({
    ...{ width: 4, height: 2, bits: 8, compression: 1, palette: [[1, 2, 3], [4, 5, 6]] },
    data: [4, 1, 0, 0, 0, 3, 1, 0, 1, 0, 0, 1],
  }),
  pnmText: new TextEncoder().encode("P3 2 1 # c\n9\n1 2 3 4 5 6\n"),
};

Deno.test("whatever is changed, cut out or repeated, there is a picture or a refusal", async () => {
  const change = fc.record({
    at: fc.nat(1000).map((part) => part / 1000),
    kind: fc.constantFrom("set", "cut", "repeat", "insert"),
    length: fc.integer({ min: 1, max: 8 }),
    bytes: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    // what headers, counts and offsets break at
    edge: fc.option(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.values(seeds)),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (seed, changes) => {
        let bytes = [...seed];
        for (const { at, kind, length, bytes: random, edge } of changes) {
          // mostly in the first bytes, where the structure is
          const place = Math.floor(at ** 2 * bytes.length);
          const new_ = [...random.subarray(0, length)].map((byte) => edge ?? byte);
          if (kind === "set") bytes.splice(place, length, ...new_);
          else if (kind === "cut") bytes.splice(place, length);
          else if (kind === "insert") bytes.splice(place, 0, ...new_);
          else bytes = [...bytes.slice(0, place + length), ...bytes.slice(place)];
        }
        const outcome = await attempt(new Uint8Array(bytes));
        if (typeof outcome === "string") return;
        assert.equal(outcome.data.length, 3 * outcome.width * outcome.height);
      },
    ),
    { numRuns: 600 },
  );
});

Deno.test("a flipped bit in a JPEG's pixels changes no size", async () => {
  const { bytes, width, height } = fixtures.jpegBaseline;
  const scan = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
  for (let bit = 8 * scan; bit < 8 * bytes.length; bit += 3) {
    const outcome = await attempt(flipped(bytes, bit));
    if (typeof outcome !== "string") {
      assert.deepEqual([outcome.width, outcome.height], [width, height]);
    }
  }
});

Deno.test("random bytes are refused, whatever format they begin like", async () => {
  const starts = [
    [],
    [137, 80, 78, 71, 13, 10, 26, 10],
    [0xff, 0xd8, 0xff],
    [...new TextEncoder().encode("GIF89a")],
    [...new TextEncoder().encode("RIFF\x20\0\0\0WEBPVP8L")],
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...starts),
      fc.uint8Array({ maxLength: 200 }),
      async (start, rest) => {
        assert.equal(typeof await attempt(new Uint8Array([...start, ...rest])), "string");
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("what is no picture is told apart", async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  await refused(new Uint8Array(), /it is empty/);
  await refused(
    text("A poem, not a picture.\n"),
    /looks like text.*PNG, JPEG, WebP, GIF, BMP, TIFF, PPM/,
  );
  await refused(text("<!DOCTYPE html><title>404</title>"), /it is a web page/);
  await refused(text("version https://git-lfs.github.com/spec/v1\n"), /it is a Git LFS pointer/);
  await refused(text('<?xml version="1.0"?>\n<svg width="1"/>'), /it is an SVG/);
  await refused(text("%PDF-1.7"), /it is a PDF/);
  const box = (brands: string) => text(`\0\0\0\x20ftyp${brands}`);
  await refused(box("heic\0\0\0\0mif1heic"), /a HEIC picture.*save it as JPEG/);
  await refused(box("mif1\0\0\0\0mif1heic"), /a HEIC picture/);
  await refused(box("avif\0\0\0\0mif1miaf"), /an AVIF picture.*save it as PNG or JPEG/);
  await refused(box("mif1\0\0\0\0mif1avif"), /an AVIF picture/);
  await refused(box("isom\0\0\0\0mp42"), /looks like a video/);
  await refused(new Uint8Array([1, 2, 3]), /its format is unknown/);
});

const gigantic = /says \d+×\d+ pixels, and the limit is 64 million \(\d/;

/** A JPEG whose header says another size. */
function lyingJpeg(width: number, height: number): Uint8Array {
  const bytes = fixtures.jpegBaseline.bytes.slice();
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  const view = new DataView(bytes.buffer);
  view.setUint16(frame + 5, height);
  view.setUint16(frame + 7, width);
  return bytes;
}

Deno.test("gigantic sizes are refused by their header", async () => {
  await refused(
    writePng({ width: 60000, height: 60000, depth: 8, colour: 2, data: deflateSync("") }),
    gigantic,
  );
  await refused(
    writePng({ width: 2 ** 31, height: 1, depth: 1, colour: 0, data: deflateSync("") }),
    gigantic,
  );
  await refused(lyingJpeg(65535, 65535), gigantic);
  const gif = fixtures.gif.bytes.slice();
  gif.fill(255, 6, 10);
  await refused(gif, gigantic);
});

Deno.test("sizes within the limit that the file cannot hold cost no memory", async () => {
  const before = Deno.memoryUsage().rss;
  await refused(lyingJpeg(7900, 8000), /more than its \d+ bytes can hold/);
  const small = deflateSync(new Uint8Array(100));
  await refused(
    writePng({ width: 7900, height: 8000, depth: 16, colour: 6, data: small }),
    /smaller/,
  );
  assert.ok(Deno.memoryUsage().rss - before < 100e6);
});

Deno.test("pixel data that inflates without end is stopped", async () => {
  const bomb = deflateSync(new Uint8Array(30e6));
  await refused(
    writePng({ width: 10, height: 10, depth: 8, colour: 0, data: bomb }),
    /larger than/,
  );
});

Deno.test("malformed PNGs are refused, each for its reason", async () => {
  const write = (parts: Partial<PngParts>) =>
    writePng({ width: 2, height: 2, depth: 8, colour: 0, ...parts });
  const palette = { colour: 3, depth: 8 };
  await refused(write({ width: 0 }), /0×2/);
  await refused(write({ depth: 3, data: deflateSync("") }), /header is malformed/);
  await refused(write({ colour: 5 }), /header is malformed/);
  await refused(write(palette), /no palette/);
  await refused(write({ ...palette, before: [chunk("PLTE", [1, 2])] }), /palette is malformed/);
  await refused(
    write({ ...palette, pixel: () => [1], before: [chunk("PLTE", [1, 2, 3])] }),
    /a colour not in its palette/,
  );
  await refused(write({ before: [chunk("tRNS", [1])] }), /transparency is malformed/);
  await refused(write({ before: [chunk("NEWS")] }), /unknown "NEWS" chunk/);
  await refused(
    write({ data: deflateSync(new Uint8Array([9, 0, 0, 9, 0, 0])) }),
    /row filter \(9\)/,
  );
  await refused(write({ data: new Uint8Array([1, 2, 3, 4]) }), /pixel data is damaged/);
  await refused(new Uint8Array([...png.subarray(0, 8), ...chunk("IEND")]), /begin with a header/);
});

Deno.test("malformed JPEGs are refused, each for its reason", async () => {
  const { bytes } = fixtures.jpegBaseline;
  const at = (marker: number) =>
    bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === marker);
  const changed = (offset: number, value: number) => {
    const copy = bytes.slice();
    copy[offset] = value;
    return copy;
  };
  const frame = bytes.subarray(at(0xc0), at(0xc4));
  await refused(changed(at(0xc0) + 1, 0xc9), /neither a baseline nor a progressive/);
  await refused(changed(at(0xc0) + 4, 12), /12 bits a sample/);
  await refused(changed(at(0xc0) + 11, 0), /header is malformed/);
  await refused(
    new Uint8Array([...bytes.subarray(0, 2), ...frame, ...bytes.subarray(2)]),
    /two headers/,
  );
  const { bytes: progressive } = fixtures.jpegProgressive;
  const scan = progressive.findIndex((byte, i) => byte === 0xff && progressive[i + 1] === 0xda);
  const next = progressive.findIndex((byte, i) =>
    i > scan + 2 && byte === 0xff && progressive[i + 1] !== 0
  );
  const once = progressive.slice(scan, next);
  once[once[3] + 1] = 0; // all bits at once, which may be said again
  await refused(
    new Uint8Array([
      ...progressive.subarray(0, scan),
      ...Array(100).fill([...once]).flat(),
      ...progressive.subarray(scan),
    ]),
    /more than 100 scans/,
  );
  // The pixel data stops halfway, but the file ends as it should.
  await refused(new Uint8Array([...bytes.subarray(0, -30), 0xff, 0xd9]), /damaged/);
});
