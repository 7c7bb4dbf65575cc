/**
 * How much memory does it take? The largest resident size of a process that starts a backend, loads a
 * network, computes a gradient; and of deep dreams of 2000×1500 pixels, in tiles and whole.
 */
import { loadModel, visualize } from "../mod.ts";
import { startBackend } from "./_backend.ts";
import { engine } from "./_gradient.ts";
import { peakMB } from "./_measure.ts";
import { caseNetwork, CASES, picture } from "./_networks.ts";
import type { Question, Side } from "./_question.ts";

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
    const peak = async (what: string, side: string, argument: object = {}) => {
      const found = await bench.side(side, argument)();
      return { case: what, ours: found.peakMB, unit: "MB", found };
    };
    yield await peak("a backend, and nothing else", "empty");
    for (const name of ["resnet50", "vgg19"]) {
      const { found, ...row } = await peak(`${name}, made`, "loaded", CASES[name]);
      yield row;
      yield { case: `${name}, its numbers`, ours: found.numbersMB, unit: "MB" };
      yield await peak(`${name}, a gradient`, "engine", { case: CASES[name] });
    }
    for (const side of [448, 896]) {
      const test = { ...CASES.resnet50, width: side, height: side };
      yield await peak(`resnet50, a gradient at ${side}×${side}`, "engine", { case: test });
    }
    yield await peak("a deep dream of 2000×1500, tiles of 512", "dream", { tile: 512 });
    yield await peak("a deep dream of 2000×1500, whole", "dream");
  },
};
