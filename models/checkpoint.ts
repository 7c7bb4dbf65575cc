/**
 * A file of weights alone, named as a model: PyTorch's checkpoints and safetensors. The names and
 * shapes of its parameters say which network they are of.
 */
import { UserError } from "../core/errors.ts";
import { option } from "../core/say.ts";
import type { ModelAdapter, OpenWeights } from "../run/model.ts";
import { models } from "../run/models.ts";
import { refuseWeights } from "./_described.ts";
import { firstPart } from "./weights/_zip.ts";
import { isSafetensors, openWeights } from "./weights/mod.ts";

/** How many names a message lists. */
const LISTED = 5;

/** A network that a file's parameters are of. */
interface Fit {
  readonly id: string;
  readonly adapter: ModelAdapter;
}

/** The parts of an archive of torch.save's, or of TorchScript's, that come first in one. */
const PTH_PART =
  /^[^/]+\/(data\.pkl|data\/\d+|\.?data\/.*|\.format_version|version|byteorder|constants\.pkl|code\/.*)$/;

/** Whether an archive's first part is one of these. */
const isZippedPth = (head: Uint8Array): boolean => PTH_PART.test(firstPart(head) ?? "");

/** torch.save's magic number, as a pickle of protocol 2 or later has it. */
const MAGIC = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
/** Whether it stands at the beginning, perhaps behind a frame. */
const isLegacyPth = (head: Uint8Array) =>
  head[0] === 0x80 &&
  [2, 11].some((at) => MAGIC.every((byte, i) => head[at + i] === byte));

/** The one network that a file's weights are of. @throws UserError where there is none, or several. */
function onlyFit({ tensors, source: file }: OpenWeights): Fit {
  const fits: Fit[] = [...models].flatMap((adapter) =>
    adapter.ofWeights?.fitting(tensors).map((id) => ({ id, adapter })) ?? []
  );
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
    await using weights = await openWeights(file);
    const { id, adapter } = onlyFit(weights);
    const { labels: _, ...architecture } = await adapter.architecture(id);
    return architecture; // the file's classes may be others
  },
  async load(file, options) {
    refuseWeights(file, options, "it holds weights itself, so name the network instead");
    await using weights = await openWeights(file, options);
    const { id, adapter } = onlyFit(weights);
    options.onNote?.(`The weights of "${file}" fit ${id}, and nothing else that is known.`);
    return await adapter.ofWeights!.load(id, weights, options);
  },
};
