/** @jsxImportSource npm:preact@10.29.8 */
/** `/models/:id/layers/:layer`: what a layer is made of, and what its channels make of a picture. */
import { fieldOfRole } from "../../core/options.ts";
import { type LayerTree, layerTree } from "../../engine/layer_tree.ts";
import type { Architecture } from "../../run/model.ts";
import { modelName } from "../../run/model_name.ts";
import type { Technique } from "../../run/technique.ts";
import { techniques } from "../../techniques/mod.ts";
import type { LayerAnswer, Question, Subject } from "../_explained.ts";
import { optionName } from "../_fields.ts";
import { takesPicture } from "../_form.ts";
import { keptValue } from "../_pictures_sent.ts";
import { Grid } from "../components/Card.tsx";
import type { Page } from "../components/Document.tsx";
import { Facts } from "../components/Facts.tsx";
import { count, shape, short } from "../components/format.ts";
import { LayerGraph } from "../components/LayerGraph.tsx";
import type { Gallery } from "../gallery.ts";
import { lastPart, wayTo } from "../graph_view.ts";
import { architectureIfKnown } from "../outlines.ts";
import type { RunEntry } from "../run_index.ts";
import { paths, useSite } from "../site.ts";
import { explainerOf, first, modelOf, png } from "./_ask.ts";
import { get, missing } from "./_route.ts";

/** How the channels of a layer are shown. */
interface Shown {
  /** Token of the picture. */
  readonly picture: string;
  /** In the order of their numbers, or those that answer most first. */
  readonly order: "number" | "strength";
  /** Whether all are drawn on one scale. */
  readonly common: boolean;
}

const queryOf = ({ picture, order, common }: Shown, changed: Partial<Shown> = {}): string => {
  const now = { picture, order, common, ...changed };
  const params = new URLSearchParams({ picture: now.picture });
  if (now.order !== "number") params.set("order", now.order);
  if (now.common) params.set("scale", "layer");
  return String(params);
};

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

/** The pictures that can be looked at: samples, and the one that was brought. */
function Pictures({ gallery, shown, path }: { gallery: Gallery; shown: Shown; path: string }) {
  const { href } = useSite(), names = gallery.samples.map(({ name }) => name);
  const all = names.includes(shown.picture) ? names : [shown.picture, ...names];
  return (
    <ul class="samples small" aria-label="Pictures">
      {all.map((token) => (
        <li key={token}>
          <a
            href={href(`${path}?${queryOf(shown, { picture: token })}`)}
            aria-current={token === shown.picture ? "true" : undefined}
          >
            <img
              src={href(paths.picture(token))}
              alt={gallery.uploads.get(token).name}
              width={64}
              height={64}
              class="pixels"
            />
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Two ways to show something, of which one is chosen. */
function Either({ label, options }: {
  label: string;
  options: readonly { readonly title: string; readonly href: string; readonly chosen: boolean }[];
}) {
  return (
    <p class="either">
      <span class="quiet">{label}</span>
      {options.map(({ title, href, chosen }) => (
        <a key={title} href={href} aria-current={chosen ? "true" : undefined}>{title}</a>
      ))}
    </p>
  );
}

const activation = (model: string, layer: string, channel: number, shown: Shown) =>
  `${paths.channel(model, layer, channel)}/activation.png?${queryOf(shown, { order: "number" })}`;

function Channels({ place: { model, layer }, answer, shown, gallery }: {
  place: Place;
  answer: LayerAnswer;
  shown: Shown;
  gallery: Gallery;
}) {
  const { href } = useSite(), { name } = layer, path = paths.layer(model, name);
  const numbers = answer.means.map((_, channel) => channel);
  if (shown.order === "strength") numbers.sort((a, b) => answer.means[b] - answer.means[a]);
  const to = (changed: Partial<Shown>) => href(`${path}?${queryOf(shown, changed)}`);
  return (
    <section>
      <h2>{`Its ${numbers.length} channels on this picture`}</h2>
      <Pictures gallery={gallery} shown={shown} path={path} />
      <div class="eithers">
        <Either
          label="Order"
          options={(["number", "strength"] as const).map((order) => ({
            title: order === "number" ? "by number" : "strongest mean first",
            href: to({ order }),
            chosen: shown.order === order,
          }))}
        />
        <Either
          label="Scale"
          options={[false, true].map((common) => ({
            title: common ? "one for all" : "each its own",
            href: to({ common }),
            chosen: shown.common === common,
          }))}
        />
      </div>
      <ul class="channels">
        {numbers.map((channel) => (
          <li key={channel}>
            <a
              href={href(`${paths.channel(model, name, channel)}?${queryOf(shown)}`)}
              title={`mean ${short(answer.means[channel])}, largest ${
                short(answer.largest[channel])
              }`}
            >
              <img
                src={href(activation(model, name, channel, shown))}
                alt=""
                width={answer.shape.length === 3 ? answer.shape[1] : 1}
                height={answer.shape.length === 3 ? answer.shape[0] : 1}
                class="pixels"
                loading="lazy"
              />
              {channel}
            </a>
          </li>
        ))}
      </ul>
    </section>
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
  );
  return {
    title: `${name} of ${modelName(model)}`,
    section: "models",
    wide: true,
    body: (
      <article class="about">
        <header>
          <Way place={place} shown={shown} />
          <h1>{name}</h1>
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
        {answer && shown && (
          <Channels place={place} answer={answer} shown={shown} gallery={gallery} />
        )}
      </article>
    ),
  } satisfies Page;
}

/** What a form must send to make a picture of a channel with a technique; nothing where it makes none. */
function fieldsFor(
  technique: Technique,
  { model, layer, channel, picture }: {
    readonly model: string;
    readonly layer: string;
    readonly channel: number;
    readonly picture?: string;
  },
): Record<string, string> | undefined {
  if (technique.kind !== "visualization") return undefined;
  const layers = fieldOfRole(technique.options, "layer");
  const channels = fieldOfRole(technique.options, "channel");
  if (!layers || !channels) return undefined;
  if (takesPicture(technique) === "required" && picture === undefined) return undefined;
  return {
    model,
    ...picture === undefined ? {} : { sample: keptValue([picture]) },
    [optionName(layers.name)]: layer,
    [optionName(channels.name)]: String(channel),
  };
}

/** Pictures that runs made of a channel, and buttons that make more. */
function Made({ model, layer, channel, picture, runs }: {
  model: string;
  layer: string;
  channel: number;
  picture?: string;
  runs: readonly RunEntry[];
}) {
  const { href } = useSite(), asked = { model, layer, channel, picture };
  return (
    <section>
      <h2>What it looks for</h2>
      {runs.length > 0 && <Grid runs={runs} />}
      <div class="buttons wrap">
        {[...techniques].map((technique) => {
          const fields = fieldsFor(technique, asked);
          return fields && (
            <form
              key={technique.id}
              method="post"
              action={href(paths.make(technique.id))}
              encType="multipart/form-data"
            >
              {Object.entries(fields).map(([name, value]) => (
                <input key={name} type="hidden" name={name} value={value} />
              ))}
              <button type="submit">{`Make: ${technique.title}`}</button>
            </form>
          );
        })}
      </div>
    </section>
  );
}

async function channelPage(
  gallery: Gallery,
  { id, layer: name, channel }: { id: string; layer: string; channel: number },
  params: URLSearchParams,
) {
  const place = await placeOf(gallery, id, name), { layer, model } = place;
  const channels = layer.shape.at(-1)!;
  if (!(channel < channels)) {
    throw missing(`There is no channel ${channel} in ${name}: it has ${channels}.`);
  }
  const shown = shownOf(gallery, params), path = paths.channel(model, name, channel);
  const runs = [...gallery.index].filter((run) =>
    run.model === model && run.layer === name && run.channel === channel
  );
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
        </header>
        {shown && (
          <section>
            <h2>What it makes of a picture</h2>
            <Pictures gallery={gallery} shown={shown} path={path} />
            <div class="sides">
              <img
                src={`/explain/seen.png?${new URLSearchParams({ picture: shown.picture, model })}`}
                alt={`${gallery.uploads.get(shown.picture).name} as the network sees it`}
              />
              <img
                src={activation(model, name, channel, shown)}
                alt={`Its activation of ${gallery.uploads.get(shown.picture).name}`}
                class="pixels"
              />
            </div>
          </section>
        )}
        <Made
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
