/** The rows of a PNG: inflated piece by piece, so that a large picture needs no room for them. */
import { platform } from "../platform/mod.ts";
import { Unreadable } from "./_picture.ts";

/** Rows of one length. */
export interface Rows {
  readonly count: number;
  /** Bytes, without that which names the filter. */
  readonly length: number;
  /** Takes row `y`; it is only there for the time of the call. */
  take(row: Uint8Array, y: number): void;
}

/** So much is inflated at once: it may become a thousand times as much. */
const PIECE = 2 ** 14;

async function* inflated(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const pieces = function* () {
    for (const part of parts) {
      for (let at = 0; at < part.length; at += PIECE) yield part.slice(at, at + PIECE);
    }
  }();
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { value, done } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  yield* packed.pipeThrough(new DecompressionStream("deflate"));
}

/**
 * Inflates rows and undoes their filters.
 *
 * @param parts the packed rows, one part behind the other
 * @param distance how many bytes to the left the same sample of the last pixel is
 * @throws Unreadable where the data is damaged, or there is more or less of it than the rows take.
 */
export async function readRows(
  parts: readonly Uint8Array[],
  passes: readonly Rows[],
  distance: number,
): Promise<void> {
  let pass = 0, y = 0, filled = 0;
  let row = new Uint8Array(1 + (passes[0]?.length ?? 0)), above = new Uint8Array(row.length);
  try {
    for await (const piece of inflated(parts)) {
      for (let at = 0; at < piece.length;) {
        if (pass === passes.length) {
          throw new Unreadable("its pixel data is larger than its header says");
        }
        const count = Math.min(row.length - filled, piece.length - at);
        row.set(piece.subarray(at, at += count), filled);
        filled += count;
        if (filled < row.length) break;
        filled = 0;
        unfilter(row, above, distance);
        passes[pass].take(row.subarray(1), y);
        [row, above] = [above, row];
        if (++y < passes[pass].count) continue;
        y = 0;
        if (++pass === passes.length) continue;
        row = new Uint8Array(1 + passes[pass].length);
        above = new Uint8Array(row.length);
      }
    }
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    // behind the last row there may be anything
    if (pass === passes.length) return;
    throw new Unreadable(`its pixel data is damaged (${platform.reason(error)})`, { cause: error });
  }
  if (pass < passes.length) {
    throw new Unreadable("its pixel data is smaller than its header says");
  }
}

/** Undoes a row's filter in place; its first byte names it. */
function unfilter(row: Uint8Array, above: Uint8Array, distance: number): void {
  const filter = row[0], end = row.length, second = Math.min(1 + distance, end);
  if (filter === 0) return;
  else if (filter === 1) {
    for (let i = second; i < end; i++) row[i] += row[i - distance];
  } else if (filter === 2) {
    for (let i = 1; i < end; i++) row[i] += above[i];
  } else if (filter === 3) {
    for (let i = 1; i < second; i++) row[i] += above[i] >> 1;
    for (let i = second; i < end; i++) row[i] += row[i - distance] + above[i] >> 1;
  } else if (filter === 4) {
    for (let i = 1; i < second; i++) row[i] += above[i];
    for (let i = second; i < end; i++) {
      row[i] += paeth(row[i - distance], above[i], above[i - distance]);
    }
  } else throw new Unreadable(`it uses an unknown row filter (${filter})`);
}

/** Whichever of left, up and corner is nearest to left + up − corner. */
export function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
}
