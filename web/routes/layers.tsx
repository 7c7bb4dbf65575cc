/** @jsxImportSource npm:preact@10.29.8 */
/** `/models/:id/layers/:layer`: what a layer is made of, and what its channels make of a picture. */
import { UserError } from "../../core/errors.ts";
import { type LayerTree, layerTree } from "../../engine/layer_tree.ts";
import type { Architecture } from "../../run/model.ts";
import { modelName } from "../../run/model_name.ts";
import type { Question, Subject } from "../_explained.ts";
import { ChannelMade } from "../components/ChannelMade.tsx";
import type { Page } from "../components/Document.tsx";
import { Facts } from "../components/Facts.tsx";
import { count, shape } from "../components/format.ts";
import { UnderMicroscope } from "../components/UnderMicroscope.tsx";
import { inLabels } from "../_say.ts";
import { LayerChannels } from "../components/LayerChannels.tsx";
import { LayerGraph } from "../components/LayerGraph.tsx";
import { LookedAt } from "../components/LookedAt.tsx";
import type { Gallery } from "../gallery.ts";
import { lastPart, wayTo } from "../graph_view.ts";
import { activation, queryOf, type Shown } from "../layer_query.ts";
import { architectureIfKnown } from "../outlines.ts";
import { waysToLayer } from "../microscope_ways.ts";
import { paths, useSite } from "../site.ts";
import { explainerOf, first, modelOf, png } from "./_ask.ts";
import { get, missing } from "./_route.ts";

function shownOf({ samples, uploads }: Gallery, params: URLSearchParams): Shown | undefined {
  const wanted = params.get("picture");
  const picture = wanted !== null && uploads.has(wanted) ? wanted : samples[0]?.name;
  return picture === undefined ? undefined : {
    picture,
    order: params.get("order") === "strength" ? "strength" : "number",
    common: params.get("scale") === "layer",
  };
}

/** A layer of a model that runs can be made with. */
interface Place {
  readonly model: string;
  readonly architecture: Architecture;
  readonly layer: LayerTree;
  /** The layers that it is in, outermost first. */
  readonly within: readonly LayerTree[];
}

async function placeOf(gallery: Gallery, model: string, name: string): Promise<Place> {
  const { id } = modelOf(gallery, model), architecture = await architectureIfKnown(id);
  if (!architecture) throw missing(`The layers of ${id} are not known before it is loaded.`);
  const way = wayTo(layerTree(architecture.graph, architecture.inputSize, id), name);
  const layer = way?.at(-1);
  if (!way || !layer || name === "") throw missing(`There is no layer "${name}" in ${id}.`);
  return { model: id, architecture, layer, within: way.slice(1, -1) };
}

function Way({ place: { model, layer, within }, channel, shown }: {
  place: Place;
  channel?: number;
  shown?: Shown;
}) {
  const { href } = useSite(), query = shown ? `?${queryOf(shown)}` : "";
  const names = [...within, layer].map(({ name }) => name);
  return (
    <p class="kicker way">
      <a href={href(paths.model(model))}>{modelName(model)}</a>
      {names.map((name, n) => {
        const part = lastPart(name, n > 0 ? names[n - 1] : "");
        return (
          <span key={name}>
            {" › "}
            {n + 1 < names.length || channel !== undefined
              ? <a href={href(paths.layer(model, name)) + query}>{part}</a>
              : part}
          </span>
        );
      })}
      {channel !== undefined && <span>{` › channel ${channel}`}</span>}
    </p>
  );
}

const subjectOf = (gallery: Gallery, model: string, picture: string): Subject => ({
  picture: gallery.uploads.get(picture),
  model: modelOf(gallery, model),
});

async function layerPage(gallery: Gallery, id: string, name: string, params: URLSearchParams) {
  const place = await placeOf(gallery, id, name), { layer, architecture, model } = place;
  const shown = shownOf(gallery, params), explainer = explainerOf(gallery);
  const answer = shown && await first(
    explainer,
    { kind: "layer", subject: subjectOf(gallery, id, shown.picture), layer: name },
    "layer",
  ).catch((error) => {
    // what it is made of is known without its numbers
    if (error instanceof UserError) return error;
    throw error;
  });
  const ways = await waysToLayer(gallery, modelOf(gallery, model), layer);
  return {
    title: `${name} of ${modelName(model)}`,
    section: "models",
    wide: true,
    body: (
      <article class="about">
        <header>
          <Way place={place} shown={shown} />
          <h1>{name}</h1>
          <UnderMicroscope ways={ways} />
        </header>
        <Facts
          facts={{
            operation: layer.op ?? "",
            gives: shape(layer.shape),
            parameters: layer.parameters > 0 ? count(layer.parameters) : "",
            "multiply-adds": layer.multiplyAdds > 0 ? count(layer.multiplyAdds) : "",
          }}
        />
        {layer.children.length > 0 && (
          <section>
            <h2>What it is made of</h2>
            <LayerGraph
              graph={architecture.graph}
              layer={layer}
              hrefOf={(inner) => paths.layer(model, inner) + (shown ? `?${queryOf(shown)}` : "")}
              label={`Graph of ${name}`}
            />
          </section>
        )}
        {answer instanceof UserError && <p class="fault">{inLabels(answer)}</p>}
        {answer && "means" in answer && shown && (
          <LayerChannels
            model={model}
            layer={name}
            answer={answer}
            shown={shown}
            gallery={gallery}
          />
        )}
      </article>
    ),
  } satisfies Page;
}

async function channelPage(
  gallery: Gallery,
  { id, layer: name, channel }: { id: string; layer: string; channel: number },
  params: URLSearchParams,
) {
  const place = await placeOf(gallery, id, name), { layer, architecture, model } = place;
  const channels = layer.shape.at(-1)!;
  if (!(channel < channels)) {
    throw missing(`There is no channel ${channel} in ${name}: it has ${channels}.`);
  }
  const shown = shownOf(gallery, params), path = paths.channel(model, name, channel);
  const runs = [...gallery.index].filter((run) =>
    run.model === model && run.layer === name && run.channel === channel
  );
  const ways = await waysToLayer(gallery, modelOf(gallery, model), layer, channel);
  const beside = (n: number) => paths.channel(model, name, n) + (shown ? `?${queryOf(shown)}` : "");
  return {
    title: `Channel ${channel} of ${name}, ${modelName(model)}`,
    section: "models",
    body: (
      <article class="about">
        <header>
          <Way place={place} channel={channel} shown={shown} />
          <h1>{`Channel ${channel}`}</h1>
          <nav class="pager" aria-label="Channels">
            {channel > 0 && <a rel="prev" href={beside(channel - 1)}>{`‹ ${channel - 1}`}</a>}
            {channel + 1 < channels && (
              <a rel="next" href={beside(channel + 1)}>{`${channel + 1} ›`}</a>
            )}
          </nav>
          <UnderMicroscope ways={ways} />
        </header>
        {shown && (
          <section>
            <h2>What it makes of a picture</h2>
            <LookedAt gallery={gallery} shown={shown} path={path} />
            <div class="sides">
              <img
                src={`/explain/seen.png?${new URLSearchParams({ picture: shown.picture, model })}`}
                alt={`${gallery.uploads.get(shown.picture).name} as the network sees it`}
                width={architecture.inputSize.width}
                height={architecture.inputSize.height}
              />
              <img
                src={activation(model, name, channel, shown)}
                width={layer.shape.length === 3 ? layer.shape[1] : 1}
                height={layer.shape.length === 3 ? layer.shape[0] : 1}
                alt={`Its activation of ${gallery.uploads.get(shown.picture).name}`}
                class="pixels"
              />
            </div>
          </section>
        )}
        <ChannelMade
          model={model}
          layer={name}
          channel={channel}
          picture={shown?.picture}
          runs={runs}
        />
      </article>
    ),
  } satisfies Page;
}

const numberOf = (text: string): number =>
  /^\d{1,6}$/.test(text) ? Number(text) : missingChannel(text);

function missingChannel(text: string): never {
  throw missing(`"${text}" is not the number of a channel.`);
}

const CHANNEL = "/models/:id/layers/:layer/channels/:channel";

export const layerRoutes = [
  get("/models/:id/layers/:layer", ({ gallery, params, url }) => {
    explainerOf(gallery);
    return layerPage(gallery, params.id, params.layer, url.searchParams);
  }),
  get(CHANNEL, async ({ gallery, params: { id, layer, channel }, url }) => {
    explainerOf(gallery);
    await gallery.index.refreshIfChanged();
    return channelPage(gallery, { id, layer, channel: numberOf(channel) }, url.searchParams);
  }),
  get(`${CHANNEL}/activation.png`, async ({ gallery, params: { id, layer, channel }, url }) => {
    const explainer = explainerOf(gallery), { searchParams } = url;
    const question: Question = {
      kind: "channel",
      subject: subjectOf(gallery, id, searchParams.get("picture") ?? ""),
      layer,
      channel: numberOf(channel),
      common: searchParams.get("scale") === "layer",
    };
    return png((await first(explainer, question, "picture")).png);
  }),
];
