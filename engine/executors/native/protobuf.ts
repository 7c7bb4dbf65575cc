/** Protocol buffers, as far as ONNX needs to be written: numbers, texts, bytes and messages in messages. */

const text = new TextEncoder();

/** A message in the making. Large pieces (weights) are copied once, when the whole is put together. */
export class Message {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  #put(piece: Uint8Array): this {
    this.#pieces.push(piece);
    this.#length += piece.length;
    return this;
  }

  /** A number of up to 64 bits in sevens, the lowest first. */
  #varint(number: number | bigint): this {
    const bytes: number[] = [];
    let left = BigInt.asUintN(64, BigInt(number));
    for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
    bytes.push(Number(left));
    return this.#put(Uint8Array.from(bytes));
  }

  /** Field `field`, a whole number. */
  int(field: number, number: number | bigint): this {
    return this.#varint(field << 3).#varint(number);
  }

  /** Field `field`, a number in single precision. */
  float(field: number, number: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, number, true);
    return this.#varint(field << 3 | 5).#put(bytes);
  }

  bytes(field: number, bytes: Uint8Array): this {
    return this.#varint(field << 3 | 2).#varint(bytes.length).#put(bytes);
  }

  text(field: number, string: string): this {
    return this.bytes(field, text.encode(string));
  }

  message(field: number, message: Message): this {
    this.#varint(field << 3 | 2).#varint(message.#length);
    for (const piece of message.#pieces) this.#put(piece);
    return this;
  }

  /** The whole message. */
  encode(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}
