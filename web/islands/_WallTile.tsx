/** @jsxImportSource npm:preact@10.29.8 */
/** One technique's maps on the wall. */
import { useEffect, useRef } from "../../deps/preact_hooks.ts";
import { plural, short } from "../components/format.ts";
import type { Ends } from "../paint.ts";
import { paths, useSite } from "../site.ts";
import { rawOf } from "../wall_maps.ts";
import { Drawing, type Ground, type Look, type Palettes, type Spot } from "./_Drawing.tsx";
import type { FinishedMap, Tile } from "./_use_question.ts";

/** The raw value of a map at a place. */
export function valueAt(map: FinishedMap, { x, y }: Spot): number {
  const column = Math.min(map.width - 1, Math.floor(x * map.width));
  const row = Math.min(map.height - 1, Math.floor(y * map.height));
  return rawOf(map, map.map[row * map.width + column]);
}

function Unfinished({ tile, onCompute, title }: {
  tile: Exclude<Tile, { at: "done" }>;
  onCompute(): void;
  title: string;
}) {
  return (
    <div class={`drawing blank-map ${tile.at}`}>
      {tile.at === "waiting" && <span class="hidden">waiting</span>}
      {tile.at === "working" && (
        <progress
          aria-label={`${title} under way`}
          max={tile.of || undefined}
          value={tile.of ? tile.step : undefined}
        />
      )}
      {tile.at === "fault" && <p>{tile.message}</p>}
      {tile.at === "slow" && (
        <button type="button" onClick={onCompute} aria-label={`Compute ${title}`}>
          {`Compute (${plural(tile.steps, "step")})`}
        </button>
      )}
    </div>
  );
}

/** A technique as the wall calls it. */
export interface ShownTechnique {
  readonly id: string;
  readonly title: string;
  /** A shorter title, where there is one. */
  readonly short: string;
  readonly summary: string;
}

export interface WallTileProps {
  readonly technique: ShownTechnique;
  /** One for each question that stands beside another. */
  readonly sides: readonly {
    readonly tile: Tile;
    readonly ground?: Ground;
    readonly name: string;
    compute(): void;
  }[];
  readonly look: Look;
  /** The scale of all maps, where they share one. */
  endsOf(map: FinishedMap): Ends | undefined;
  readonly palettes: Palettes;
  readonly hidden: boolean;
  readonly large: boolean;
  onLarge(): void;
  readonly spot?: Spot;
  onSpot(spot: Spot | undefined): void;
}

export function WallTile(props: WallTileProps) {
  const { technique, sides, look, endsOf, palettes, hidden, large, spot, onSpot } = props;
  const { href } = useSite(), { id, title, short: name, summary } = technique;
  const place = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (large) place.current?.scrollIntoView({ block: "nearest" });
  }, [large]);
  return (
    <li ref={place} class={large ? "large" : undefined} data-technique={id}>
      <div class="sides">
        {sides.map(({ tile, ground, name, compute }, n) =>
          tile.at === "done" && ground
            ? (
              <Drawing
                key={n}
                map={tile.map}
                ground={ground}
                look={look}
                ends={endsOf(tile.map)}
                palettes={palettes}
                hidden={hidden}
                large={large}
                spot={spot}
                onSpot={onSpot}
                label={`${title}: what speaks for ${name}`}
              />
            )
            : (
              <Unfinished
                key={n}
                tile={tile.at === "done" ? { at: "waiting" } : tile}
                title={title}
                onCompute={compute}
              />
            )
        )}
      </div>
      <h3>
        <button type="button" class="plain" aria-expanded={large} onClick={props.onLarge}>
          {name}
        </button>
      </h3>
      <p class="value">
        {spot
          ? sides.map(({ tile }) => tile.at === "done" ? short(valueAt(tile.map, spot)) : "–")
            .join(" · ")
          : ""}
      </p>
      {large && (
        <div class="told">
          <p>
            {summary}.{" "}
            <a href={href(paths.technique(id))}>What it computes, and when not to trust it</a>
          </p>
          {sides.flatMap(({ tile }) => tile.at === "done" ? tile.map.diagnosis : []).map((note) => (
            <p key={note} class="note">{note}</p>
          ))}
        </div>
      )}
    </li>
  );
}
