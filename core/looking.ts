/** How a file format is read that says where its parts lie: by asking for the bytes that it needs. */

/** Bytes of a file: so many, from place `at`. */
export interface Span {
  readonly at: number;
  readonly length: number;
}

/**
 * Asks for spans, one after the other, until it knows what it is to find. It is given what the file
 * has of each: less, where the file ends before.
 */
export type Looking<T> = Generator<Span, T, Uint8Array>;

/** Looks in bytes that are at hand. */
export function lookIn<T>(looking: Looking<T>, bytes: Uint8Array): T {
  let step = looking.next();
  while (!step.done) {
    const { at, length } = step.value;
    step = looking.next(bytes.subarray(Math.min(at, bytes.length), at + length));
  }
  return step.value;
}
