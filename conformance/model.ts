/** What a model adapter owes. */
import { summarize } from "../engine/summary.ts";
import { useBackend } from "../engine/runtime.ts";
import { outputsOf } from "../run/outputs.ts";
import { techniques } from "../run/techniques.ts";
import { type AttributionRun, execute, finish } from "../run/execute.ts";
import type { Model, ModelAdapter } from "../run/model.ts";
import type { Check } from "./check.ts";
import { distance, expect, finite } from "./expect.ts";
import { picture } from "./networks.ts";
import { numTensors } from "./running.ts";

/** An adapter, a model of its, and how that is loaded; of one that needs weights, none is. */
export interface ModelCase {
  readonly adapter: ModelAdapter;
  readonly id: string;
  /** Undefined where its weights must be named. */
  load(): Promise<Model | undefined>;
}

/** Every layer of a graph has a shape, and its output gives scores. */
export const OF_MODELS: readonly Check<ModelCase>[] = [
  {
    name: "its architecture has shapes for the pictures that it prepares",
    async look({ adapter, id }) {
      expect(adapter.accepts(id), `it does not accept its own "${id}"`);
      const { graph, inputSize: { width, height } } = await adapter.architecture(id);
      expect(graph.nodes.length > 0, "its graph has no layers");
      for (const { name, shape } of summarize(graph, height, width)) {
        expect(shape.every((n) => n > 0), `"${name}" has the shape [${shape}]`);
      }
    },
  },
  {
    name: "it explains a picture by gradients and by a class activation map, nothing left",
    async look({ load }) {
      await useBackend("wasm");
      const model = await load();
      if (!model) return;
      try {
        const { width, height } = model.inputSize, image = picture(width, height);
        const { classes } = outputsOf(model, { width, height });
        expect(
          classes.every((label) => label.trim() !== ""),
          `a class has no name: ${classes.slice(0, 5).join(", ")}`,
        );
        for (const id of ["saliency", "grad-cam"]) {
          const technique = techniques.get(id);
          const once = async () =>
            await finish(execute(technique, { model, image })) as AttributionRun;
          const { attribution } = await once(), before = numTensors();
          finite(attribution, `${id}'s attribution`);
          expect(
            distance((await once()).attribution, attribution) === 0,
            `${id} gives other numbers when it is run again`,
          );
          expect(numTensors() === before, `${numTensors() - before} tensors are left by ${id}`);
        }
      } finally {
        model.network.dispose();
      }
    },
  },
];
