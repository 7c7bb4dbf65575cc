/** An open file of which each byte is read once: what was looked at is kept until all is read. */
import { UserError } from "../core/errors.ts";
import type { Looking, Span } from "../core/looking.ts";
import { platform } from "../platform/mod.ts";
import type { OpenFile, Sha256 } from "../platform/platform.ts";

/** What a file must be able to do. */
export type Readable = Pick<OpenFile, "bytes" | "read">;

/** Files are read in pieces of so many bytes: divisible by what any number takes. */
const PIECE_BYTES = 2 ** 22;
/** What is looked at is kept in blocks of so many. */
const BLOCK_BYTES = 2 ** 12;

/** A file as its format's reader looks at it first, and as its numbers are then read from it. */
export class Once {
  /** Block's number → its bytes. */
  readonly #kept = new Map<number, Uint8Array>();
  #hashed = 0;

  constructor(
    readonly file: Readable,
    readonly name: string,
    readonly signal?: AbortSignal,
    /** Takes in all that is read; of several files that are read whole, one after the other. */
    readonly hash: Sha256 = platform.startSha256(),
  ) {}

  /** Answers what a format's reader asks for. */
  async look<T>(looking: Looking<T>): Promise<T> {
    let step = looking.next();
    while (!step.done) step = looking.next(await this.span(step.value));
    return step.value;
  }

  /**
   * Reads on, from where this ended last, to `from`; then what lies up to `to`, in pieces. What begins
   * before that place is read once more.
   *
   * @throws the signal's reason once it is aborted.
   */
  async *pieces(from: number, to: number): AsyncGenerator<Uint8Array> {
    if (from < this.#hashed) return yield* this.#again(from, to);
    while (this.#hashed < to) {
      this.signal?.throwIfAborted();
      const at = this.#hashed, until = at < from ? from : to;
      const bytes = await this.#take(at, Math.min(until, at + PIECE_BYTES));
      this.hash.update(bytes);
      this.#hashed += bytes.length;
      if (at >= from) yield bytes;
    }
  }

  /** Reads the rest. */
  async rest(): Promise<void> {
    const { bytes } = this.file;
    for await (const _ of this.pieces(bytes, bytes));
  }

  /** Reads the rest: the SHA-256 of the whole file. Called once. */
  async sha256(): Promise<string> {
    await this.rest();
    return this.hash.hex();
  }

  async *#again(from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let at = from; at < to; at += PIECE_BYTES) {
      this.signal?.throwIfAborted();
      yield await this.#take(at, Math.min(to, at + PIECE_BYTES));
    }
  }

  /** What the file has of a span; the blocks that it lies in are kept. */
  async span({ at, length }: Span): Promise<Uint8Array> {
    const size = this.file.bytes, from = Math.min(at, size), to = Math.min(at + length, size);
    const first = Math.floor(from / BLOCK_BYTES), begin = first * BLOCK_BYTES;
    const end = Math.min(size, Math.ceil(to / BLOCK_BYTES) * BLOCK_BYTES);
    const bytes = await this.#take(begin, end);
    for (let block = first, at = 0; at < bytes.length; block++, at += BLOCK_BYTES) {
      if (!this.#kept.has(block)) this.#kept.set(block, bytes.subarray(at, at + BLOCK_BYTES));
    }
    return bytes.subarray(from - begin, to - begin);
  }

  /** Bytes from one place to another, of which only those are read that are not kept. */
  async #take(from: number, to: number): Promise<Uint8Array> {
    const taken: [at: number, bytes: Uint8Array][] = [];
    for (let at = from; at < to;) {
      let block = Math.floor(at / BLOCK_BYTES);
      const kept = this.#kept.get(block), begin = block * BLOCK_BYTES;
      do block++; while (!kept && block * BLOCK_BYTES < to && !this.#kept.has(block));
      const end = Math.min(to, block * BLOCK_BYTES);
      taken.push([at, kept?.subarray(at - begin, end - begin) ?? await this.#read(at, end)]);
      at = end;
    }
    if (taken.length === 1) return taken[0][1];
    const joined = new Uint8Array(to - from);
    for (const [at, bytes] of taken) joined.set(bytes, at - from);
    return joined;
  }

  async #read(from: number, to: number): Promise<Uint8Array> {
    const bytes = await this.file.read(from, to - from);
    if (bytes.length < to - from) {
      throw new UserError(`Cannot read "${this.name}": it became shorter while it was read`, {
        code: "bad-file",
      });
    }
    return bytes;
  }
}
