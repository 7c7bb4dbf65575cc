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
function Line({ layer, hrefOf }: { layer: LayerTree; hrefOf?(layer: string): string }) {
  const { href } = useSite(), { name, op, shape: sizes, parameters, multiplyAdds } = layer;
  return (
    <span class="layer">
      <code>{hrefOf ? <a href={href(hrefOf(name))}>{name}</a> : name}</code>
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

export function LayerRows({ layers, looks, hrefOf }: {
  layers: readonly LayerTree[];
  looks: Looks;
  /** Where a layer's page is; nothing where there is none. */
  hrefOf?(layer: string): string;
}) {
  return (
    <ul class="layers-tree">
      {layers.map((layer) => (
        <li key={layer.name}>
          {layer.children.length === 0 ? <Line layer={layer} hrefOf={hrefOf} /> : (
            <details>
              <summary>
                <Line layer={layer} hrefOf={hrefOf} />
              </summary>
              <LayerRows layers={layer.children} looks={looks} hrefOf={hrefOf} />
            </details>
          )}
          <Seen node={layer.node} looks={looks} />
        </li>
      ))}
    </ul>
  );
}
