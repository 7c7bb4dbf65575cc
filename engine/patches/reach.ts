/** Through which windows a step of a plan sees its inputs. */
import type { Graph, Node } from "../graph.ts";
import type { Reach, Shape, ShapeCall } from "../ops/op.ts";
import { ownPlace } from "../ops/window.ts";
import type { Step } from "../plan.ts";

const isPicture = (shape: Shape) => shape.length === 3;

/** Whether a parameter is the same for each place of a picture. */
const isEverywhere = (shape: Shape) => shape.slice(0, -1).every((n) => n === 1);

const shapesOf = (graph: Graph, { params }: Node): ShapeCall["params"] =>
  Object.fromEntries(
    Object.entries(params).map(([role, name]) => [role, graph.parameters.get(name)!]),
  );

/** The reach of a step on inputs of these shapes; undefined where its op has none. */
export function reachOf(
  { op, node }: Pick<Step, "op" | "node">,
  inputs: readonly Shape[],
  graph: Graph,
): Reach | undefined {
  const [[height, width]] = inputs;
  const together = inputs.every((shape) =>
    isPicture(shape) && shape[0] === height && shape[1] === width
  );
  if (!together) return undefined;
  const params = shapesOf(graph, node);
  if (op.reach) return op.reach(inputs, { attrs: node.attrs, params });
  const { nature, joins } = op.traits;
  const isAlone = (nature === "elementwise" || joins === true) &&
    Object.values(params).every(isEverywhere);
  return isAlone ? { window: ownPlace(height, width) } : undefined;
}
