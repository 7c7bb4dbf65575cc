/** @jsxImportSource npm:preact@10.29.8 */
/** A network's graph at one level; each of its layers leads to its page. */
import type { Graph } from "../../engine/graph.ts";
import type { LayerTree } from "../../engine/layer_tree.ts";
import { draw, type Point, viewOf } from "../graph_view.ts";
import { useSite } from "../site.ts";
import { shape } from "./format.ts";

/** More boxes than these are no picture any more. */
const MOST_BOXES = 250;

/** A line that leaves and arrives level. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  let path = `M${first.x} ${first.y}`, from = first;
  for (const to of rest) {
    const middle = (from.x + to.x) / 2;
    path += `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
    from = to;
  }
  return path;
}

export function LayerGraph({ graph, layer, hrefOf, label }: {
  graph: Graph;
  /** The layer whose parts are shown; the root for the whole network. */
  layer: LayerTree;
  /** Where a layer's page is; nothing where there is none. */
  hrefOf?(layer: string): string | undefined;
  label: string;
}) {
  const { href } = useSite(), view = viewOf(graph, layer);
  if (!view) return null;
  if (view.boxes.length > MOST_BOXES) {
    return <p class="quiet">{`Its ${view.boxes.length} parts are too many for a drawing.`}</p>;
  }
  const { width, height, boxes, lines } = draw(view, shape);
  return (
    <div class="graph scroll" tabIndex={0} role="group" aria-label={label}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {lines.map((points, n) => <path key={n} d={curve(points)} />)}
        {boxes.map((box) => {
          const { id, x, y, width, height, label, shape: sizes, layer, holds } = box;
          const drawn = (
            <>
              <rect
                x={x - width / 2}
                y={y - height / 2}
                width={width}
                height={height}
                rx={6}
                class={holds ? "holds" : undefined}
              />
              <text x={x} y={sizes ? y - 3 : y + 4}>{label}</text>
              {sizes && <text x={x} y={y + 14} class="small">{shape(sizes)}</text>}
            </>
          );
          const page = layer === undefined ? undefined : hrefOf?.(layer);
          return page !== undefined
            ? <a key={id} href={href(page)}>{drawn}</a>
            : <g key={id} class={layer === undefined ? "op" : undefined}>{drawn}</g>;
        })}
      </svg>
    </div>
  );
}
