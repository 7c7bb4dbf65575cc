/** Reads little-endian fields one after the other, never past the end. */
import { UserError } from "../../core/errors.ts";

/** A place in a file; every read checks that the bytes are there before it takes them. */
export class Reader {
  readonly #view: DataView;
  /** Whether something was asked for beyond the end. */
  ranOut = false;

  /** @param base The file's byte at which `bytes` begin. */
  constructor(
    readonly bytes: Uint8Array,
    readonly name: string,
    public at = 0,
    readonly base = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Gives up on the file. @throws UserError always */
  fail(reason: string): never {
    throw new UserError(`Cannot read "${this.name}": ${reason}`, { code: "bad-file" });
  }

  /** The next `count` bytes, as a view. */
  take(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.bytes.subarray(start, start + count);
  }

  /** The bytes up to the next line feed, which is skipped. */
  line(): Uint8Array {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) this.#short(`a line that begins at byte ${this.at} has no end`);
    const line = this.take(end - this.at);
    this.at++;
    return line;
  }

  u8 = (): number => this.#view.getUint8(this.#advance(1));
  u16 = (): number => this.#view.getUint16(this.#advance(2), true);
  u32 = (): number => this.#view.getUint32(this.#advance(4), true);
  i32 = (): number => this.#view.getInt32(this.#advance(4), true);
  /** Exact below 2^53; beyond, near enough to be refused by whoever asks for so many bytes. */
  u64 = (): number => Number(this.#view.getBigUint64(this.#advance(8), true));
  /** Big-endian, as pickle has its floats. */
  f64 = (): number => this.#view.getFloat64(this.#advance(8), false);

  #short(reason: string): never {
    this.ranOut = true;
    this.fail(reason);
  }

  #advance(count: number): number {
    const start = this.at, left = this.bytes.length - start;
    if (start < 0 || count > left) {
      this.#short(
        `byte ${this.base + start} begins something of ${count} bytes, but the file has ${
          Math.max(left, 0)
        } left`,
      );
    }
    this.at += count;
    return start;
  }
}
