/**
 * How long does it take to load a large network, and how much memory? VGG16's 138 million numbers, in
 * each format; against the same file's own library, which reads it and puts it into a network.
 */
import { loadModel, logit } from "../mod.ts";
import { startBackend } from "./_backend.ts";
import { peakMB, took } from "./_measure.ts";
import { image } from "./_networks.ts";
import type { Question, Side } from "./_question.ts";

const SUFFIXES = ["safetensors", "pth", "onnx"];

const load: Side = async ({ model, weights, gradient }, settings) => {
  await startBackend(settings);
  const before = peakMB(), named = weights === undefined ? {} : { weights: String(weights) };
  let network: Awaited<ReturnType<typeof loadModel>>["network"] | undefined;
  const ms = await took(async () => ({ network } = await loadModel(String(model), named)));
  if (gradient) {
    const x = image({ model: "vgg16", width: 224, height: 224 });
    await (await network!.gradient(x, logit(0))).gradients.input.data();
  }
  return { ms, peakMB: peakMB(), moreMB: peakMB() - before };
};

export const question: Question = {
  asks: "How long does it take to load a large network, and how much memory?",
  sides: { load },
  async *rows(bench) {
    const folder = await Deno.makeTempDir();
    try {
      const made = await (await bench.torch({ ask: "files", folder }))?.();
      if (!made) {
        return bench.note("loading: the files are PyTorch's to write, so --peer is needed");
      }
      for (const suffix of SUFFIXES) {
        const file = `${folder}/vgg16.${suffix}`, { size } = await Deno.stat(file);
        const named = suffix === "onnx" ? { model: file } : { model: "vgg16", weights: file };
        const { ours, torch } = await bench.inTurns({
          ours: bench.side("load", named),
          torch: suffix === "pth" ? await bench.torch({ ask: "load", file }) : undefined,
        });
        const what = `vgg16.${suffix}`, against = torch ? ", PyTorch" : "";
        yield { case: `${what}${against}`, ours: ours!.ms, peer: torch?.ms, unit: "ms" };
        yield {
          case: `${what}: memory that it takes / its size${against}`,
          ours: ours!.moreMB * 1e6 / size,
          peer: torch && torch.moreMB * 1e6 / size,
          unit: "",
        };
        const after = await bench.side("load", { ...named, gradient: true })();
        yield {
          case: `${what}: with a gradient / its size`,
          ours: after.moreMB * 1e6 / size,
          unit: "",
        };
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};
