/** From a Keras topology (Sequential or functional, models inside models) to a graph. */
import { INPUT, LOGITS } from "../../engine/graph.ts";
import { type Split, splitScores } from "../../engine/scores.ts";
import { type Fail, failure, type KerasFile, shown } from "./files.ts";
import { writeLayer } from "./layers.ts";
import { inOrder } from "./_order.ts";
import {
  inputShape,
  isCount,
  type Layer,
  parseModel,
  type Ref,
  refuseUnsupported,
  type Topology,
} from "./topology.ts";
import { GraphWriter, type LayersGraph } from "./writer.ts";

/**
 * Writes the graph of a layers-model. A softmax or sigmoid at its end is left out, so that the graph
 * ends in logits; its layer's name then means the logits.
 *
 * @throws UserError for anything that is not supported or does not fit together.
 */
export function layersGraph(file: KerasFile): LayersGraph & Split {
  const fail: Fail = failure(file.source);
  const { topology } = file;
  const model = parseModel(topology.model_config ?? topology, fail);
  refuseUnsupported(model, fail);
  const shape = inputShape(model);
  if (!shape) fail("its topology does not tell the shape of its input");
  // gray pictures without an axis for their one channel: MNIST, as Keras has it
  const isPlane = shape.length === 3;
  const [, height, width, channels, ...more] = isPlane ? [...shape, 1] : shape;
  const isSide = (n: unknown): n is number | null => n === null || isCount(n);
  const isPicture = isSide(height) && isSide(width) && isCount(channels) && !more.length;
  if (!isPicture || isPlane && !(isCount(height) && isCount(width))) {
    fail(`its input is ${shown(shape)}; pictures, [null, height, width, channels], are supported`);
  }
  const writer = new GraphWriter(file, [height, width, channels], fail);
  const input = isPlane ? writer.plane(height!, width!) : INPUT;
  const output = writeModel(writer, model, { path: [], prefix: "" }, input, fail);
  return finish(writer, output, fail);
}

/** Where a model's layers are: in which models (for their weights), and under which names. */
interface Scope {
  readonly path: readonly string[];
  readonly prefix: string;
}

/** Writes one use of a layer, or of a model; `inputs` are nodes. */
function writeUse(
  writer: GraphWriter,
  { className, config, model, ...layer }: Layer,
  scope: Scope,
  inputs: readonly string[],
  failFile: Fail,
): string {
  const path = [...scope.path, layer.name];
  const fail: Fail = (reason, cause) =>
    failFile(`layer "${path.join("/")}" (${className}): ${reason}`, cause);
  if (inputs.length === 0) fail("it reads nothing");
  writer.count(inputs.length);
  if (className === "InputLayer") return writer.name(scope.prefix + layer.name, inputs[0]);
  const name = writer.freeName(scope.prefix + layer.name);
  if (!model) return writeLayer({ className, config, inputs, name, path, writer, fail });
  if (inputs.length !== 1) fail(`it has ${inputs.length} inputs`);
  const mark = writer.mark();
  const output = writeModel(writer, model, { path, prefix: `${name}.` }, inputs[0], failFile);
  return output === INPUT ? writer.name(name, INPUT) : writer.container(name, mark, output);
}

/** Writes a model's layers and returns the node of its output. */
function writeModel(
  writer: GraphWriter,
  model: Topology,
  scope: Scope,
  input: string,
  fail: Fail,
): string {
  if (!model.sequential) return writeFunctional(writer, model, scope, input, fail);
  return model.layers.reduce((x, layer) => writeUse(writer, layer, scope, [x], fail), input);
}

function writeFunctional(
  writer: GraphWriter,
  model: Topology,
  scope: Scope,
  input: string,
  fail: Fail,
): string {
  const { layers, inputs, outputs } = model;
  const what = scope.path.length ? `the model "${scope.path.join("/")}" in it` : "it";
  if (inputs.length !== 1 || outputs.length !== 1) {
    fail(
      `${what} has ${inputs.length} inputs and ${outputs.length} outputs; one picture in and one ` +
        `list of classes out are supported`,
    );
  }
  const uses = layers.flatMap((l) => l.calls.map((refs, i) => ({ layer: l, refs, i })));
  const odd = [...outputs, ...uses.flatMap((use) => use.refs)].find((ref) => ref.tensor !== 0);
  if (odd) fail(`${what} reads a second output of "${odd.layer}"; layers have one`);
  // a model inside a model was used once before, on its own: its uses count from 1
  const first = new Map<string, number>();
  for (const { layer, index } of [...outputs, ...uses.flatMap((use) => use.refs)]) {
    first.set(layer, Math.min(index, first.get(layer) ?? index));
  }
  const key = (layer: string, index: number) => `${index}:${layer}`;
  const done = new Map<string, string>();
  done.set(key(inputs[0].layer, 0), writer.name(scope.prefix + inputs[0].layer, input));
  const nodeOf = ({ layer, index }: Ref) => done.get(key(layer, index - first.get(layer)!));
  const keyOf = ({ layer, index }: Ref) => key(layer, index - first.get(layer)!);
  const order = inOrder(
    uses.map(({ layer, refs, i }) => ({ key: key(layer.name, i), reads: refs.map(keyOf) })),
    new Set(done.keys()),
  );
  for (const n of order) {
    const { layer, refs, i } = uses[n];
    const node = writeUse(writer, layer, scope, refs.map((ref) => nodeOf(ref)!), fail);
    done.set(key(layer.name, i), node);
  }
  if (order.length < uses.length) {
    const written = new Set(order), lost = uses.find((_, n) => !written.has(n))!;
    const unknown = lost.refs.find((ref) => nodeOf(ref) === undefined)!;
    fail(`its layer "${lost.layer.name}" reads "${unknown.layer}", which is not there or reads it`);
  }
  return nodeOf(outputs[0]) ?? fail(`its output layer "${outputs[0].layer}" is not there`);
}

/** The graph that ends in the scores behind `output`. */
function finish(writer: GraphWriter, output: string, fail: Fail): LayersGraph & Split {
  if (output === INPUT) fail("it computes nothing");
  const built = writer.build(output), split = splitScores(built.graph), { graph } = split;
  const misled = graph.modules.find((m) => m.name === LOGITS && m.node !== graph.output);
  if (misled) {
    fail(`its layer "${LOGITS}" has the name of its output but is not its last; rename it`);
  }
  return { ...built, ...split };
}
