/** @jsxImportSource npm:preact@10.29.8 */
/** The atlas of a layer: one map of what it says of all pictures. */
import type { AtlasCell, AtlasData } from "../../microscope/data.ts";
import { plural } from "../components/format.ts";
import { Island } from "../components/Island.tsx";
import { AtlasMap, squareId } from "../islands/AtlasMap.tsx";
import { useSite } from "../site.ts";
import { type Page, Way } from "./Page.tsx";
import { paths } from "./paths.ts";
import { Tile, Tiles } from "./Tiles.tsx";
import { labelOf, type LayerView, type MicroscopeView } from "./view.ts";

interface Given {
  readonly view: MicroscopeView;
  readonly layer: LayerView;
  readonly atlas: AtlasData;
}

/** The class that a square speaks for most. */
const speaksFor = ({ votes: [first] }: AtlasCell) => first?.gradient > 0 ? first.class : undefined;

/** Names of classes, each a link where it has a page. */
function Classes({ view: { data, classes }, numbers }: {
  view: MicroscopeView;
  numbers: readonly number[];
}) {
  const { href } = useSite();
  return (
    <>
      {numbers.map((number, i) => (
        <span key={number}>
          {i > 0 && ", "}
          {classes.has(number)
            ? <a href={href(paths.class(number))}>{labelOf(data, number)}</a>
            : labelOf(data, number)}
        </span>
      ))}
    </>
  );
}

function Square({ view, layer, grid, cell }: Omit<Given, "atlas"> & {
  grid: number;
  cell: AtlasCell;
}) {
  const { href } = useSite(), { pictures, data: { input } } = view;
  const { row, column, places, votes, channels } = cell;
  const up = votes.filter(({ gradient }) => gradient > 0).map((vote) => vote.class);
  const down = votes.filter(({ gradient }) => gradient < 0).reverse().map((vote) => vote.class);
  return (
    <section class="square" id={squareId(grid, row, column)}>
      <h2>{`Row ${row + 1}, column ${column + 1} of ${grid}`}</h2>
      <p class="quiet">{`${plural(places, "place")}`}</p>
      {up.length > 0 && (
        <p>
          Speaks for <Classes view={view} numbers={up} />
        </p>
      )}
      {down.length > 0 && (
        <p>
          Speaks against <Classes view={view} numbers={down} />
        </p>
      )}
      {channels.length > 0 && (
        <>
          <h3>Its strongest channels</h3>
          <Tiles label="Its strongest channels">
            {channels.map((channel) => <Tile key={channel} layer={layer} channel={channel} />)}
          </Tiles>
        </>
      )}
      <h3>Pictures with such places</h3>
      <ul class="examples">
        {cell.pictures.map((number) => (
          <li key={number}>
            <a href={href(paths.picture(number))}>
              <img
                src={href(paths.seen(number))}
                alt={pictures[number].name}
                width={input.width}
                height={input.height}
                loading="lazy"
              />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Atlas({ view, layer, atlas: { places, side, levels } }: Given) {
  const { href } = useSite(), { data, layers } = view, { name, slug } = layer;
  const cells = levels.flatMap(({ cells }) => cells);
  const spoken = [...new Set(cells.map(speaksFor))].filter((number) => number !== undefined)
    .map((number) => [number, labelOf(data, number)] as const)
    .sort(([, a], [, b]) => a.localeCompare(b));
  const others = layers.filter((other) => other !== layer && data.atlases.includes(other.slug));
  return (
    <article class="about atlas">
      <header>
        <Way data={data}>
          <a href={href(paths.layer(slug))}>{name}</a>
        </Way>
        <h1>{`Atlas of ${name}`}</h1>
        <p class="lead">
          {`What ${name} says of ${plural(places, "place")} of ${
            plural(data.pictures, "picture")
          }: what is alike lies together. Each square is an image made for the mean of the places in it.`}
        </p>
        {others.length > 0 && (
          <p>
            Also of {others.map(({ name, slug }, i) => (
              <span key={slug}>
                {i > 0 && ", "}
                <a href={href(paths.atlas(slug))}>{name}</a>
              </span>
            ))}
          </p>
        )}
      </header>
      <div class="columns">
        <div>
          <Island
            of={AtlasMap}
            props={{
              label: `Atlas of ${name}`,
              levels: levels.map(({ grid, cells }) => ({
                ...{ grid, src: href(paths.sheet(slug, grid)), side: grid * side },
                cells: cells.map((cell) => [cell.row, cell.column, speaksFor(cell)] as const),
              })),
              classes: spoken,
            }}
          />
          <noscript>
            <img
              class="map"
              src={href(paths.sheet(slug, levels.at(-1)!.grid))}
              alt={`The squares of the atlas of ${name}`}
            />
          </noscript>
        </div>
        <div class="squares">
          <p class="quiet scripted">Point at a square, or choose one by the arrow keys.</p>
          {levels.map(({ grid, cells }) =>
            cells.map((cell) => (
              <Square
                key={squareId(grid, cell.row, cell.column)}
                {...{ view, layer, grid, cell }}
              />
            ))
          )}
        </div>
      </div>
    </article>
  );
}

export const atlasPage = (given: Given): Page => ({
  title: `Atlas of ${given.layer.name}`,
  section: "atlas",
  body: <Atlas {...given} />,
});
