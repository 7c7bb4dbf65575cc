/** Pictures that differ in a window: on patches a network says what it says of them whole. */
import assert from "node:assert/strict";
import * as tf from "../../deps/tfjs.ts";
import { families } from "../../conformance/networks.ts";
import { random } from "../../core/random.ts";
import { sizeOf, type Values, values } from "../../core/values.ts";
import { GraphBuilder } from "../../engine/builder.ts";
import { INPUT } from "../../engine/graph.ts";
import { kernels } from "../../engine/kernels/mod.ts";
import { Network } from "../../engine/network.ts";
import { op } from "../../engine/ops/mod.ts";
import { ParameterStore } from "../../engine/parameters.ts";
import { reachOf } from "../../engine/patches/reach.ts";
import { changed, type Region, seen } from "../../engine/patches/region.ts";
import { paint, patched, type Rectangle } from "../../engine/patches/mod.ts";
import type { Step } from "../../engine/plan.ts";
import { loadModel } from "../../models/mod.ts";
import { forEachBackend, TFJS_BACKENDS } from "../_support/backends.ts";
import { take } from "../_support/tensors.ts";
import { type Case, cases } from "./_op_cases.ts";

/** Numbers of both signs, or positive ones. */
const numbers = (name: string, shape: readonly number[], positive = false): Values =>
  random(name).uniformValues(shape, positive ? 0.5 : -1, 1);

const upload = (v: Values, shape: readonly number[] = v.shape) => tf.tensor(v, [...shape]);

/** A step that runs one use of an op. */
function stepOf(name: string, { inputs, attrs, params = {} }: Case) {
  const net = new GraphBuilder();
  const roles = Object.entries(params).map(([role, shape]) => [role, [role, shape]] as const);
  net.add("node", name, inputs.map(() => INPUT), attrs, Object.fromEntries(roles));
  const graph = net.build("node"), [node] = graph.nodes;
  const host = new Map(
    [...graph.parameters].map(([role, shape]) => [role, numbers(role, shape, role === "variance")]),
  );
  const store = new ParameterStore(graph, host);
  const step: Step = { node, op: op(name), output: "node", params: store.of(node) };
  return { graph, store, step };
}

const regionOf = ({ rows, columns }: Rectangle): Region => ({
  rows: { starts: [rows[0]], size: rows[1] - rows[0] },
  columns: { starts: [columns[0]], size: columns[1] - columns[0] },
});

/** Each corner, a pixel within, a row, all. */
function windowsOf(height: number, width: number): Rectangle[] {
  const top = [0, 1] as const, bottom = [height - 2, height] as const, all = [0, height] as const;
  const left = [0, 2] as const, right = [width - 1, width] as const;
  return [
    { rows: top, columns: left },
    { rows: top, columns: right },
    { rows: bottom, columns: left },
    { rows: bottom, columns: right },
    { rows: [height >> 1, (height >> 1) + 1], columns: [width >> 1, (width >> 1) + 1] },
    { rows: [1, 2], columns: [0, width] },
    { rows: all, columns: [0, width] },
  ];
}

const cornerOf = ({ rows, columns }: Region) => [[rows.starts[0], columns.starts[0]]] as const;
const sizeOfRegion = ({ rows, columns }: Region) => [rows.size, columns.size] as const;

/** A region of a value, `[1, …]`, with a patch on it that has its place in another. */
const laidOn = (base: tf.Tensor, patch: tf.Tensor, at: Region, wanted: Region, border = 0) =>
  kernels().cutOut({
    base: base as tf.Tensor4D,
    patches: patch as tf.Tensor4D,
    corners: cornerOf(at),
  }, { corners: cornerOf(wanted), size: sizeOfRegion(wanted), border });

const largest = (numbers: ArrayLike<number>) =>
  Array.from(numbers).reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** Whether a case's op has a reach; checks it, if so. */
async function checkReach(name: string, testCase: Case): Promise<boolean> {
  const { inputs, positive } = testCase, { step, store, graph } = stepOf(name, testCase);
  const reach = reachOf(step, inputs, graph);
  if (!reach) return false;
  const { node, op, params } = step, { window, border } = reach, [height, width] = inputs[0];
  const [rows, columns] = op.shape(inputs, { attrs: node.attrs, params: testCase.params ?? {} });
  assert.deepEqual([...window.out], [rows, columns], "as many windows as places");
  for (const rectangle of windowsOf(height, width)) {
    const part = regionOf(rectangle), region = changed(inputs.map(() => part), window);
    const found = tf.tidy(() => {
      const forward = (xs: readonly tf.Tensor[], attrs = node.attrs) =>
        op.forward(xs, { node, attrs, params });
      const before = inputs.map((shape, i) =>
        upload(numbers(`x${i}`, shape, positive), [1, ...shape])
      );
      const patches = inputs.map(([, , channels], i) => {
        const shape = [...sizeOfRegion(part), channels];
        return upload(numbers(`patch${i}`, shape, positive), [1, ...shape]);
      });
      const cut = (wanted: Region, border = 0) =>
        before.map((base, i) => laidOn(base, patches[i], part, wanted, border));
      const now = forward(cut(regionOf({ rows: [0, height], columns: [0, width] })));
      const piece = forward(cut(seen(region, window), border), reach.attrs);
      // beside the piece, all is as it was
      const all = regionOf({ rows: [0, rows], columns: [0, columns] });
      return [laidOn(forward(before), piece, region, all), now];
    });
    const [laid, now] = await Promise.all(found.map(take));
    const worst = largest(now.map((v, i) => v - laid[i])), scale = largest(now);
    assert.ok(worst <= 1e-6 * scale, `${worst} of ${scale} in ${JSON.stringify(rectangle)}`);
  }
  store.dispose();
  return true;
}

forEachBackend("every op sees its inputs through the windows that it says", async (backend) => {
  const local = new Set<string>();
  for (const [name, uses] of Object.entries(cases)) {
    for (const [i, testCase] of uses.entries()) {
      if (backend === "webgpu" && i % 12 !== 0) continue;
      try {
        if (await checkReach(name, testCase)) local.add(name);
      } catch (error) {
        throw new Error(`${name} ${JSON.stringify(testCase)}`, { cause: error });
      }
    }
  }
  // by their own word, and by their traits
  for (const name of ["conv2d", "maxPool", "avgPool", "relu", "add", "batchNorm"]) {
    assert.ok(local.has(name), name);
  }
  for (const name of ["globalAvgPool", "dense", "flatten", "groupNorm", "resizeBilinear"]) {
    assert.ok(!local.has(name), name);
  }
}, TFJS_BACKENDS);

/** The logits of pictures that show `other` in windows, whole and on patches. */
async function bothWays(
  network: Network,
  [height, width]: readonly [number, number],
  windows: readonly Rectangle[],
) {
  const shape = [height, width, network.graph.input.shape[2]];
  const [image, other] = ["image", "other"].map((name) => random(name).uniformValues(shape, -1, 1));
  const shown = { image, other }, before = tf.memory().numTensors;
  const found = await patched(network, shown, windows);
  const everything = { rows: [0, height], columns: [0, width] } as const;
  const pictures = upload(
    values(paint(shown, windows, () => everything), [windows.length, ...shape]),
  ) as tf.Tensor4D;
  const logits = await network.logits(pictures), whole = await logits.data() as Float32Array;
  tf.dispose([pictures, logits]);
  if (!found) return { whole };
  const onPatches: number[] = [], half = Math.ceil(windows.length / 2);
  for (const [from, to] of [[0, half], [half, windows.length]] as const) {
    if (from === to) continue;
    const logits = await found.logits(from, to);
    onPatches.push(...await logits.data());
    logits.dispose();
  }
  found.dispose();
  network.dispose();
  assert.equal(tf.memory().numTensors, before, "nothing is left");
  return { whole, onPatches };
}

/** Whether a network ran on patches; fails where it then said something else. */
async function agrees(
  network: Network,
  size: readonly [number, number],
  windows: readonly Rectangle[],
  tolerance = 1e-6,
): Promise<boolean> {
  const { whole, onPatches } = await bothWays(network, size, windows);
  if (!onPatches) return false;
  const error = largest(whole.map((v, i) => v - onPatches[i])) / largest(whole);
  assert.ok(error <= tolerance, `${network.name}: ${error} of the logits' scale`);
  return true;
}

/** Windows at each corner and within, of some sides, the last ones cut off. */
const scattered = ([height, width]: readonly [number, number], side: number): Rectangle[] =>
  [0, 3, (height - side) >> 1, height - side].flatMap((top) =>
    [0, 5, (width - side) >> 1, width - side, width - (side >> 1) - 1].map((left) => ({
      rows: [top, Math.min(height, top + side)] as const,
      columns: [left, Math.min(width, left + side)] as const,
    }))
  );

forEachBackend("networks of every family say the same on patches", async (backend) => {
  const tried: boolean[] = [];
  for (const { model } of families) {
    const { network, inputSize: { width, height } } = model();
    const headed = network.graph.nodes.some(({ op }) => op === "flatten");
    for (const factor of headed ? [1] : [1, 3]) {
      const size = [factor * height, factor * width] as const;
      // a GPU that is a CPU in disguise takes long to compile so many shaders
      if (backend === "webgpu" && (factor === 1 || tried.includes(true))) continue;
      tried.push(await agrees(network, size, scattered(size, 4), 2e-6));
    }
  }
  const count = tried.filter(Boolean).length;
  assert.ok(count >= (backend === "webgpu" ? 1 : 4), `${tried}`);
}, TFJS_BACKENDS);

forEachBackend("the built-in networks say the same on patches, whatever the window", async () => {
  for (const id of ["phosphene-resnet", "phosphene-vgg"]) {
    const { network, inputSize: { height, width } } = await loadModel(id);
    const size = [height, width] as const;
    for (const side of [1, 8, 17]) {
      assert.ok(await agrees(network, size, scattered(size, side)), `${id}, ${side} pixels`);
    }
    const all = [{ rows: [0, height], columns: [0, width] }] as const;
    assert.ok(!await agrees(network, size, all), "a window over all of the picture");
  }
}, ["wasm"]);

/** A network of `count` parts that a die chooses, on images of 3 channels. */
function anyNetwork(seed: number): Network {
  const die = random(`network ${seed}`), net = new GraphBuilder([null, null, 3]);
  const among = <T>(...all: T[]): T => all[die.integer(0, all.length - 1)];
  let at = INPUT, channels = 3;
  const pads = (most: number) =>
    [0, 0, 0, 0].map(() => die.integer(0, most)) as [number, number, number, number];
  const parts: ((name: string) => void)[] = [
    (name) => {
      const [kernel, dilation] = among([1, 1], [3, 1], [3, 2], [5, 1]);
      const pad = among<"same" | [number, number, number, number]>("same", pads(kernel - 1));
      const to = among(4, 8), stride = among<number | [number, number]>(1, 1, 2, [1, 2]);
      at = net.conv(name, at, { in: channels, out: to, kernel, dilation, pad, stride });
      channels = to;
    },
    (name) => {
      at = net.depthwise(name, at, { channels, kernel: [3, 2], pad: pads(1), stride: among(1, 2) });
    },
    (name) => {
      if (channels % 4 === 0) {
        at = net.conv(name, at, { in: channels, out: 8, kernel: 3, pad: 1, groups: 4 });
        channels = 8;
      }
    },
    (name) => at = net.relu(name, net.batchNorm(`${name}.bn`, at, channels)),
    (name) => at = net.maxPool(name, at, { kernel: 3, stride: 2, pad: pads(1), ceil: true }),
    (name) => at = net.avgPool(name, at, { kernel: 2, stride: among(1, 2), ceil: true }),
    (name) =>
      at = net.avgPool(name, at, {
        kernel: 3,
        stride: 1,
        pad: 1,
        countPadding: among(true, false),
      }),
    (name) => {
      const long = net.conv(`${name}.a`, at, { in: channels, out: channels, kernel: 3, pad: 1 });
      const short = among(at, net.relu(`${name}.b`, at));
      at = net.relu(name, net.sum(`${name}.sum`, [long, short]));
    },
    (name) => {
      const one = net.conv(`${name}.a`, at, { in: channels, out: 4, kernel: 1 });
      const two = net.conv(`${name}.b`, at, { in: channels, out: 4, kernel: 5, pad: 2 });
      at = net.add(name, "concat", [one, two, at]);
      channels += 8;
    },
    (name) => {
      at = net.add(name, "upsampleNearest", at, { factor: [2, 1] });
    },
    (name) => {
      at = net.add(name, "convTranspose2d", at, { strides: [2, 2], pad: [0, 1, 1, 0] }, {
        kernel: [`${name}.weight`, [3, 3, 4, channels]],
      });
      channels = 4;
    },
    (name) => {
      at = net.add(name, "zeroPad", at, { pad: pads(2) });
      at = net.add(`${name}.crop`, "crop", at, { crop: [1, 0, 0, 1] });
    },
  ];
  const frequent = parts.slice(0, -3);
  for (let i = 0; i < 9; i++) among(...frequent, ...frequent, ...parts)(`part${i}`);
  const graph = net.build(net.dense("fc", net.globalAvgPool("pool", at), channels, 5));
  const host = new Map(
    [...graph.parameters].map(([name, shape]) => {
      const bound = Math.sqrt(3 / Math.max(1, sizeOf(shape.slice(0, -1))));
      const isVariance = name.endsWith("running_var");
      return [
        name,
        isVariance ? numbers(name, shape, true) : random(name).uniformValues(shape, -bound, bound),
      ];
    }),
  );
  return new Network(graph, host, `network ${seed}`);
}

forEachBackend("networks of any parts say the same on patches", async () => {
  const onPatches: boolean[] = [];
  for (let seed = 0; seed < 60; seed++) {
    const size = [40 + seed % 7, 47 - seed % 5] as const;
    onPatches.push(await agrees(anyNetwork(seed), size, scattered(size, 1 + seed % 6)));
  }
  const count = onPatches.filter(Boolean).length;
  assert.ok(count > 30, `${count} of ${onPatches.length} ran on patches`);
}, ["wasm"]);

Deno.test("patches hear an abort between two steps, and leave nothing", async () => {
  const { network, inputSize: { height, width } } = await loadModel("phosphene-resnet");
  const [image, other] = ["image", "other"].map((name) =>
    random(name).uniformValues([height, width, 3], -1, 1)
  );
  const windows = scattered([height, width], 8);
  const found = (await patched(network, { image, other }, windows))!;
  (await found.logits(0, 3)).dispose(); // what is made once is there
  const before = tf.memory().numTensors, stop = new AbortController(), reason = new Error("enough");
  stop.abort(reason);
  await assert.rejects(found.logits(0, 3, stop.signal), (error) => error === reason);
  assert.equal(tf.memory().numTensors, before);
  const later = new AbortController();
  const run = found.logits(0, 20, later.signal);
  queueMicrotask(() => later.abort(reason));
  await assert.rejects(run, (error) => error === reason);
  assert.equal(tf.memory().numTensors, before);
  found.dispose();
  network.dispose();
});
