/** @jsxImportSource npm:preact@10.29.8 */
/** `/microscopes`: those that there are; `/microscopes/:name/…`: one of them, page by page. */
import type { ComponentChildren } from "../../deps/preact.ts";
import { UserError } from "../../core/errors.ts";
import { inLabels } from "../_say.ts";
import type { Page } from "../components/Document.tsx";
import { Facts } from "../components/Facts.tsx";
import { dateTime } from "../components/format.ts";
import type { Way } from "../components/UnderMicroscope.tsx";
import { sendPicture } from "../files.ts";
import type { Gallery } from "../gallery.ts";
import { type Page as MicroscopePage, Sections } from "../microscope/Page.tsx";
import { paths as within } from "../microscope/paths.ts";
import { Tile, Tiles } from "../microscope/Tiles.tsx";
import { nameOf } from "../microscope/view.ts";
import { wayBack } from "../microscope_ways.ts";
import { pictureIn, type ShownMicroscope } from "../microscopes.ts";
import { paths, SiteContext, useSite } from "../site.ts";
import { type Answer, type Asked, get, missing } from "./_route.ts";

/** What lies in a microscope: its paths begin there, and lead through the gallery. */
function Within({ name, children }: { name: string; children: ComponentChildren }) {
  const outside = useSite();
  const href = (path: string) => outside.href(paths.microscope(name, path));
  return <SiteContext.Provider value={{ ...outside, href }}>{children}</SiteContext.Provider>;
}

/** @throws Refusal where there is none of that name any more. */
async function opened({ microscopes }: Gallery, name: string): Promise<ShownMicroscope> {
  try {
    const shown = await microscopes.open(name);
    if (shown) return shown;
  } catch (error) {
    if (error instanceof UserError && error.code === "no-file") throw missing(error.message);
    throw error;
  }
  throw missing(`There is no microscope "${name}" here.`);
}

function Around({ shown, section, back, children }: {
  shown: ShownMicroscope;
  section: MicroscopePage["section"];
  /** To the gallery's own page of the same. */
  back?: Way;
  children: ComponentChildren;
}) {
  const { href } = useSite(), { name } = shown;
  return (
    <>
      <div class="within">
        <nav aria-label={`Microscope ${name}`}>
          <Within name={name}>
            <Sections section={section} data={shown.data} />
          </Within>
        </nav>
        {back && <a href={href(back.path)}>{back.text}</a>}
      </div>
      <Within name={name}>{children}</Within>
    </>
  );
}

/**
 * A page of a microscope.
 *
 * @param path in the microscope
 * @throws Refusal where there is no such page; UserError where the microscope is damaged.
 */
export async function microscopePage(gallery: Gallery, name: string, path: string): Promise<Page> {
  const shown = await opened(gallery, name), page = await shown.pages.at(path);
  if (!page) throw missing(`There is no page ${path} in the microscope "${name}".`);
  return {
    title: `${page.title} · ${nameOf(shown.data)}`,
    section: "microscopes",
    wide: true,
    body: (
      <Around shown={shown} section={page.section} back={wayBack(gallery, shown, path)}>
        {page.body}
      </Around>
    ),
  };
}

async function answerAt({ gallery, params, request }: Asked): Promise<Answer> {
  const { name, folder, slug, file } = params;
  const parts = [folder, slug, file].filter((part) => part !== undefined);
  const path = parts.length ? `/${parts.join("/")}` : within.start;
  if (parts.some((part) => part.includes("/"))) throw missing(`There is no page ${path}.`);
  if (!path.endsWith(".png")) return await microscopePage(gallery, name, path);
  const picture = await pictureIn(await opened(gallery, name), path);
  const sent = picture && await sendPicture(request, picture);
  if (!sent) throw missing(`There is no picture ${path} in the microscope "${name}".`);
  return sent;
}

/** Channels that stand for a microscope. */
const FEW = 8;

/** Some channels of the last layer; its numbers are large, and are not read for that. */
async function fewOf(shown: ShownMicroscope) {
  const { data: { layers, images } } = shown, layer = layers.at(-1);
  if (!layer) return undefined;
  const channels = Array.from({ length: Math.min(FEW, layer.channels) }, (_, channel) => channel);
  const looks = await Promise.all(
    channels.map(async (channel) =>
      await pictureIn(shown, within.image(layer.slug, channel)) !== undefined
    ),
  );
  return (
    <Within name={shown.name}>
      <Tiles label={`Some channels of ${layer.name}`}>
        {channels.map((channel) => (
          <Tile key={channel} layer={{ ...layer, looks, image: images[""] }} channel={channel} />
        ))}
      </Tiles>
    </Within>
  );
}

function One({ shown, few }: { shown: ShownMicroscope; few: ComponentChildren }) {
  const { href } = useSite(), { name, data } = shown, { layers, model, pictures } = data;
  const channels = layers.reduce((sum, layer) => sum + layer.channels, 0);
  return (
    <section class="start">
      <h2>
        <a href={href(paths.microscope(name))}>{nameOf(data)}</a>
        {name !== nameOf(data) && <span class="quiet">{` ${name}`}</span>}
      </h2>
      {few}
      <Facts
        facts={{
          network: model.title,
          layers: layers.map(({ name }) => name).join(", "),
          channels: channels.toLocaleString("en"),
          pictures: pictures.toLocaleString("en"),
          made: dateTime(data.createdAt),
        }}
      />
    </section>
  );
}

/** The page of all microscopes. */
export async function microscopesPage({ microscopes }: Gallery): Promise<Page> {
  const damaged: string[] = [], shown: { one: ShownMicroscope; few: ComponentChildren }[] = [];
  for await (const one of microscopes.all((_, error) => damaged.push(inLabels(error)))) {
    shown.push({ one, few: await fewOf(one) });
  }
  return {
    title: "Microscopes",
    section: "microscopes",
    wide: true,
    body: (
      <>
        <h1>Microscopes</h1>
        <p class="lead">
          {shown.length + damaged.length > 0
            ? "What each channel of a network looks for, and what excites it."
            : "There are none here. The command “phosphene microscope” makes one, and a gallery " +
              "that is opened beside its folder shows it."}
        </p>
        {shown.map(({ one, few }) => <One key={one.name} shown={one} few={few} />)}
        {damaged.map((message) => <p key={message} class="fault">{message}</p>)}
      </>
    ),
  };
}

const ONE = "/microscopes/:name";

export const microscopeRoutes = [
  get("/microscopes", ({ gallery }) => microscopesPage(gallery)),
  ...[ONE, `${ONE}/`, `${ONE}/:file`, `${ONE}/:folder/:file`, `${ONE}/:folder/:slug/:file`]
    .map((path) => get(path, answerAt)),
];
