/** @jsxImportSource npm:preact@10.29.8 */
/** `/models`: what there is; `/models/:id`: a network's layers, and the runs that look at them. */
import type { Architecture, ModelAdapter } from "../../run/model.ts";
import { modelName } from "../../run/model_name.ts";
import { resolveLayer } from "../../engine/graph.ts";
import { layerTree } from "../../engine/layer_tree.ts";
import { adapterFor, models } from "../../models/mod.ts";
import type { Page } from "../components/Document.tsx";
import { allShown, Facts, line } from "../components/Facts.tsx";
import { count, plural } from "../components/format.ts";
import { LayerGraph } from "../components/LayerGraph.tsx";
import { LayerRows, type Looks } from "../components/LayerRows.tsx";
import type { Gallery } from "../gallery.ts";
import { waysToModel } from "../microscope_ways.ts";
import { architectureIfKnown, openable } from "../outlines.ts";
import type { RunEntry, RunIndex } from "../run_index.ts";
import { paths, useSite } from "../site.ts";
import { get, missing } from "./_route.ts";
import { UnderMicroscope, type Way } from "../components/UnderMicroscope.tsx";
import { FewRuns } from "./techniques.tsx";

function modelCounts(index: RunIndex): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { model } of index) if (model) counts.set(model, (counts.get(model) ?? 0) + 1);
  return counts;
}

/** Every model that has a page: known by name, given at the start, or used by a run. */
export function modelNames(gallery: Gallery): string[] {
  return [...new Set([...openable(gallery.models), ...modelCounts(gallery.index).keys()])];
}

function Names({ ids, counts }: { ids: readonly string[]; counts: ReadonlyMap<string, number> }) {
  const { href } = useSite();
  return (
    <ul class="names">
      {ids.map((id) => (
        <li key={id}>
          <a href={href(paths.model(id))}>{modelName(id)}</a>
          {counts.has(id) && <span class="quiet">{` ${plural(counts.get(id)!, "run")}`}</span>}
        </li>
      ))}
    </ul>
  );
}

function Overview({ gallery }: { gallery: Gallery }) {
  const counts = modelCounts(gallery.index);
  const families = [...models].filter((family) => family.models.length > 0);
  const named = new Set(families.flatMap((family) => family.models));
  const others = modelNames(gallery).filter((id) => !named.has(id));
  return (
    <>
      <h1>Models</h1>
      {others.length > 0 && (
        <section>
          <h2>From files</h2>
          <Names ids={others} counts={counts} />
        </section>
      )}
      {families.map((family) => (
        <section key={family.id}>
          <h2>{family.title}</h2>
          <Names ids={family.models} counts={counts} />
          <p class="quiet">
            {`${family.licence} · `}
            {family.source.split(", ").map((source) => (
              <span key={source}>
                {/^https?:/.test(source) ? <a href={source} rel="noreferrer">{source}</a> : source}
                {" "}
              </span>
            ))}
          </p>
        </section>
      ))}
    </>
  );
}

/** Which operations runs look at. */
function looksOf({ graph }: Architecture, id: string, runs: readonly RunEntry[]): Looks {
  const byNode = new Map<string, { runs: number; layer: string }>();
  for (const { layer } of runs) {
    if (!layer) continue;
    try {
      const node = resolveLayer(graph, layer, id);
      byNode.set(node, { runs: (byNode.get(node)?.runs ?? 0) + 1, layer });
    } catch {
      // a run of a network of the same name that has other layers
    }
  }
  return { byNode, model: id };
}

function ModelView({ id, family, architecture, runs, ways, hrefOf }: {
  id: string;
  family?: ModelAdapter;
  architecture?: Architecture;
  runs: readonly RunEntry[];
  /** To it under the microscope. */
  ways: readonly Way[];
  /** Where the page of a layer is; nothing where layers cannot be looked at. */
  hrefOf?(layer: string): string;
}) {
  const tree = architecture && layerTree(architecture.graph, architecture.inputSize, id);
  return (
    <article class="about">
      <header>
        <p class="kicker">{family?.title ?? "Model"}</p>
        <h1>{modelName(id)}</h1>
        <UnderMicroscope ways={ways} />
      </header>
      {architecture && tree
        ? (
          <>
            <Facts
              facts={{
                input: `${architecture.inputSize.width} × ${architecture.inputSize.height}`,
                parameters: count(tree.parameters),
                "multiply-adds": count(tree.multiplyAdds),
                preprocessing: line(allShown({ ...architecture.preprocess })),
              }}
            />
            <section>
              <h2>Graph</h2>
              <LayerGraph
                graph={architecture.graph}
                layer={tree}
                hrefOf={hrefOf}
                label={`Graph of ${modelName(id)}`}
              />
            </section>
            <section>
              <h2>Layers</h2>
              <LayerRows
                layers={tree.children}
                looks={looksOf(architecture, id, runs)}
                hrefOf={hrefOf}
              />
            </section>
          </>
        )
        : (
          <p>
            Its layers are not known here. A gallery that is opened with this model shows them.
          </p>
        )}
      <FewRuns runs={runs} all={`/?model=${encodeURIComponent(id)}`} />
    </article>
  );
}

/**
 * The page of a model.
 *
 * @param picture Token of the picture that its layers are looked at with.
 */
export async function modelPage(id: string, gallery: Gallery, picture?: string): Promise<Page> {
  const runs = [...gallery.index].filter((run) => run.model === id);
  const known = openable(gallery.models).has(id);
  if (!known && runs.length === 0) throw missing(`There is no model "${id}" here.`);
  const explained = gallery.explainer !== undefined && gallery.models.some((m) => m.id === id);
  const query = picture === undefined ? "" : `?${new URLSearchParams({ picture })}`;
  const family = known ? await adapterFor(id) : undefined;
  const architecture = known ? await architectureIfKnown(id) : undefined;
  const ways = await waysToModel(gallery, id);
  return {
    title: modelName(id),
    section: "models",
    wide: true,
    body: (
      <ModelView
        id={id}
        family={family}
        architecture={architecture}
        runs={runs}
        ways={ways}
        hrefOf={explained ? (layer) => paths.layer(id, layer) + query : undefined}
      />
    ),
  };
}

/** The page of all models. */
export const modelsPage = (gallery: Gallery): Page => ({
  title: "Models",
  section: "models",
  body: <Overview gallery={gallery} />,
});

export const modelRoutes = [
  get("/models", ({ gallery }) => modelsPage(gallery)),
  get(
    "/models/:id",
    ({ gallery, params, url }) =>
      modelPage(params.id, gallery, url.searchParams.get("picture") ?? undefined),
  ),
];
