import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import {
  centerCrop,
  decodeImage,
  encodeGif,
  encodePng,
  type Interpolation,
  loadImage,
  MAX_PIXELS,
  type Picture,
  resize,
} from "../../image/mod.ts";
import { UserError } from "../../core/errors.ts";
import fc from "../_support/property.ts";
import * as fixtures from "./_image_fixtures.ts";
import { chunk, exifOf, type PngParts, source, withExif, writePng } from "./_image_fixtures.ts";

const hashOf = ({ data }: Picture) => createHash("sha256").update(data).digest("hex");

const sizeOf = ({ width, height }: Picture) => [width, height];

/** Some colour's level in a picture of any depth, different at every place. */
const level = (x: number, y: number, channel: number, depth: number) =>
  (x * 7919 + y * 104729 + channel * 1299709 + x * y * 31) % 2 ** depth;

const onWhite = (value: number, alpha: number) =>
  Math.round((value * alpha + 255 * (255 - alpha)) / 255);

for (const interlaced of [false, true]) {
  for (
    const [colour, channels, depths] of [
      [0, 1, [1, 2, 4, 8, 16]],
      [2, 3, [8, 16]],
      [4, 2, [8, 16]],
      [6, 4, [8, 16]],
    ] as const
  ) {
    for (const depth of depths) {
      Deno.test(`PNG: colour type ${colour}, ${depth} bits${interlaced ? ", interlaced" : ""}`, async () => {
        const width = 13, height = 11;
        const pixel = (x: number, y: number) =>
          Array.from({ length: channels }, (_, channel) => level(x, y, channel, depth));
        const bytes = writePng({ width, height, depth, colour, interlaced, pixel });
        const picture = await decodeImage(bytes);
        assert.deepEqual(sizeOf(picture), [width, height]);
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const samples = pixel(x, y).map((sample) =>
              depth === 16 ? sample >> 8 : sample * 255 / (2 ** depth - 1)
            );
            const alpha = colour >= 4 ? samples.pop()! : 255;
            const [r, g = r, b = r] = samples;
            assert.deepEqual(
              [...picture.data.subarray(3 * (y * width + x)).subarray(0, 3)],
              [r, g, b].map((value) => onWhite(value, alpha)),
              `pixel ${x}, ${y}`,
            );
          }
        }
      });
    }
  }
}

for (const depth of [1, 2, 4, 8]) {
  Deno.test(`PNG: palette of ${depth} bits, its first colour half clear`, async () => {
    const colours = 2 ** depth;
    const palette = Array.from({ length: 3 * colours }, (_, i) => (i * 97 + 5) % 256);
    const pixel = (x: number, y: number) => [level(x, y, 0, depth)];
    const before = [chunk("PLTE", palette), chunk("tRNS", [128])];
    const bytes = writePng({ width: 9, height: 6, depth, colour: 3, pixel, before });
    const expected = Array.from({ length: 54 }, (_, i) => pixel(i % 9, Math.floor(i / 9))[0])
      .flatMap((index) =>
        palette.slice(3 * index, 3 * index + 3)
          .map((value) => index === 0 ? onWhite(value, 128) : value)
      );
    assert.deepEqual([...(await decodeImage(bytes)).data], expected);
  });
}

Deno.test("PNG: one clear colour, compared at its full depth", async () => {
  const picture = async (
    parts: Partial<PngParts>,
  ) => [
    ...(await decodeImage(writePng({ width: 2, height: 1, depth: 8, colour: 0, ...parts }))).data,
  ];
  assert.deepEqual(
    await picture({ pixel: (x) => [x * 50], before: [chunk("tRNS", [0, 50])] }),
    [0, 0, 0, 255, 255, 255],
  );
  assert.deepEqual(
    await picture({ depth: 16, pixel: (x) => [0x1234 + x], before: [chunk("tRNS", [0x12, 0x35])] }),
    [0x12, 0x12, 0x12, 255, 255, 255],
  );
  assert.deepEqual(
    await picture({
      colour: 2,
      pixel: (x) => [1, 2, 3 + x],
      before: [chunk("tRNS", [0, 1, 0, 2, 0, 4])],
    }),
    [1, 2, 3, 255, 255, 255],
  );
});

for (
  const name of [
    "pngPalette",
    "jpegBaseline",
    "jpegProgressive",
    "jpegFull",
    "jpegGrey",
    "webpLossy",
    "webpLossless",
    "gif",
  ] as const
) {
  Deno.test(`${name} has the pixels that Pillow reads`, async () => {
    const { bytes, width, height, sha256 } = fixtures[name];
    const picture = await decodeImage(bytes, name);
    assert.deepEqual(sizeOf(picture), [width, height]);
    assert.equal(hashOf(picture), sha256);
  });
}

Deno.test("a CMYK JPEG has the pixels that Pillow reads, to a level", async () => {
  const { width, height, data } = await decodeImage(fixtures.jpegCmyk.bytes);
  assert.deepEqual([width, height], [17, 13]);
  const expected: [number, number[]][] = [[0, [0, 0, 0]], [12 * 17 + 16, [240, 228, 190]], [
    6 * 17 + 8,
    [120, 116, 50],
  ]];
  for (const [pixel, colour] of expected) {
    colour.forEach((value, i) => assert.ok(Math.abs(data[3 * pixel + i] - value) <= 1));
  }
});

Deno.test("WebP: alpha goes over white", async () => {
  const { data } = await decodeImage(fixtures.webpAlpha.bytes);
  const expected = [0, 85, 170, 255].map((alpha, x) => onWhite(x * 15, alpha));
  assert.deepEqual([0, 1, 2, 3].map((x) => data[3 * x]), expected);
});

Deno.test("GIF: a small, partly clear frame lies on white", async () => {
  // 3×2 screen; a 2×1 frame at (1, 1); palette of four; index 1 is clear; pixels 2, 1.
  const bytes = new Uint8Array([
    ...new TextEncoder().encode("GIF89a"),
    ...[3, 0, 2, 0, 0x81, 0, 0],
    ...[0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90],
    ...[0x21, 0xf9, 4, 1, 0, 0, 1, 0],
    ...[0x2c, 1, 0, 1, 0, 2, 0, 1, 0, 0],
    ...[2, 2, 0b01_010_100, 0b0000_1010, 0, 0x3b],
  ]);
  const white = [255, 255, 255];
  assert.deepEqual(
    [...(await decodeImage(bytes)).data],
    [
      ...[white, white, white],
      ...[white, [40, 50, 60], white],
    ].flat(),
  );
});

Deno.test("EXIF: a JPEG stands upright for every orientation and byte order", async () => {
  for (const [i, [width, height, sha256]] of fixtures.upright.entries()) {
    for (const little of [true, false]) {
      const bytes = withExif(fixtures.jpegBaseline.bytes, exifOf(i + 1, little));
      const picture = await decodeImage(bytes);
      assert.deepEqual([...sizeOf(picture), hashOf(picture)], [width, height, sha256]);
    }
  }
});

Deno.test("EXIF: a PNG stands upright", async () => {
  const pixel = (x: number, y: number) => [10 * y + x];
  const before = [chunk("eXIf", exifOf(6, false))];
  const bytes = writePng({ width: 3, height: 2, depth: 8, colour: 0, pixel, before });
  const { width, height, data } = await decodeImage(bytes);
  assert.deepEqual([width, height], [2, 3]);
  // Orientation 6: the stored left column, from the bottom, is the top row.
  assert.deepEqual([...data].filter((_, i) => i % 3 === 0), [10, 0, 11, 1, 12, 2]);
});

Deno.test("EXIF: broken or senseless data changes nothing", async () => {
  const { bytes, sha256 } = fixtures.jpegBaseline;
  for (const exif of [exifOf(9, true), exifOf(6, true).subarray(0, 15), new Uint8Array(3)]) {
    assert.equal(hashOf(await decodeImage(withExif(bytes, exif))), sha256);
  }
});

Deno.test("any picture comes back from its PNG", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.infiniteStream(fc.nat(255)),
      async (width, height, levels) => {
        const data = Uint8ClampedArray.from(levels.take(3 * width * height));
        const picture = await decodeImage(await encodePng({ width, height, data }));
        assert.deepEqual(picture, { width, height, data });
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("frames become a GIF whose first frame reads back", async () => {
  const colours = [[200, 30, 40], [10, 20, 250]];
  const frame = (first: number) => ({
    width: 5,
    height: 3,
    data: new Uint8ClampedArray(
      Array.from({ length: 15 }, (_, i) => colours[(i + first) % 2]).flat(),
    ),
  });
  const bytes = await encodeGif([frame(0), frame(1)], { delayMs: 120 });
  const { data } = await decodeImage(bytes);
  // The palette's colours are means of bins of 8 levels.
  data.forEach((value, i) => assert.ok(Math.abs(value - frame(0).data[i]) <= 8));
  const delays = [...bytes.keys()].filter((i) => bytes[i] === 0x21 && bytes[i + 1] === 0xf9)
    .map((i) => bytes[i + 4]);
  assert.deepEqual(delays, [12, 12]);
  await assert.rejects(encodeGif([], { delayMs: 50 }), RangeError);
  await assert.rejects(encodeGif([frame(0), source], { delayMs: 50 }), RangeError);
});

Deno.test("resizing equals Pillow's", () => {
  for (const [interpolation, width, height, expected] of fixtures.resized) {
    const picture = resize(source, width, height, interpolation as Interpolation);
    assert.deepEqual(sizeOf(picture), [width, height]);
    assert.deepEqual([...picture.data], [...expected], `${interpolation} ${width}×${height}`);
  }
});

Deno.test("cropping equals torchvision's, also beyond the picture", () => {
  for (const [width, height, red] of fixtures.cropped) {
    const picture = centerCrop(source, width, height);
    assert.deepEqual(sizeOf(picture), [width, height]);
    assert.deepEqual([...picture.data].filter((_, i) => i % 3 === 0), red.flat());
  }
});

Deno.test("a size that makes no picture is refused", () => {
  for (const [width, height] of [[0, 3], [3, -1], [2.5, 2], [NaN, 2], [MAX_PIXELS, 2]]) {
    assert.throws(() => resize(source, width, height, "bilinear"), UserError);
    assert.throws(() => centerCrop(source, width, height), UserError);
  }
  const tall = { width: 1, height: 1e6, data: new Uint8ClampedArray(3e6) };
  assert.throws(() => resize(tall, 100, 100, "bicubic"), userError(/takes 100×1000000 pixels/));
});

Deno.test("a loaded picture knows its file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/a picture.jpeg`;
    const { bytes, sha256 } = fixtures.jpegBaseline;
    await Deno.writeFile(path, bytes);
    const picture = await loadImage(path);
    assert.equal(picture.name, "a picture.jpeg");
    assert.equal(picture.sha256, createHash("sha256").update(bytes).digest("hex"));
    assert.equal(hashOf(picture), sha256);
    const url = new URL(`file://${encodeURI(path)}`);
    assert.deepEqual(await loadImage(url), picture);
    assert.deepEqual(await loadImage(url.href), picture);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that cannot be read is named", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/notes.png`, "Dear diary,\nno picture today.\n");
    await assert.rejects(loadImage(`${folder}/none.png`), userError(/none\.png".*no such file/));
    await assert.rejects(loadImage(folder), userError(/it is a folder/));
    await assert.rejects(loadImage("file:///%zz.png"), userError(/%zz\.png/));
    await assert.rejects(loadImage("a\0b.png"), userError(/Cannot read picture/));
    await assert.rejects(loadImage("https://example.org/a.png"), userError(/only files are read/));
    await assert.rejects(
      loadImage(`${folder}/notes.png`),
      userError(
        /"notes\.png": it looks like text\. Formats that work: PNG, JPEG, WebP, GIF, BMP, TIFF, PPM\./,
      ),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a source that is none is the user's error", async () => {
  const sources: [unknown, RegExp][] = [
    [new URL("file:///tmp/100%.jpg"), /100%\.jpg": its URL is malformed.*%25/],
    ["file:///100%.jpg", /its URL is malformed/],
    [new URL("blob:abc"), /only files are read/],
    [new URL("ftp://example.org/a.png"), /begins with file:/],
    ["", /a path that is not empty/],
    [undefined, /from undefined: a path or a file's URL/],
    [42, /from a number/],
    [new ArrayBuffer(3), /from an ArrayBuffer.*`decodeImage` takes bytes/],
  ];
  for (const [source, pattern] of sources) {
    await assert.rejects(loadImage(source as string), userError(pattern));
  }
  for (const bytes of [new ArrayBuffer(3), "abc", [1, 2], undefined, new Uint8ClampedArray(2)]) {
    await assert.rejects(
      decodeImage(bytes as unknown as Uint8Array),
      userError(/needed as a Uint8Array, not/),
    );
  }
});

Deno.test("EXIF: a LONG counts, and of several segments the first", async () => {
  const { bytes } = fixtures.jpegBaseline;
  for (const little of [true, false]) {
    const exif = exifOf(6, little), view = new DataView(exif.buffer);
    view.setUint16(12, 4, little);
    view.setUint32(18, 6, little);
    assert.deepEqual(sizeOf(await decodeImage(withExif(bytes, exif))), [13, 17]);
  }
  const both = withExif(withExif(bytes, exifOf(6, true)), exifOf(1, true));
  assert.deepEqual(sizeOf(await decodeImage(both)), [17, 13]);
});

Deno.test("XMP and ImageMagick's profiles turn a PNG too, where EXIF says nothing", async () => {
  const text = (content: string) => [...new TextEncoder().encode(content)];
  const xmp = (rest: string) => text(`XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>${rest}</x:xmpmeta>`);
  const hex = [0x45, 0x78, 0x69, 0x66, 0, 0, ...exifOf(8, false)]
    .map((byte) => byte.toString(16).padStart(2, "0"));
  const profile = `\nexif\n      ${hex.length}\n${hex.join("").replace(/.{1,72}/g, "$&\n")}`;
  const packed = deflateSync(new Uint8Array(text(profile)));
  const turned: [string, Uint8Array][] = [
    ["an attribute", chunk("iTXt", xmp('<a tiff:Orientation="6"/>'))],
    ["an element", chunk("iTXt", xmp("<tiff:Orientation>6</tiff:Orientation>"))],
    ["a profile", chunk("zTXt", [...text("Raw profile type exif\0\0"), ...packed])],
    ["a plain profile", chunk("tEXt", text(`Raw profile type exif\0${profile}`))],
  ];
  const read = async (...before: Uint8Array[]) =>
    sizeOf(await decodeImage(writePng({ width: 3, height: 2, depth: 8, colour: 0, before })));
  for (const [what, before] of turned) assert.deepEqual(await read(before), [2, 3], what);
  const senseless = [
    chunk("iTXt", xmp('<a tiff:Orientation="9"/>')),
    chunk("iTXt", text("XML:com.adobe.xmp\0")),
    chunk("zTXt", text("Raw profile type exif\0\0no zlib")),
    chunk("tEXt", text("Raw profile type exif\0\nexif\n 9\nabc")),
  ];
  for (const before of senseless) assert.deepEqual(await read(before), [3, 2]);
  assert.deepEqual(await read(chunk("eXIf", exifOf(1, true)), turned[0][1]), [3, 2], "EXIF first");
});

/** A check that an error is the user's and says this. */
const userError = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError, String(error));
  assert.match(error.message, pattern);
  return true;
};
