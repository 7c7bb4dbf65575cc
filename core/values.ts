/** Numbers with a shape: what results, images and weights are made of outside the engine. */

/** A `Float32Array` that knows its shape; row-major, channels last. */
export type Values = Float32Array & { readonly shape: readonly number[] };

/** How many numbers a shape holds. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/**
 * Gives `data` a shape (no copy).
 *
 * @throws RangeError where the shape does not hold exactly that many numbers.
 */
export function values(data: Float32Array, shape: readonly number[]): Values {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(`${data.length} numbers do not fill the shape [${shape.join(", ")}]`);
  }
  return Object.defineProperty(data, "shape", {
    value: Object.freeze([...shape]),
    configurable: true,
  }) as Values;
}
