/**
 * A file of weights alone, named as a model: PyTorch's checkpoints and safetensors. The names and
 * shapes of its parameters say which network they are of.
 */
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import type { ModelAdapter } from "../run/model.ts";
import { models } from "../run/models.ts";
import { loadWeights, type StateDict } from "./weights/mod.ts";

/** How many names a message lists. */
const LISTED = 5;

/** A network that a file's parameters are of. */
interface Fit {
  readonly adapter: ModelAdapter;
  readonly id: string;
}

const has = (bytes: Uint8Array, at: number, ...wanted: number[]) =>
  wanted.every((byte, i) => bytes[at + i] === byte);
/** The parts of an archive of torch.save's, or of TorchScript's, that come first in one. */
const PTH_PART =
  /^[^/]+\/(data\.pkl|data\/\d+|\.?data\/.*|\.format_version|version|byteorder|constants\.pkl|code\/.*)$/;

/** Whether an archive's first part is one of these. */
function isZippedPth(head: Uint8Array): boolean {
  if (!has(head, 0, 0x50, 0x4b, 3, 4)) return false;
  const name = head.subarray(30, 30 + head[26] + 256 * head[27]);
  return PTH_PART.test(new TextDecoder().decode(name));
}
/** torch.save's magic number, as a pickle of protocol 2 or later has it, perhaps behind a frame. */
const isLegacyPth = (head: Uint8Array) =>
  head[0] === 0x80 &&
  [2, 11].some((at) =>
    has(head, at, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
  );
const isSafetensors = (head: Uint8Array) =>
  head[8] === 0x7b && head[5] === 0 && head[6] === 0 && head[7] === 0;

/** The networks that a file's parameters are of; all of them where several have the same. */
const fitting = (tensors: StateDict): Fit[] =>
  [...models].flatMap((adapter) =>
    (adapter.fitting?.(tensors) ?? []).map((id) => ({ adapter, id }))
  );

/** The one network that a file's weights are of. @throws UserError where there is none, or several. */
async function onlyFit(file: string, signal?: AbortSignal): Promise<Fit> {
  const { tensors } = await loadWeights(file, { signal });
  const fits = fitting(tensors);
  if (fits.length === 1) return fits[0];
  const count = tensors.size, [first] = tensors.keys();
  throw new UserError(
    fits.length === 0
      ? `Cannot load "${file}" as a model: it holds weights alone (${count} parameters, the first ` +
        `"${first}"), which fit no network that is known by name. An export of the whole network ` +
        "works (ONNX), or the nearest architecture with these as `weights` tells what does not fit."
      : `Cannot load "${file}" as a model: its ${count} parameters fit ${fits.length} networks; ` +
        `name one, such as ${
          option("model", fits[0].id)
        }, and give the file as \`weights\`. They are ` +
        `${fits.slice(0, LISTED).map(({ id }) => id).join(", ")}${
          fits.length > LISTED ? ", …" : ""
        }.`,
    { code: "unsupported", option: "model" },
  );
}

/** Files of weights whose network can be told. */
export const checkpoint: ModelAdapter = {
  id: "checkpoint",
  title: "Weights of a network that is known by name",
  licence: "a file's own licence is its maker's",
  source: "https://pytorch.org/docs/stable/generated/torch.save.html",
  models: [],
  accepts: () => false,
  recognizes: ({ head }) => isSafetensors(head) || isZippedPth(head) || isLegacyPth(head),
  async architecture(file) {
    const { adapter, id } = await onlyFit(file);
    return await adapter.architecture(id);
  },
  async load(file, options) {
    if (options.weights !== undefined) {
      throw new UserError(
        `Cannot load other weights into "${file}", which holds weights itself: name the network ` +
          `instead.`,
        { code: "bad-option", option: "weights" },
      );
    }
    const { adapter, id } = await onlyFit(file, options.signal);
    options.onNote?.(`The weights of "${file}" fit ${id}, and nothing else that is known.`);
    return await adapter.load(id, { ...options, weights: file });
  },
};
