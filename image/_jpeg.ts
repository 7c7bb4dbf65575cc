/**
 * JPEG (ITU-T T.81): baseline and progressive, grey, colour and CMYK. Written here because the
 * codecs at hand fill in what is damaged and tell of their first warning only, behind which any
 * other hides. Sound files have the pixels of libjpeg-turbo bit for bit (and so of Pillow, whose
 * pixels the models were trained on); what libjpeg would only warn of is judged by whether the
 * pixels are known.
 */
import { type Metadata, orient, orientationOf } from "./_exif.ts";
import { colour, type Space } from "./_jpeg_colour.ts";
import { type Frame, readFrame } from "./_jpeg_frame.ts";
import { type Huffman, huffman } from "./_jpeg_huffman.ts";
import { inverse, inverseFlat } from "./_jpeg_idct.ts";
import { type Part, readScan, type Scan, ZIGZAG } from "./_jpeg_scan.ts";
import { standardTables } from "./_jpeg_standard.ts";
import { ascii, checkYield, type Picture, text, Unreadable, viewOf } from "./_picture.ts";

/** More scans than any encoder writes; decoding time grows with each. */
const MAX_SCANS = 100;

/** What the markers have said so far. */
interface State extends Metadata {
  frame?: Frame;
  readonly steps: Uint16Array[];
  readonly dc: Huffman[];
  readonly ac: Huffman[];
  restart: number;
  scans: number;
  jfif: boolean;
  /** Adobe's word on the colours: 0, 1 or 2. */
  adobe?: number;
}

/** Decodes a JPEG and turns it upright. */
export function decodeJpeg(bytes: Uint8Array): Picture {
  const state = readMarkers(bytes), { frame } = state;
  if (!frame) throw new Unreadable("it holds no pixel data");
  if (frame.progressive) finishProgressive(frame);
  return orient(colour(frame, spaceOf(frame, state)), orientationOf(state));
}

function readMarkers(bytes: Uint8Array): State {
  const state: State = { steps: [], ...standardTables(), restart: 0, scans: 0, jfif: false };
  const view = viewOf(bytes);
  for (let offset = 2;;) {
    offset = nextMarker(bytes, offset);
    const marker = bytes[offset + 1];
    offset += 2;
    if (marker === 0xd9) return state; // EOI
    if (marker === 0x01 || marker >= 0xd0 && marker <= 0xd8) continue; // these stand alone
    if (offset + 2 > bytes.length) throw new Unreadable("it is cut off");
    const length = view.getUint16(offset);
    if (offset + length > bytes.length) throw new Unreadable("it is cut off");
    if (length < 2) throw new Unreadable("its markers are damaged");
    const body = bytes.subarray(offset + 2, offset + length);
    offset += length;
    if (marker !== 0xda) readSegment(state, marker, body);
    else offset = startScan(state, body, bytes, offset);
  }
}

/** The place of the next marker; stray bytes before it are passed over. */
function nextMarker(bytes: Uint8Array, offset: number): number {
  for (; (offset = bytes.indexOf(0xff, offset)) >= 0; offset++) {
    if (offset + 1 >= bytes.length) break;
    if (bytes[offset + 1] !== 0 && bytes[offset + 1] !== 0xff) return offset;
  }
  throw new Unreadable("it is cut off");
}

function readSegment(state: State, marker: number, body: Uint8Array): void {
  const says = (word: string) => ascii(body.subarray(0, word.length)) === word;
  if (marker === 0xc4) readHuffman(state, body);
  else if (marker === 0xdb) readSteps(state, body);
  else if (marker === 0xdd) {
    if (body.length < 2) throw new Unreadable("its markers are damaged");
    state.restart = viewOf(body).getUint16(0);
  } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) { // SOF
    if (state.frame) throw new Unreadable("it has two headers");
    if (marker > 0xc2) {
      throw new Unreadable("it is neither a baseline nor a progressive JPEG; save it as one");
    }
    state.frame = readFrame(body, marker === 0xc2);
  } else if (marker === 0xe0 && says("JFIF\0") && body.length >= 14) state.jfif = true;
  else if (marker === 0xee && says("Adobe") && body.length >= 12) state.adobe = body[11];
  else if (marker === 0xe1 && says("Exif\0")) state.exif ??= body;
  else if (marker === 0xe1 && says(XMP)) state.xmp ??= text(body.subarray(XMP.length));
}

const XMP = "http://ns.adobe.com/xap/1.0/\0";

function readHuffman({ dc, ac }: State, body: Uint8Array): void {
  for (let at = 0; at < body.length;) {
    const where = body[at++], counts = body.subarray(at, at += 16);
    const count = counts.reduce((a, b) => a + b, 0), symbols = body.subarray(at, at += count);
    if (counts.length < 16 || symbols.length < count || count > 256 || (where & 0xef) > 3) {
      throw new Unreadable("its Huffman tables are malformed");
    }
    (where & 0x10 ? ac : dc)[where & 3] = huffman(counts, symbols);
  }
}

function readSteps({ steps }: State, body: Uint8Array): void {
  for (let at = 0; at < body.length;) {
    const where = body[at++], wide = where >> 4;
    if (at + (wide ? 128 : 64) > body.length || (where & 15) > 3) {
      throw new Unreadable("its quantization tables are malformed");
    }
    const table = new Uint16Array(64);
    for (const place of ZIGZAG) table[place] = wide ? body[at++] << 8 | body[at++] : body[at++];
    steps[where & 15] = table;
  }
}

/** Reads a scan's header and its coded data; where it ends. */
function startScan(state: State, body: Uint8Array, bytes: Uint8Array, offset: number): number {
  const { frame } = state;
  if (!frame) throw new Unreadable("it has no header before its pixel data");
  if (++state.scans > MAX_SCANS) throw new Unreadable(`it has more than ${MAX_SCANS} scans`);
  if (state.scans === 1) {
    // Each 8×8 block costs at least a bit.
    if (frame.blocks > 8 * bytes.length) {
      throw new Unreadable(
        `its header says ${frame.width}×${frame.height} pixels, ` +
          `more than its ${bytes.length} bytes can hold`,
      );
    }
    checkYield(frame, 3 * frame.width * frame.height, bytes);
  }
  let end = offset;
  for (;; end++) { // the coded data ends at a marker that is no restart
    end = nextMarker(bytes, end);
    if (bytes[end + 1] < 0xd0 || bytes[end + 1] > 0xd7) break;
  }
  const scan = readScanHeader(state, frame, body);
  if (frame.progressive) follow(scan);
  for (const { channel } of scan.parts) {
    channel.steps ??= state.steps[channel.table];
    if (!channel.steps) throw new Unreadable("it has no quantization table for its pixel data");
    const size = 64 * channel.stride * channel.rows;
    if (frame.progressive) {
      channel.coefficients ??= new Int16Array(size);
      channel.used ??= new Uint8Array(size / 64);
    }
    if (frame.progressive) continue;
    if (channel.samples) throw new Unreadable("it holds the same pixels twice");
    else channel.samples = new Uint8ClampedArray(size);
  }
  readScan(frame, scan, bytes, offset, end);
  return end;
}

function readScanHeader(state: State, { channels, progressive }: Frame, body: Uint8Array): Scan {
  const malformed = () => new Unreadable("the header of a scan is malformed");
  const count = body[0];
  if (!(count >= 1 && count <= 4) || body.length < 1 + 2 * count + 3) throw malformed();
  const [from, to, bits] = body.subarray(1 + 2 * count), high = bits >> 4, low = bits & 15;
  if (progressive) {
    const band = from === 0 ? to === 0 : from <= to && to <= 63 && count === 1;
    if (!band || low > 13 || high && low !== high - 1) throw malformed();
  } // else the numbers say nothing new, and some phones write them wrong
  const parts = Array.from({ length: count }, (_, i): Part => {
    const [id, tables] = body.subarray(1 + 2 * i);
    const channel = channels.find((one) => one.id === id);
    if (!channel) throw malformed();
    const dc = state.dc[tables >> 4], ac = state.ac[tables & 15];
    const needsDc = !progressive || from === 0 && high === 0, needsAc = !progressive || from > 0;
    if (needsDc && !dc || needsAc && !ac) {
      throw new Unreadable("it has no Huffman table for its pixel data");
    }
    return { channel, dc, ac };
  });
  if (new Set(parts.map(({ channel }) => channel)).size < count) throw malformed();
  if (count > 1 && parts.reduce((sum, { channel: { h, v } }) => sum + h * v, 0) > 10) {
    throw malformed();
  }
  const { restart } = state;
  return progressive
    ? { parts, from, to, high, low, restart }
    : { parts, from: 0, to: 63, high: 0, low: 0, restart };
}

/** Notes what a progressive scan brings: it must go on where the last one of its kind ended. */
function follow({ parts, from, to, high, low }: Scan): void {
  for (const { channel: { missing } } of parts) {
    for (let k = from; k <= to; k++) {
      if (high !== Math.max(0, missing[k])) {
        throw new Unreadable("its pixel data is damaged (a scan is missing)");
      }
      missing[k] = low;
    }
  }
}

/** Turns the coefficients into samples, channel by channel, so that memory is free again. */
function finishProgressive({ channels }: Frame): void {
  for (const channel of channels) {
    const { stride, rows, coefficients, used, steps, missing } = channel;
    if (missing.some((bits) => bits !== 0)) {
      throw new Unreadable("its last scans are missing: it is cut off");
    }
    const samples = channel.samples = new Uint8ClampedArray(64 * stride * rows);
    for (let y = 0, at = 0; y < rows; y++) {
      for (let x = 0; x < stride; x++, at += 64) {
        const to = 64 * y * stride + 8 * x;
        if (!used![at >> 6]) inverseFlat(coefficients![at] * steps![0], samples, to, 8 * stride);
        else inverse(coefficients!.subarray(at, at + 64), steps!, samples, to, 8 * stride);
      }
    }
    channel.coefficients = channel.used = undefined;
  }
}

/** What the channels are, as libjpeg guesses it. */
function spaceOf(frame: Frame, { jfif, adobe, scans }: State): Space {
  if (!scans || frame.channels.some(({ samples }) => !samples)) {
    throw new Unreadable("it holds no pixel data");
  }
  const ids = String.fromCharCode(...frame.channels.map(({ id }) => id));
  if (ids.length === 1) return "grey";
  if (ids.length === 4) return adobe === undefined || adobe === 0 ? "cmyk" : "ycck";
  if (jfif) return "ycc";
  if (adobe !== undefined) return adobe === 0 ? "rgb" : "ycc";
  return ids === "RGB" ? "rgb" : "ycc";
}
