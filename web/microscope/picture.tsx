/** @jsxImportSource npm:preact@10.29.8 */
/** Which channels a picture excites: the sheet of the pictures, and the page of one. */
import { isSmall } from "../components/Card.tsx";
import { plural } from "../components/format.ts";
import { Island } from "../components/Island.tsx";
import { Pager } from "../components/Pager.tsx";
import { Section } from "../components/Section.tsx";
import { Narrow } from "../islands/Narrow.tsx";
import { useSite } from "../site.ts";
import { type Page, Way } from "./Page.tsx";
import { paths } from "./paths.ts";
import { Tile, Tiles } from "./Tiles.tsx";
import { labelOf, type MicroscopeView } from "./view.ts";

const LIST = "pictures";
/** Pictures on one page: with more of them, scrolling falters. */
const MOST = 1000;

/** How many pages the pictures that are seen take. */
export const pagesOfPictures = (pictures: MicroscopeView["pictures"]): number =>
  Math.max(1, Math.ceil(pictures.filter(({ seen }) => seen).length / MOST));

function Pictures({ view: { data, pictures }, page }: { view: MicroscopeView; page: number }) {
  const { href } = useSite(), { input: { width, height } } = data;
  const pages = pagesOfPictures(pictures), label = pages > 1 ? "Search this page" : "Search";
  const seen = [...pictures.entries()].filter(([, { seen }]) => seen);
  return (
    <article class="about">
      <header>
        <Way data={data}>pictures</Way>
        <h1>Pictures</h1>
        <p class="lead">
          {`${plural(seen.length, "picture")} of ${
            data.pictures.toLocaleString("en")
          }: those that excite some channel most.`}
        </p>
      </header>
      <section>
        <Island of={Narrow} props={{ list: LIST, label: `${label} for a picture or a class` }} />
        <Tiles label="Pictures" id={LIST}>
          {seen.slice((page - 1) * MOST, page * MOST).map(([number, { name, best }]) => (
            <li key={number}>
              <a href={href(paths.picture(number))}>
                <img
                  src={href(paths.seen(number))}
                  alt=""
                  width={width}
                  height={height}
                  loading="lazy"
                />
                <span class="name">{name}</span> <span>{labelOf(data, best)}</span>
              </a>
            </li>
          ))}
        </Tiles>
        <Pager
          page={page}
          pages={pages}
          hrefOf={(page) => href(paths.pictures(page))}
          words={["Previous", "Next"]}
        />
      </section>
    </article>
  );
}

function Picture({ view: { data, pictures, layers, classes }, number }: {
  view: MicroscopeView;
  number: number;
}) {
  const { href } = useSite(), { name, best, excites } = pictures[number], { input } = data;
  const label = labelOf(data, best);
  return (
    <article class="about">
      <header>
        <Way data={data}>
          <a href={href(paths.pictures())}>pictures</a>
        </Way>
        <h1>{name}</h1>
        <p class="lead">
          The network says{" "}
          {classes.has(best) ? <a href={href(paths.class(best))}>{label}</a> : label}. Below are the
          channels that it excites beyond what they are used to.
        </p>
      </header>
      <img
        src={href(paths.seen(number))}
        alt={`${name} as the network sees it`}
        width={input.width}
        height={input.height}
        class={isSmall(input) ? "large pixels" : "large"}
      />
      {excites.map((channels, i) =>
        channels.length > 0 && (
          <Section key={layers[i].slug} title={`In ${layers[i].name}`}>
            <Tiles label={`Channels of ${layers[i].name} that it excites`}>
              {channels.map((channel) => (
                <Tile key={channel} layer={layers[i]} channel={channel} />
              ))}
            </Tiles>
          </Section>
        )
      ).reverse()}
    </article>
  );
}

export const picturesPage = (view: MicroscopeView, page: number): Page => ({
  title: "Pictures",
  section: "pictures",
  body: <Pictures view={view} page={page} />,
});

export const picturePage = (view: MicroscopeView, number: number): Page => ({
  title: view.pictures[number].name,
  section: "pictures",
  body: <Picture view={view} number={number} />,
});
