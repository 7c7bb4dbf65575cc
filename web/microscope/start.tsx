/** @jsxImportSource npm:preact@10.29.8 */
/** The start of a microscope: its network, and the layers that it looks into. */
import type { Graph } from "../../engine/graph.ts";
import { type LayerTree, layerTree } from "../../engine/layer_tree.ts";
import type { LayerEntry } from "../../microscope/data.ts";
import { Facts } from "../components/Facts.tsx";
import { dateTime, plural, shape } from "../components/format.ts";
import { LayerGraph } from "../components/LayerGraph.tsx";
import { Section } from "../components/Section.tsx";
import { layerIn } from "../graph_view.ts";
import { useSite } from "../site.ts";
import { ClassNames } from "./class.tsx";
import type { Page } from "./Page.tsx";
import { paths } from "./paths.ts";
import { Tile, Tiles } from "./Tiles.tsx";
import { type LayerView, type MicroscopeView, nameOf } from "./view.ts";

/** Channels of a layer that the start shows. */
const FEW = 12;

/** All operations that a layer's names stand for. */
const nodesOf = ({ node, children }: LayerTree): string[] => [node, ...children.flatMap(nodesOf)];

/** The layer of the microscope that a part of the graph is, or the last one inside it. */
function lookedInto(
  tree: LayerTree,
  name: string,
  layers: readonly LayerEntry[],
): LayerEntry | undefined {
  const part = layerIn(tree, name);
  if (!part) return undefined;
  const own = layers.find(({ node }) => node === part.node);
  if (own) return own;
  const nodes = new Set(nodesOf(part));
  return layers.findLast(({ node }) => nodes.has(node));
}

function LayerStart({ layer }: { layer: LayerView }) {
  const { href } = useSite(), { name, slug, channels, size } = layer;
  return (
    <section>
      <h2>
        <a href={href(paths.layer(slug))}>{name}</a>
        <span class="quiet">{` ${plural(channels, "channel")} of ${shape(size)}`}</span>
      </h2>
      <Tiles label={`Some channels of ${name}`}>
        {Array.from(
          { length: Math.min(FEW, channels) },
          (_, channel) => <Tile key={channel} layer={layer} channel={channel} />,
        )}
      </Tiles>
    </section>
  );
}

function Bad({ view: { data: { bad } } }: { view: MicroscopeView }) {
  if (bad.length === 0) return null;
  return (
    <details>
      <summary>{`${plural(bad.length, "picture")} could not be read`}</summary>
      <ul>
        {bad.map(({ name, reason }) => <li key={name}>{`${name}: ${reason}`}</li>)}
      </ul>
    </details>
  );
}

/** The graph, whose parts lead to the layers that are looked into. */
function NetworkGraph({ view: { data, layers }, graph }: { view: MicroscopeView; graph: Graph }) {
  const tree = layerTree(graph, data.input, data.model.id);
  return (
    <Section title="Graph">
      <LayerGraph
        graph={graph}
        layer={tree}
        hrefOf={(name) => {
          const layer = lookedInto(tree, name, layers);
          return layer && paths.layer(layer.slug);
        }}
        label={`Graph of ${nameOf(data)}`}
      />
    </Section>
  );
}

function Start({ view, graph }: { view: MicroscopeView; graph?: Graph }) {
  const { href } = useSite(), { data, layers, classes } = view, { input, model } = data;
  const channels = layers.reduce((sum, layer) => sum + layer.channels, 0);
  return (
    <article class="about start">
      <header>
        <p class="kicker">{model.title}</p>
        <h1>{nameOf(data)}</h1>
        <p class="lead">
          {`${plural(channels, "channel")} of ${
            plural(layers.length, "layer")
          }: what each looks for, and what excites it.`}
        </p>
      </header>
      {graph && <NetworkGraph view={view} graph={graph} />}
      {layers.map((layer) => <LayerStart key={layer.slug} layer={layer} />)}
      {classes.size > 0 && (
        <Section title="By class">
          <ClassNames view={view} />
        </Section>
      )}
      <Section title="Made of">
        <Facts
          facts={{
            pictures: <a href={href(paths.pictures())}>{plural(data.pictures, "picture")}</a>,
            input: `${input.width} × ${input.height}`,
            weights: `${model.weights.source} (SHA-256 ${model.weights.sha256.slice(0, 12)}…)`,
            made: `${dateTime(data.createdAt)}, by Phosphene ${data.phosphene}`,
          }}
        />
        <Bad view={view} />
      </Section>
    </article>
  );
}

/** @param graph of its network, where it is known */
export const startPage = (view: MicroscopeView, graph?: Graph): Page => ({
  title: "Layers",
  section: "layers",
  body: <Start view={view} graph={graph} />,
});
