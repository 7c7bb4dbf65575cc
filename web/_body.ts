/** What requests bring along, read with bounds: of each, of all together, and of how slowly it comes. */
import { Refusal } from "./guard.ts";

/** The largest picture that is taken. */
export const MAX_UPLOAD_BYTES = 20_000_000;
/** Bytes of all bodies that are being read at once. */
const MAX_OPEN_BYTES = 100_000_000;
/** How long a body may stand still, in ms. */
const SILENCE_MS = 15_000;

/** Bytes of bodies that are being read: the memory is the program's, so the count is too. */
let open = 0;

/** Sets how things are measured; tests have less patience. */
export interface BodyBounds {
  /** Bytes of this body. */
  readonly most: number;
  readonly mostOpen?: number;
  readonly silenceMs?: number;
}

const tooLarge = () =>
  new Refusal(
    413,
    "Too large",
    `That is too large: a picture may have at most ${MAX_UPLOAD_BYTES / 1e6} MB.`,
  );

const tooMany = () =>
  new Refusal(
    503,
    "Busy",
    "Too many pictures are being sent at once; send this one again in a few seconds.",
    { "retry-after": "5" },
  );

const brokenOff = () =>
  new Refusal(400, "Broken off", "What was sent broke off before its end; send it again.");

/** The next piece; refuses where it is long in coming, or where the sender has left. */
async function nextPiece(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  silenceMs: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    const message = `Nothing more came for ${silenceMs / 1000} seconds; send it again.`;
    timer = setTimeout(() => reject(new Refusal(408, "Too slow", message)), silenceMs);
  });
  const piece = reader.read().catch(() => {
    throw brokenOff();
  });
  return (await Promise.race([piece, silence]).finally(() => clearTimeout(timer))).value;
}

/**
 * Reads what was sent. Stops at the largest size that is taken, also where the request claims to be
 * smaller.
 *
 * @throws Refusal where it is larger, too slow or broken off, or where too much is being read already.
 */
export async function readWithin(
  request: Request,
  { most, mostOpen = MAX_OPEN_BYTES, silenceMs = SILENCE_MS }: BodyBounds,
): Promise<Blob> {
  if (Number(request.headers.get("content-length") ?? 0) > most) throw tooLarge();
  const reader = request.body?.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    for (;;) {
      const piece = reader && await nextPiece(reader, silenceMs);
      if (!piece) return new Blob(parts);
      size += piece.length;
      open += piece.length;
      if (size > most) throw tooLarge();
      if (open > mostOpen) throw tooMany();
      parts.push(piece);
    }
  } catch (error) {
    reader?.cancel().catch(() => {}); // the sender may have left already
    throw error;
  } finally {
    open -= size;
  }
}
