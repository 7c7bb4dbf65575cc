/**
 * How long does each technique take? All attributions on ResNet-50 with random weights, with fewer
 * samples than their defaults where those would take minutes, and how many pictures the network sees
 * forward and backward meanwhile; against the few lines that people write in PyTorch for the same.
 */
import { attribute, techniques } from "../mod.ts";
import type { Network } from "../engine/network.ts";
import { startBackend } from "./_backend.ts";
import { peakMB, timed, took } from "./_measure.ts";
import { caseModel, picture } from "./_networks.ts";
import type { Question, Side } from "./_question.ts";

/** What stands for the defaults. */
const FEWER: Readonly<Record<string, Readonly<Record<string, number | string>>>> = {
  "integrated-gradients": { steps: 8 },
  "smooth-grad": { samples: 8 },
  "score-cam": { maxChannels: 16 },
  "ablation-cam": { maxChannels: 16 },
  "ss-cam": { maxChannels: 2, samples: 8 },
  "is-cam": { maxChannels: 2, samples: 8 },
  occlusion: { window: 64, stride: 40 },
  rise: { masks: 32 },
  "kernel-shap": { samples: 32 },
  lime: { samples: 32 },
  xrai: { steps: 4 },
  sobol: { grid: 4, designs: 2 },
  hsic: { masks: 32 },
};

/** A run that takes longer is not repeated. */
const LONG_MS = 1500;

/** What has a loop in `_torch.py`. */
const IN_TORCH = new Set([
  ...["saliency", "smooth-grad", "integrated-gradients", "grad-cam", "occlusion"],
  ...["rise", "score-cam", "guided-backprop"],
]);

/** Counts the pictures that a network sees. */
function watch(network: Network): { forward: number; backward: number } {
  const seen = { forward: 0, backward: 0 }, forward = network.forward.bind(network);
  network.forward = async (start, options) => {
    const pass = await forward(start, options);
    const batch = Object.values("shape" in start ? { start } : start)[0].shape[0];
    seen.forward += batch;
    const backward = pass.backward.bind(pass);
    pass.backward = (...given) => {
      seen.backward += batch;
      return backward(...given);
    };
    return pass;
  };
  return seen;
}

const technique: Side = async (argument, settings) => {
  await startBackend(settings);
  const id = String(argument.technique), options = FEWER[id] ?? {};
  const model = await caseModel("resnet50"), image = await picture(224, 224);
  await attribute("saliency", { model, image, options: { class: 0 } }); // warm
  const run = () => attribute(id, { model, image, options: { class: 0, ...options } });
  const seen = watch(model.network), first = await took(run), { forward, backward } = seen;
  // what takes seconds is told by one run
  const ms = first > LONG_MS ? first : await timed(run, 3);
  return { ms, forward, backward, peakMB: peakMB() };
};

export const question: Question = {
  asks: "How long does each technique take on ResNet-50?",
  sides: { technique },
  async *rows(bench) {
    for (const { id, kind } of techniques) {
      if (kind !== "attribution") continue;
      const options = Object.entries(FEWER[id] ?? {}).map(([name, value]) => `${name} ${value}`);
      const measure = bench.side("technique", { technique: id });
      const first = await measure();
      const { forward, backward } = first;
      const { torch } = await bench.inTurns({
        torch: IN_TORCH.has(id)
          ? await bench.torch({ ask: "technique", technique: id, forward, backward })
          : undefined,
      }, 1);
      yield {
        case: [id, ...options, `${forward} forward, ${backward} backward`].join(", "),
        ours: first.ms,
        peer: torch?.ms,
        unit: "ms",
      };
    }
  },
};
