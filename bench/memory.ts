/**
 * How much memory does it take? The largest resident size of a process that starts a backend, loads a
 * network, computes a gradient; and of deep dreams of 2000×1500 pixels, in tiles and whole.
 */
import { loadModel, visualize } from "../mod.ts";
import { startBackend } from "./_backend.ts";
import { engine } from "./_gradient.ts";
import { peakMB } from "./_measure.ts";
import { caseNetwork, CASES, picture } from "./_networks.ts";
import type { Found, Question, Side } from "./_question.ts";

const empty: Side = async (_, settings) => {
  await startBackend(settings);
  return { peakMB: peakMB() };
};

const loaded: Side = async ({ model }, settings) => {
  await startBackend(settings);
  const { parameters } = await caseNetwork({ model: String(model) });
  return { peakMB: peakMB(), numbersMB: parameters.count * 4 / 1e6 };
};

const dream: Side = async ({ tile }, settings) => {
  await startBackend(settings);
  const model = await loadModel("phosphene-vgg"), image = await picture(2000, 1500);
  const tiles = typeof tile === "number" ? { tile } : {};
  const options = { layer: "features.32", channel: 0, steps: 1, size: "2000x1500", ...tiles };
  await visualize("deepdream", { model, image, options });
  return { peakMB: peakMB() };
};

export const question: Question = {
  asks: "How much memory does it take?",
  sides: { empty, loaded, engine, dream },
  async *rows(bench) {
    const peak = async (side: string, argument: object = {}) =>
      (await bench.side(side, argument)()).peakMB;
    const row = (what: string, ours: number): Found => ({ case: what, ours, unit: "MB" });
    yield row("a backend, and nothing else", await peak("empty"));
    for (const name of ["resnet50", "vgg19"]) {
      const { peakMB, numbersMB } = await bench.side("loaded", CASES[name])();
      yield row(`${name}, its numbers`, numbersMB);
      yield row(`${name}, made`, peakMB);
      yield row(`${name}, a gradient`, await peak("engine", { case: CASES[name] }));
    }
    const large = { ...CASES.resnet50, width: 448, height: 448 };
    yield row("resnet50, a gradient at 448×448", await peak("engine", { case: large }));
    yield row("a deep dream of 2000×1500, tiles of 512", await peak("dream", { tile: 512 }));
    yield row("a deep dream of 2000×1500, whole", await peak("dream"));
  },
};
