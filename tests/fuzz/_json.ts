/** Changes to JSON that keep it JSON: the wrong kind of value, too many, too deep, under odd names. */
import type { Random } from "../../core/random.ts";

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e300,
  2 ** 31,
  2 ** 53,
  1e15,
  "",
  " ",
  "..",
  "/",
  "a/b",
  "NaN",
  "1e999",
  "\0",
  "\x1b[2J\x9b31m",
  "\ud800",
  "\u202e",
  "same",
  "constructor",
  "x".repeat(2000),
  [],
  [null],
  [[[[]]]],
  {},
  { toString: 1 },
  { valueOf: null, toString: [] },
  { length: 1e9 },
  { then: 1 },
  { toJSON: 1 },
];
const NAMES = ["toString", "__proto__", "constructor", "valueOf", "", "length", "x".repeat(1500)];

type Place = { holder: Record<string, unknown>; key: string };

/** Every place of a value, those within values included. */
function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== "object" || value === null || found.length > 5000) return found;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    found.push({ holder, key });
    placesIn(holder[key], found);
  }
  return found;
}

/** Sets a value under any name, `__proto__` too; in a list, under its own places alone. */
function set({ holder, key: old }: Place, wanted: string, value: unknown): void {
  const isPlace = Number(wanted) < 1000 && /^\d+$/.test(wanted);
  const key = Array.isArray(holder) && !isPlace ? old : wanted;
  Object.defineProperty(holder, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** A value within itself so often. */
function nested(random: Random, value: unknown): unknown {
  for (let n = random.pick([1, 1, 2, 8, 120]); n > 0; n--) {
    value = random.next() < 0.5 ? [value] : { a: value };
  }
  return value;
}

/** A few as a rule; now and then so many that to copy each would be felt. */
export const several = (random: Random): number =>
  random.next() < 0.03 ? random.pick([100, 1000, 5000]) : random.integer(1, 3);

function change(random: Random, root: unknown): void {
  const places = placesIn(root);
  if (places.length === 0) return;
  const place = random.pick(places), { holder, key } = place, other = random.pick(places);
  switch (random.integer(0, 8)) {
    case 0:
    case 1:
      return void set(place, key, structuredClone(random.pick(ODD)));
    case 2:
      return Array.isArray(holder) ? void holder.splice(Number(key), 1) : void delete holder[key];
    case 3:
      return void set(place, key, structuredClone(other.holder[other.key]));
    case 4: // many of it
      if (!Array.isArray(holder)) return void set(place, key, [holder[key], holder[key]]);
      return void holder.push(...Array(several(random)).fill(holder[Number(key)]));
    case 5:
      return void set(place, key, nested(random, holder[key]));
    case 6: {
      const value = holder[key];
      if (!Array.isArray(holder)) delete holder[key];
      return void set(place, random.next() < 0.5 ? random.pick(NAMES) : other.key, value);
    }
    case 7: { // two change places
      const [one, two] = structuredClone([holder[key], other.holder[other.key]]);
      set(other, other.key, one);
      return void set(place, key, two);
    }
    default: {
      const value = holder[key];
      if (typeof value === "number") {
        const numbers = [-value, value + 1, value * 1000, value / 3, value * 2 ** 31];
        return void set(place, key, random.pick(numbers));
      }
      if (typeof value === "string") {
        return void set(place, key, random.pick([`${value}x`, value.slice(1), value.repeat(50)]));
      }
    }
  }
}

/** Does what expects a form that earlier changes may have taken away. */
function attempt(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** The text of JSON like this one, changed in a few places; now and then no JSON any more. */
export function changedJson(
  random: Random,
  value: unknown,
  more?: (random: Random, root: unknown) => void,
): string {
  let root = structuredClone(value);
  for (let n = random.pick([1, 1, 1, 2, 3, 4]); n > 0; n--) {
    if (more && random.next() < 0.5) attempt(() => more(random, root));
    else change(random, root);
    // what is in two places of a tree must not change in both, nor come to lie within itself
    if (n > 1) root = JSON.parse(JSON.stringify(root) ?? "null");
  }
  let text = JSON.stringify(root) ?? "";
  if (text.length > 3e6) text = text.slice(0, 3e6);
  switch (random.integer(0, 39)) {
    case 0:
      return text.slice(0, random.integer(0, text.length));
    case 1:
      return text.replace(/\d+/, random.pick(["1e999", "-0", "1e-999", "9".repeat(400), "NaN"]));
    case 2:
      return text.replace(/"(\w+)":/, (name) => `${name}0,${name}`);
    case 3:
      return text.replace(/\[/, "[".repeat(random.pick([2, 50, 5000, 200_000])));
    default:
      return text;
  }
}
