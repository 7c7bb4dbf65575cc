/** Keras's own files: HDF5 whose addresses, sizes and texts lie, alone and in archives. */
import type { Random } from "../../core/random.ts";
import { keras } from "../../models/keras/mod.ts";
import { muchDamaged } from "./_bytes.ts";
import { memoryDisk } from "./_disk.ts";
import { changedJson } from "./_json.ts";
import { refusal, type Target } from "./_target.ts";

const seeds = ["small.h5", "small_split.h5", "small.keras", "small_v108.keras"].map((name) =>
  Deno.readFileSync(new URL(`../fixtures/keras/${name}`, import.meta.url))
);

/** One byte a character, so that places in the text are places in the file. */
const textOf = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

/** An address or a length that leads elsewhere: into the file, or beyond it. */
function misled(random: Random, seed: Uint8Array): Uint8Array {
  const bytes = seed.slice(), view = new DataView(bytes.buffer);
  for (let n = random.integer(1, 3); n > 0; n--) {
    const at = random.integer(0, (bytes.length >> 3) - 1) * 8;
    const lie = random.pick([0, 8 * random.integer(0, bytes.length >> 3), 2 ** 31, 2 ** 53]);
    view.setBigUint64(at, BigInt(lie), true);
  }
  return bytes;
}

/** Another topology, as long as the one that was there. */
function retold(random: Random, seed: Uint8Array): Uint8Array {
  const [found] = textOf(seed).match(/\{"[^\0]{500,}\}/) ?? [];
  if (found === undefined) return seed;
  const other = changedJson(random, JSON.parse(found), () => {});
  const bytes = seed.slice(), at = textOf(seed).indexOf(found);
  const fitted = new TextEncoder().encode(other).subarray(0, found.length);
  bytes.fill(0x20, at, at + found.length).set(fitted, at);
  return bytes;
}

/** One of the file's words for another, of layers, attributes and structures. */
function renamed(random: Random, seed: Uint8Array): Uint8Array {
  const words = [...textOf(seed).matchAll(/[A-Za-z_]{4,24}/g)];
  const from = random.pick(words), to = random.pick(words)[0];
  const bytes = seed.slice();
  bytes.set(new TextEncoder().encode(to).subarray(0, from[0].length), from.index);
  return bytes;
}

const disk = memoryDisk();

const target: Target = {
  input: (random) =>
    random.pick([misled, retold, renamed, muchDamaged])(random, random.pick(seeds)),
  async survives(bytes) {
    await disk.ready();
    disk.files.set("model", bytes);
    try {
      await keras.load("model", {});
      return true;
    } catch (error) {
      return refusal(error);
    }
  },
};
export default target;
