/** What a check expects, and how it says what it found instead. */
import type { Values } from "../core/values.ts";

/** What a check found otherwise than promised, in a sentence without its stop. */
export class Unmet extends Error {
  override name = "Unmet";
}

/** Fails, with a sentence, where something is not so. */
export function expect(so: unknown, otherwise: string): asserts so {
  if (!so) throw new Unmet(otherwise);
}

/** Fails where a number is not finite. */
export function finite(numbers: ArrayLike<number>, what: string): void {
  for (let i = 0; i < numbers.length; i++) {
    expect(Number.isFinite(numbers[i]), `${what}[${i}] is ${numbers[i]}`);
  }
}

/** Fails where two sets of numbers differ in a bit, a name or a shape. */
export function sameNumbers(
  found: Readonly<Record<string, Values>>,
  wanted: Readonly<Record<string, Values>>,
  otherwise: string,
): void {
  for (const [name, numbers] of Object.entries(wanted)) {
    const other = found[name];
    expect(
      other && `${other.shape}` === `${numbers.shape}`,
      `${otherwise}: ${name} has no such shape`,
    );
    const at = numbers.findIndex((v, i) => !Object.is(v, other[i]));
    expect(at < 0, `${otherwise}: ${name}[${at}] is ${other[at]} and was ${numbers[at]}`);
  }
}

/** What a promise is refused with. */
export async function refusal(work: () => Promise<unknown>, what: string): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Unmet(`${what} was taken`);
}

/** ‖a − b‖ / ‖b‖ */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0, size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(difference) / (Math.sqrt(size) || 1);
}
