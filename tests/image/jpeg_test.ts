/** JPEG: libjpeg's pixels for every sampling, what is harmless and what is damage. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { decodeImage, type Picture } from "../../image/mod.ts";
import { UserError } from "../../core/errors.ts";
import fc from "../_support/property.ts";
import { jpegBaseline, jpegProgressive } from "./_image_fixtures.ts";
import { jpeg422, jpegCmykProgressive, jpegRestart } from "./_pillow_fixtures.ts";
import { type JpegParts, segment, writeJpeg } from "./_writers.ts";

const hashOf = ({ data }: Picture) => createHash("sha256").update(data).digest("hex");
const mean = (channel: number, x: number, y: number) =>
  (x * 58 + y * 86 + channel * 34 + x * y * 22) % 128 * 2;
const parts: JpegParts = { width: 67, height: 45, factors: [[1, 1], [1, 1], [1, 1]], mean };

const refused = (bytes: Uint8Array, pattern: RegExp) =>
  assert.rejects(decodeImage(bytes), (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, pattern);
    return true;
  });

/** What Pillow 12.3 reads, by how often the brightness is sampled for each colour, across and down. */
const SAMPLED: Record<string, string> = {
  "1x1": "e11833324f84f0a1c53e0d341697c34770703d2922b7af72f67bdbf84d55da40",
  "2x1": "8efd99c6386d2f47f48482498b25f2140422178d2aa158cf982c87cc4740a3bf",
  "1x2": "638cf614c7f8244d74ecd50ff61c46adba4cd96af2032a71495012acde87360b",
  "2x2": "428c4d0db2fbe95a63ed507e8cd37b256dd83e51325fb2ff738bb5c9b0bf4649",
  "4x1": "66e166de229675d9964828a5618766e8f7225aab01a183409e30a421d795cd63",
  "1x4": "44760324a38d44a9c681856e13fb8b019e1e5a65982fd50e81ba5e2ed43b1060",
  "4x2": "821fc315b6bb27879452ecc5f3e0989ec90dad2de30e667ea70c5ec3158d3301",
};

for (const [name, sha256] of Object.entries(SAMPLED)) {
  Deno.test(`colours sampled ${name} have the pixels that Pillow reads`, async () => {
    const [h, v] = name.split("x").map(Number);
    const bytes = writeJpeg({ ...parts, factors: [[h, v], [1, 1], [1, 1]] });
    assert.equal(hashOf(await decodeImage(bytes)), sha256);
  });
}

Deno.test("real pictures have the pixels that Pillow reads, CMYK too", async () => {
  for (const { bytes, sha256 } of [jpeg422, jpegRestart, jpegCmykProgressive]) {
    assert.equal(hashOf(await decodeImage(bytes)), sha256);
  }
});

Deno.test("a grey picture is the same whatever its one channel says of sampling", async () => {
  const grey = (factor: [number, number]) =>
    decodeImage(writeJpeg({ ...parts, factors: [factor] }));
  assert.deepEqual(await grey([2, 2]), await grey([1, 1]));
  assert.equal(
    hashOf(await grey([4, 1])),
    "5f240d144e9269d582d713ca2e80d0695fde087fd33a66113f2434c05a79947f",
  );
});

const jfif = (version: number) =>
  segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, version, ...Array(8).fill(0)]);
const adobe = (transform: number) =>
  segment(0xee, [0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform]);

Deno.test("what libjpeg only warns of, and the pixels do not suffer from, opens", async () => {
  const factors: [number, number][] = [[2, 2], [1, 1], [1, 1]];
  const sound = await decodeImage(writeJpeg({ ...parts, factors }));
  const harmless: Record<string, Partial<JpegParts>> = {
    "a JFIF of another revision": { before: jfif(2) },
    "colours that Adobe never defined": { before: adobe(9) },
    "a scan that says it has the first coefficient only": { scan: [0, 0, 0] },
    "a scan with bits of a progressive one": { scan: [5, 70, 0x31] },
    "stray bytes before a marker": {
      before: [...jfif(1), 0, 1, 0xff, 0, 7, ...segment(0xfe, [1]), 0],
    },
    "fill bytes": { before: [0xff, 0xff, 0xff, ...jfif(1), 0xff] },
    "unknown segments": { before: [...segment(0xf3, [1, 2]), ...segment(0xfe, [])] },
    "a marker that stands alone": { before: [0xff, 0x01] },
    "padding of zeros": { after: Array(300).fill(0) },
    "padding of ones": { after: Array(7).fill(0x7f) },
    "a restart behind the last unit": { after: [0xff, 0xd0] },
    "restarts": { restart: 1 },
    "restarts far apart": { restart: 11 },
  };
  for (const [what, change] of Object.entries(harmless)) {
    assert.deepEqual(await decodeImage(writeJpeg({ ...parts, factors, ...change })), sound, what);
  }
  const after = [...new TextEncoder().encode("Maker's notes, 2019.")];
  assert.deepEqual(await decodeImage(writeJpeg({ ...parts, factors, after })), sound, "notes");
});

Deno.test("Adobe says what three channels are", async () => {
  const { data } = await decodeImage(writeJpeg({ ...parts, before: adobe(0) }));
  assert.deepEqual([...data.subarray(0, 3)], [0, 1, 2].map((channel) => mean(channel, 0, 0)));
});

Deno.test("pixel data that goes on, ends early or lost a restart is damage", async () => {
  const sound = writeJpeg(parts);
  await refused(writeJpeg({ ...parts, more: 5 }), /damaged \(\d+ bytes are left over\)/);
  const short = new Uint8Array([...sound.subarray(0, -12), 0xff, 0xd9]);
  await refused(short, /damaged \(it ends too early\)/);
  const restarts = writeJpeg({ ...parts, restart: 6 });
  const scan = restarts.findIndex((byte, i) => byte === 0xff && restarts[i + 1] === 0xda);
  const marks = [...restarts.keys()].filter((i) =>
    i > scan && restarts[i] === 0xff && restarts[i + 1] >= 0xd0 && restarts[i + 1] <= 0xd7
  );
  assert.ok(marks.length > 5);
  const changed = restarts.slice();
  changed[marks[2] + 1] ^= 1;
  await refused(changed, /damaged/);
  const lost = new Uint8Array([
    ...restarts.subarray(0, marks[2]),
    ...restarts.subarray(marks[3]),
  ]);
  await refused(lost, /damaged/);
});

Deno.test("a progressive file without its last scans is cut off, whatever its end says", async () => {
  const { bytes } = jpegProgressive;
  const scans = [...bytes.keys()].filter((i) => bytes[i] === 0xff && bytes[i + 1] === 0xda);
  assert.ok(scans.length > 5);
  for (const scan of scans) {
    const cut = new Uint8Array([...bytes.subarray(0, scan), 0xff, 0xd9]);
    await refused(cut, /its last scans are missing|no pixel data/);
  }
});

Deno.test("a changed byte of the pixels is a refusal or a picture of the same size", async () => {
  for (const { bytes, width, height } of [jpegBaseline, jpegProgressive, jpegRestart]) {
    const scan = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: scan + 14, max: bytes.length - 3 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const copy = bytes.slice();
          copy[at] ^= change;
          try {
            const picture = await decodeImage(copy);
            assert.deepEqual([picture.width, picture.height], [width, height]);
          } catch (error) {
            assert.ok(error instanceof UserError, String(error));
            refusals++;
          }
        },
      ),
      { numRuns: 200 },
    );
    assert.ok(refusals > 60, `${refusals} of 200 were noticed`);
  }
});

Deno.test("a JPEG that ends before it has begun holds no pixel data", async () => {
  for (const progressive of [[], [0xff, 0xda, 0, 2]]) {
    const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 0xfe, 0, 3, 1, ...progressive, 0xff, 0xd9);
    await assert.rejects(decodeImage(bytes), /holds no pixel data|no header before its pixel data/);
  }
});
