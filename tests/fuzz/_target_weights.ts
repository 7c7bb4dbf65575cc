/** Weight files: safetensors headers, pickles by their own grammar, ZIP archives, and damage to all. */
import type { Random } from "../../core/random.ts";
import { writeSafetensors } from "../../core/safetensors.ts";
import { sizeOf, values } from "../../core/values.ts";
import { bindStateDict, parseWeights } from "../../models/weights/mod.ts";
import * as pth from "../models/_pth.ts";
import { muchDamaged } from "./_bytes.ts";
import { changedJson, several } from "./_json.ts";
import { refusal, type Target } from "./_target.ts";

const files = [
  ...["zip", "zip_protocol4", "legacy", "legacy_protocol4", "checkpoint", "checkpoint_legacy"],
  ...["dtypes", "dtypes_legacy", "views", "views_legacy", "module", "no_tensors"],
  ...["whole", "whole_legacy", "whole_parallel", "whole_learner"],
].map((name) => pth.fixture(`${name}.pth`));
const tensors = {
  "conv.weight": values(new Float32Array(12).fill(0.5), [3, 2, 2]),
  "fc.bias": values(new Float32Array([1, 2, 3]), [3]),
};
files.push(writeSafetensors(tensors, { made: "by hand" }), writeSafetensors(tensors, {}, "F16"));
const expected = new Map(Object.entries(tensors).map(([key, { shape }]) => [key, { shape }]));

/** Bytes of a header's length, the header, and as many bytes as it may speak of. */
function safetensors(random: Random): Uint8Array {
  const header = {
    __metadata__: { a: "b" },
    "conv.weight": { dtype: "F32", shape: [3, 2, 2], data_offsets: [0, 48] },
    "fc.bias": { dtype: "I8", shape: [3], data_offsets: [48, 51] },
  };
  const json = new TextEncoder().encode(changedJson(random, header));
  const length = random.next() < 0.1 ? random.integer(0, 2 ** 32) : json.length;
  const bytes = new Uint8Array(8 + json.length + random.pick([51, 51, 51, 0, 50, 1000]));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

const SIZES = [0, 1, 1, 2, 2, 3, 4, 9, 255, 2 ** 32, 2 ** 52];
const NAMES: readonly [string, string][] = [
  ["collections", "OrderedDict"],
  ["collections", "Counter"],
  ["torch", "Size"],
  ["torch", "FloatStorage"],
  ["torch._utils", "_rebuild_tensor_v2"],
  ["torch._utils", "_rebuild_parameter"],
  ["builtins", "dict"],
  ["numpy", "dtype"],
  ["os", "system"],
];
const KEYS = ["conv.weight", "fc.bias", "model", "state_dict", "ema", "w", "", "a.b.c.d", "\x1b["];
/** Operations that shuffle, and ones that are known to nobody. */
const STRAY = [..."(.012NRQbdeltsu)]}", "\x85", "\x86", "\x87", "\x8f", "\x90", "\x94", "\xff"];

/** The program of some value, of few operations or of many. */
function pickled(random: Random, depth = 3): string {
  const some = (make: () => string, most = 3) =>
    Array.from({ length: random.integer(0, most) }, make);
  const inner = () => pickled(random, depth - 1);
  const memo = String.fromCharCode(random.integer(0, 7));
  const sizes = () => some(() => pth.integer(random.pick(SIZES)), random.pick([2, 4, 10]));
  const list = () => random.pick([`](${sizes().join("")}eq${memo}`, pth.tuple(...sizes())]);
  const place = (from: string) =>
    pth.call(
      pth.name(...NAMES[4]),
      from,
      pth.integer(random.pick(SIZES)),
      list(),
      list(),
    );
  switch (depth > 0 ? random.integer(0, 15) : random.integer(8, 15)) {
    case 0:
    case 1:
    case 2:
      return pth.dict(
        Object.fromEntries(some(() => "", 4).map(() => [random.pick(KEYS), inner()])),
      );
    case 3:
      return pth.tuple(...some(inner));
    case 4:
      return pth.call(pth.name(...random.pick(NAMES)), ...some(inner));
    case 5: // goes on to change what it has used
      return `${inner()}h${memo}${pth.integer(random.pick(SIZES))}a0`;
    case 6:
      return `${inner()}${random.pick(STRAY)}`;
    case 7:
      return random.pick(STRAY).repeat(several(random));
    case 8:
      return pth.integer(random.pick(SIZES));
    case 9:
      return pth.text(random.pick(KEYS));
    case 10:
      return `h${memo}`;
    case 11:
      return random.pick([
        "N",
        "\x88",
        "]",
        "}",
        "K\x05",
        "G\x3f\xe0\0\0\0\0\0\0",
        "\x8a\x09abcdefghi",
      ]);
    default:
      return place(pth.storage(
        random.pick(["0", "1"]),
        random.pick([1, 4, 4, 4, 9]),
        random.pick([
          "FloatStorage",
          "FloatStorage",
          "ByteStorage",
          "HalfStorage",
        ]),
      ));
  }
}

/** The program of a state dict: whole, or with one value that is anything. */
function stateDict(random: Random): string {
  const view = (n: number, ...shape: number[]) => {
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    return pth.tensor(pth.storage(`${n}`, [12, 3][n]), 0, shape, strides);
  };
  const whole: Record<string, string> = { "conv.weight": view(0, 3, 2, 2), "fc.bias": view(1, 3) };
  if (random.next() < 0.7) whole[random.pick([...KEYS, "more"])] = pickled(random, 3);
  const dict = pth.dict(whole);
  return random.pick([dict, pth.dict({ model: dict, epoch: pth.integer(3) })]);
}

function checkpoint(random: Random): Uint8Array {
  if (random.next() < 0.5) {
    const value = stateDict(random), zeros = "\0".repeat(48);
    return random.next() < 0.7
      ? pth.zippedPth(value, { 0: zeros, 1: "\0".repeat(12) })
      : pth.legacyPth(
        value,
        ["0", "1"],
        `\x0c${"\0".repeat(7)}${zeros}\x03${"\0".repeat(7)}${zeros}`,
      );
  }
  const value = pickled(random, 4), data = "\0\0\x80\x3f".repeat(4);
  if (random.next() < 0.3) return pth.legacyPth(value, ["0"], `\x04${"\0".repeat(7)}${data}`);
  return pth.zippedPth(value, { 0: data, 1: data.slice(0, random.pick([4, 9, 16])) }, {
    zip64: random.next() < 0.2,
    method: random.next() < 0.05 ? 8 : 0,
    flags: random.next() < 0.05 ? 1 : 0,
    comment: random.next() < 0.1 ? "PK\x05\x06" : "",
  });
}

const target: Target = {
  input(random) {
    const kind = random.next();
    if (kind < 0.3) return muchDamaged(random, random.pick(files));
    const made = kind < 0.55 ? safetensors(random) : checkpoint(random);
    return random.next() < 0.25 ? muchDamaged(random, made) : made;
  },
  survives(bytes) {
    try {
      const tensors = parseWeights(bytes, "damaged");
      for (const [key, tensor] of tensors) {
        if (typeof key !== "string" || !(tensor instanceof Float32Array)) {
          throw new Error("no tensor");
        }
        if (!tensor.shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
          throw new Error("no shape");
        }
        if (sizeOf(tensor.shape) !== tensor.length) throw new Error("another size than its shape");
        if (tensor.length > bytes.length) throw new Error("more numbers than bytes");
      }
      bindStateDict(tensors, expected, "small");
      return true;
    } catch (error) {
      return refusal(error);
    }
  },
};

export default target;
