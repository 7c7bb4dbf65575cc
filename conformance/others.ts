/** What models, metrics, ops and colour maps owe. */
import * as tf from "../deps/tfjs.ts";
import { INPUT } from "../engine/graph.ts";
import { GraphBuilder } from "../engine/builder.ts";
import { Network } from "../engine/network.ts";
import { summarize } from "../engine/summary.ts";
import { logit } from "../engine/objectives.ts";
import { op } from "../engine/ops/mod.ts";
import { useBackend } from "../engine/runtime.ts";
import { type ColourMap, isDiverging } from "../image/colour_maps.ts";
import { paint } from "../image/render.ts";
import { values } from "../core/values.ts";
import { random } from "../core/random.ts";
import { type AttributionRun, execute, finish } from "../run/execute.ts";
import { judge } from "../run/judge.ts";
import type { Metric } from "../run/metric.ts";
import type { Model, ModelAdapter } from "../run/model.ts";
import { outputsOf } from "../run/outputs.ts";
import { techniques } from "../run/techniques.ts";
import type { Check } from "./check.ts";
import { distance, expect, finite } from "./expect.ts";
import { families, picture } from "./networks.ts";
import { checkProgress } from "./technique.ts";
import type { Progress } from "../run/technique.ts";

const numTensors = () => tf.memory().numTensors;

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

/** A metric says the same of the same, and leaves nothing. */
export const OF_METRICS: readonly Check<Metric>[] = [
  {
    name: "judges, repeatably, and leaves nothing",
    async look(metric) {
      await useBackend("wasm");
      const [small] = families, model = small.model();
      try {
        const image = picture(small.width, small.height);
        for (const id of ["saliency", "grad-cam"]) {
          const run = await finish(execute(techniques.get(id), { model, image })) as AttributionRun;
          const progress: Progress[] = [];
          const onProgress = (step: Progress) => progress.push(step);
          const { value } = await judge(run, metric, { onProgress });
          checkProgress(progress);
          const before = numTensors(), again = await judge(run, metric);
          expect(Object.is(again.value, value), `it says ${value}, then ${again.value}`);
          expect(numTensors() === before, `${numTensors() - before} tensors are left`);
        }
      } finally {
        model.network.dispose();
      }
    },
  },
];

/** A colour map has a colour for each number. */
export const OF_COLOUR_MAPS: readonly Check<ColourMap>[] = [
  {
    name: "has a colour of 0..255 for each number of 0..1",
    async look(map) {
      const colourOf = await map.scale();
      for (let level = 0; level <= 64; level++) {
        const color = colourOf(level / 64);
        expect(
          color.length === 3 && color.every((n) => n >= 0 && n <= 255),
          `of ${level / 64} it gives [${color}]`,
        );
      }
      const painted = await paint(values(Float32Array.of(0, 0.5, 1), [1, 3]), map.id);
      const ends = [painted.data.slice(0, 3), painted.data.slice(6)];
      expect(`${ends[0]}` !== `${ends[1]}`, "its two ends have the same colour");
      if (isDiverging(map.id)) {
        const middle = painted.data.slice(3, 6);
        expect(ends.every((end) => `${end}` !== `${middle}`), "zero has the colour of an end");
      }
    },
  },
];

/** The small network of an op: between two convolutions, where it takes one input and no weights. */
function networkWith(name: string): Network {
  const net = new GraphBuilder();
  const before = net.conv("before", INPUT, { in: 3, out: 4, kernel: 3, pad: 1 });
  const itself = net.add("itself", name, before);
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", itself), 4, 2));
  const stream = random("op");
  return new Network(
    graph,
    new Map([...graph.parameters].map(([key, shape]) => [key, stream.normalValues(shape)])),
    name,
  );
}

/** An op's backward is the gradient of its forward. */
export const OF_OPS: readonly Check<string>[] = [
  {
    name: "its backward is what small steps show of its forward",
    async look(name) {
      if ((op(name).inputs ?? 1) !== 1 || op(name).needs?.length) return;
      await useBackend("cpu");
      const network = networkWith(name), stream = random("steps");
      try {
        const input = stream.normalValues([1, 6, 5, 3]), way = stream.normalValues([1, 6, 5, 3]);
        const at = async (by: number) => {
          const image = tf.tensor4d(input.map((v, i) => v + by * way[i]), [1, 6, 5, 3]);
          const logits = await network.logits(image);
          const [score] = await logits.data();
          tf.dispose([image, logits]);
          return score;
        };
        const image = tf.tensor4d(input, [1, 6, 5, 3]);
        const { value, gradients } = await network.gradient(image, logit(0), {});
        const gradient = await gradients.input.data<"float32">();
        tf.dispose([image, value, gradients]);
        const told = gradient.reduce((sum, v, i) => sum + v * way[i], 0), step = 1e-3;
        const slope = (await at(step) - await at(-step)) / (2 * step);
        expect(
          Math.abs(told - slope) <= 0.02 * Math.max(1, Math.abs(slope)),
          `the score grows by ${slope}, its backward says ${told}`,
        );
      } finally {
        network.dispose();
        await useBackend("wasm");
      }
    },
  },
];
