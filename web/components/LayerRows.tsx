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

/** The ways to a layer's page, where its own line opens it, and to the runs that look at it. */
function Ways({ layer: { name, node, children }, looks, hrefOf }: {
  layer: LayerTree;
  looks: Looks;
  hrefOf?(layer: string): string;
}) {
  const { href, live } = useSite(), seen = looks.byNode.get(node);
  const page = children.length > 0 ? hrefOf?.(name) : undefined;
  if (!seen && page === undefined) return null;
  const query = seen && new URLSearchParams({ model: looks.model, layer: seen.layer });
  const text = seen && plural(seen.runs, "run");
  return (
    <span class="seen">
      {page !== undefined && (
        <a href={href(page)}>
          look <span class="hidden">{`at ${name}`}</span>
        </a>
      )}
      {seen && (live ? <a href={href(`/?${query}`)}>{text}</a> : <span>{text}</span>)}
    </span>
  );
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
                <Line layer={layer} />
              </summary>
              <LayerRows layers={layer.children} looks={looks} hrefOf={hrefOf} />
            </details>
          )}
          <Ways layer={layer} looks={looks} hrefOf={hrefOf} />
        </li>
      ))}
    </ul>
  );
}
