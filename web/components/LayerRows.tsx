/** @jsxImportSource npm:preact@10.29.8 */
/** A network's layers as a tree that opens. */
import type { LayerTree } from "../../engine/layer_tree.ts";
import { useSite } from "../site.ts";
import { count, plural, shape } from "./format.ts";

/** Runs that look at each operation, and where to find them. */
export interface Looks {
  /** Name of an operation → how many runs look at it, and under which name. */
  readonly byNode: ReadonlyMap<string, { readonly runs: number; readonly layer: string }>;
  readonly model: string;
}

/** One layer's line: name, operation, shape, cost. */
function Line({ name, op, shape: sizes, parameters, multiplyAdds }: LayerTree) {
  return (
    <span class="layer">
      <code>{name}</code>
      <span class="quiet">{op}</span>
      <span class="number">{shape(sizes)}</span>
      <span class="number">{parameters > 0 && `${count(parameters)} parameters`}</span>
      <span class="number">{multiplyAdds > 0 && `${count(multiplyAdds)} multiply-adds`}</span>
    </span>
  );
}

/** The way to the runs that look at a layer. */
function Seen({ node, looks }: { node: string; looks: Looks }) {
  const { href, live } = useSite(), seen = looks.byNode.get(node);
  if (!seen) return null;
  const text = plural(seen.runs, "run");
  const query = new URLSearchParams({ model: looks.model, layer: seen.layer });
  return live
    ? <a class="seen" href={href(`/?${query}`)}>{text}</a>
    : <span class="seen">{text}</span>;
}

export function LayerRows({ layers, looks }: { layers: readonly LayerTree[]; looks: Looks }) {
  return (
    <ul class="layers-tree">
      {layers.map((layer) => (
        <li key={layer.name}>
          {layer.children.length === 0 ? <Line {...layer} /> : (
            <details>
              <summary>
                <Line {...layer} />
              </summary>
              <LayerRows layers={layer.children} looks={looks} />
            </details>
          )}
          <Seen node={layer.node} looks={looks} />
        </li>
      ))}
    </ul>
  );
}
