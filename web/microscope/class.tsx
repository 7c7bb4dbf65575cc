/** @jsxImportSource npm:preact@10.29.8 */
/** Which channels speak for a class: the list of the classes, and the page of one. */
import { plural, short } from "../components/format.ts";
import { Island } from "../components/Island.tsx";
import { Section } from "../components/Section.tsx";
import { Narrow } from "../islands/Narrow.tsx";
import { useSite } from "../site.ts";
import { type Page, Way } from "./Page.tsx";
import { paths } from "./paths.ts";
import { Tile, Tiles } from "./Tiles.tsx";
import {
  type ClassView,
  labelOf,
  type LayerView,
  type MicroscopeView,
  type Voice,
} from "./view.ts";

const LIST = "classes";

/** The classes by name, each with how many channels speak for it. */
export function ClassNames({ view: { data, classes }, id }: { view: MicroscopeView; id?: string }) {
  const { href } = useSite();
  return (
    <ul class="names" id={id}>
      {[...classes].map(([index, { channels }]) => (
        <li key={index}>
          <a href={href(paths.class(index))}>{labelOf(data, index)}</a>
          <span class="quiet">{` ${plural(channels, "channel")}`}</span>
        </li>
      ))}
    </ul>
  );
}

function Classes({ view }: { view: MicroscopeView }) {
  const { data: { labels }, classes } = view;
  return (
    <article class="about">
      <header>
        <Way data={view.data}>classes</Way>
        <h1>Classes</h1>
        <p class="lead">
          {classes.size === 0
            ? "No class follows from these channels."
            : `Channels by the classes that they speak for, ${classes.size} of ${labels.length}.`}
        </p>
      </header>
      {classes.size > 0 && (
        <section>
          <Island of={Narrow} props={{ list: LIST, label: "Search for a class" }} />
          <ClassNames view={view} id={LIST} />
        </section>
      )}
    </article>
  );
}

/** The channels of a layer that speak for a class, or against it. */
function Voices({ title, layer, voices }: {
  title: string;
  layer: LayerView;
  voices: readonly Voice[];
}) {
  if (voices.length === 0) return null;
  return (
    <Section title={title}>
      <Tiles label={title}>
        {voices.map(({ channel, gradient }) => (
          <Tile key={channel} layer={layer} channel={channel}>
            <span>{short(gradient).replace("-", "−")}</span>
          </Tile>
        ))}
      </Tiles>
    </Section>
  );
}

function Class({ view: { data, layers }, index, found: { speakFor, speakAgainst } }: {
  view: MicroscopeView;
  index: number;
  found: ClassView;
}) {
  const { href } = useSite();
  return (
    <article class="about">
      <header>
        <Way data={data}>
          <a href={href(paths.classes)}>classes</a>
        </Way>
        <h1>{labelOf(data, index)}</h1>
        <p class="lead">
          Channels that count it among their classes, and how much its score grows with them.
        </p>
      </header>
      {[...layers].reverse().map((layer) => (
        <div key={layer.slug}>
          <Voices
            title={`For it, in ${layer.name}`}
            layer={layer}
            voices={speakFor.get(layer.slug) ?? []}
          />
          <Voices
            title={`Against it, in ${layer.name}`}
            layer={layer}
            voices={speakAgainst.get(layer.slug) ?? []}
          />
        </div>
      ))}
    </article>
  );
}

export const classesPage = (view: MicroscopeView): Page => ({
  title: "Classes",
  section: "classes",
  body: <Classes view={view} />,
});

export const classPage = (view: MicroscopeView, index: number, found: ClassView): Page => ({
  title: labelOf(view.data, index),
  section: "classes",
  body: <Class view={view} index={index} found={found} />,
});
