/** What of a picture a place of a layer is made of. */
import { ancestors, type Graph, INPUT } from "./graph.ts";
import { op } from "./ops/mod.ts";
import type { Shape } from "./ops/op.ts";
import type { Window } from "./ops/window.ts";
import { reachOf } from "./patches/reach.ts";
import { summarize } from "./summary.ts";

/** `[start, end)` along an axis. */
type Stretch = readonly [start: number, end: number];

/** A rectangle of a picture. */
export interface Field {
  readonly rows: Stretch;
  readonly columns: Stretch;
}

const union = (a: Stretch, b: Stretch): Stretch => [Math.min(a[0], b[0]), Math.max(a[1], b[1])];

/** What windows lie on, as far as it is there; they may lie beside it. */
function under(
  [first, end]: Stretch,
  [kernel, stride, dilation, before]: readonly number[],
  size: number,
): Stretch {
  const from = first * stride - before;
  const to = (end - 1) * stride - before + (kernel - 1) * dilation + 1;
  const start = Math.max(0, Math.min(size, from));
  return [start, Math.max(start, Math.min(size, to))];
}

/** What of its inputs, all of one height and width, a part of an op's output is made of. */
function seen(part: Field, { kernel, strides, dilations, pad }: Window, [h, w]: Shape): Field {
  const rows = [kernel[0], strides[0], dilations[0], pad.top];
  const columns = [kernel[1], strides[1], dilations[1], pad.left];
  return { rows: under(part.rows, rows, h), columns: under(part.columns, columns, w) };
}

const allOf = ([height, width]: Shape): Field => ({ rows: [0, height], columns: [0, width] });

/** What a network sees of pictures of a size, layer by layer. */
export class Receptive {
  readonly #graph: Graph;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #picture: Shape;

  /** @throws UserError where the network does not accept pictures of that size. */
  constructor(graph: Graph, height: number, width: number) {
    this.#graph = graph;
    this.#picture = [height, width, graph.input.shape[2]];
    const nodes = summarize(graph, height, width);
    this.#shapes = new Map([
      [INPUT, this.#picture],
      ...nodes.map(({ name, shape }) => [name, shape] as const),
    ]);
  }

  /**
   * The rectangle of the picture outside of which nothing changes a place of a node: its receptive
   * field, as far as it lies on the picture. Where an op sees a picture as a whole (a global mean), that
   * is all of it.
   *
   * @param node one that the logits need
   */
  field(node: string, row: number, column: number): Field {
    const graph = this.#graph,
      needed = new Map<string, Field>([
        [node, { rows: [row, row + 1], columns: [column, column + 1] }],
      ]);
    for (const step of ancestors(graph, [node]).toReversed()) {
      const part = needed.get(step.name);
      if (!part) continue;
      const shapes = step.inputs.map((input) => this.#shapes.get(input)!);
      const reach = reachOf({ op: op(step.op), node: step }, shapes, graph);
      step.inputs.forEach((input, i) => {
        const from = reach ? seen(part, reach.window, shapes[i]) : allOf(shapes[i]);
        const other = needed.get(input);
        needed.set(
          input,
          other
            ? { rows: union(from.rows, other.rows), columns: union(from.columns, other.columns) }
            : from,
        );
      });
    }
    return needed.get(INPUT) ?? allOf(this.#picture);
  }
}
