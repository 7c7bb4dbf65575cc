/**
 * JPEG (ITU-T T.81): the markers are checked here before a codec sees the file. `@jsquash/jpeg`
 * decodes grey and colour, because its pixels equal those of libjpeg (and so of Pillow, whose
 * pixels the models were trained on) bit for bit; CMYK, which it does not know, goes to
 * `imagescript`.
 */
import { orient, readOrientation } from "./_exif.ts";
import { runCodec } from "./_jsquash.ts";
import {
  ascii,
  blank,
  checkSize,
  overWhite,
  type Picture,
  Unreadable,
  viewOf,
} from "./_picture.ts";

/** More scans than any encoder writes; decoding time grows with each. */
const MAX_SCANS = 100;

interface Markers {
  width: number;
  height: number;
  components: number;
  orientation: number;
  /** Where the picture ends: whatever follows, no codec sees. */
  end: number;
}

/** Decodes a baseline or progressive JPEG and turns it upright. */
export async function decodeJpeg(bytes: Uint8Array): Promise<Picture> {
  const markers = readMarkers(bytes);
  const file = bytes.subarray(0, markers.end);
  const picture = markers.components === 4 ? await decodeCmyk(file) : await decodeColour(file);
  if (picture.width !== markers.width || picture.height !== markers.height) {
    throw new Unreadable("its pixels do not fill the size in its header");
  }
  return orient(picture, markers.orientation);
}

function readMarkers(bytes: Uint8Array): Markers {
  const view = viewOf(bytes);
  let frame: Omit<Markers, "orientation" | "end"> & { blocks: number } | undefined;
  let orientation = 1;
  let scans = 0;
  for (let offset = 2;;) {
    while (bytes[offset] === 0xff && bytes[offset + 1] === 0xff) offset++; // fill bytes
    if (offset + 2 > bytes.length) throw new Unreadable("it is cut off");
    if (bytes[offset] !== 0xff) throw new Unreadable("its markers are damaged");
    const marker = bytes[offset + 1];
    offset += 2;
    if (marker === 0xd9) { // EOI
      if (!frame || !scans) throw new Unreadable("it holds no pixel data");
      // Each 8×8 block costs at least a bit.
      if (frame.blocks > 8 * offset) {
        throw new Unreadable(
          `its header says ${frame.width}×${frame.height} pixels, more than its ${offset} bytes can hold`,
        );
      }
      return { ...frame, orientation, end: offset };
    }
    if (offset + 2 > bytes.length) throw new Unreadable("it is cut off");
    const length = view.getUint16(offset);
    if (offset + length > bytes.length) throw new Unreadable("it is cut off");
    if (length < 2) throw new Unreadable("its markers are damaged");
    const body = bytes.subarray(offset + 2, offset + length);
    offset += length;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) { // SOF
      if (frame) throw new Unreadable("it has two headers");
      if (marker > 0xc2) {
        throw new Unreadable("it is neither a baseline nor a progressive JPEG; save it as one");
      }
      frame = readFrame(body);
    } else if (marker === 0xe1 && ascii(body.subarray(0, 6)) === "Exif\0\0") {
      orientation = readOrientation(body.subarray(6));
    } else if (marker === 0xda) { // SOS, then coded data up to a marker that is no RST
      if (!frame) throw new Unreadable("it has no header before its pixel data");
      if (++scans > MAX_SCANS) throw new Unreadable(`it has more than ${MAX_SCANS} scans`);
      for (;; offset++) {
        offset = bytes.indexOf(0xff, offset);
        if (offset < 0 || offset + 1 >= bytes.length) throw new Unreadable("it is cut off");
        const next = bytes[offset + 1];
        if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) break;
      }
    }
  }
}

function readFrame(body: Uint8Array) {
  const components = body[5];
  if (body.length < 6 || body.length !== 6 + 3 * components) {
    throw new Unreadable("its header is malformed");
  }
  if (body[0] !== 8) {
    throw new Unreadable(`it has ${body[0]} bits a sample, and only 8 can be read`);
  }
  if (![1, 3, 4].includes(components)) {
    throw new Unreadable(`it has ${components} channels, and only 1, 3 and 4 can be read`);
  }
  const height = viewOf(body).getUint16(1), width = viewOf(body).getUint16(3);
  checkSize(width, height);
  const factors = Array.from({ length: components }, (_, i) => body[7 + 3 * i])
    .map((packed) => [packed >> 4, packed & 15]);
  if (factors.flat().some((factor) => factor < 1 || factor > 4)) {
    throw new Unreadable("its header is malformed");
  }
  const most = [0, 1].map((axis) => Math.max(...factors.map((factor) => factor[axis])));
  const blocks = factors.reduce(
    (sum, [h, v]) => sum + Math.ceil(width * h / most[0] / 8) * Math.ceil(height * v / most[1] / 8),
    0,
  );
  return { width, height, components, blocks };
}

async function decodeColour(bytes: Uint8Array): Promise<Picture> {
  const { image, warnings } = await runCodec(await import("@jsquash/jpeg/decode.js"), bytes);
  // Some cameras pad the pixel data; any other warning means made-up pixels.
  const damage = warnings.find((line) => !line.includes("extraneous bytes before marker"));
  if (damage) throw new Unreadable(`its pixel data is damaged (${damage})`);
  return overWhite(image.data, image.width, image.height);
}

interface CmykCodec {
  init(): Promise<unknown>;
  "new"(): { decode(bytes: Uint8Array): { width: number; height: number; buffer: Uint8Array } };
}

async function decodeCmyk(bytes: Uint8Array): Promise<Picture> {
  const codec = (await import("imagescript/wasm/node/jpeg.js")).default as CmykCodec;
  await codec.init();
  let image;
  try {
    image = codec.new().decode(bytes);
  } catch (cause) {
    throw new Unreadable("its CMYK pixel data is damaged, or of a kind that cannot be read", {
      cause,
    });
  }
  const { width, height, buffer: ink } = image;
  const picture = blank(width, height);
  for (let from = 0, to = 0; to < picture.data.length; from += 4) {
    const light = 255 - ink[from + 3];
    for (let i = 0; i < 3; i++) picture.data[to++] = (255 - ink[from + i]) * light / 255;
  }
  return picture;
}
