/** @jsxImportSource npm:preact@10.29.8 */
/** One technique's maps on the wall. */
import { useEffect, useLayoutEffect, useMemo, useRef } from "../../deps/preact_hooks.ts";
import { plural, short } from "../components/format.ts";
import { paths, useSite } from "../site.ts";
import { cutOf, type Ends, outline, painted, rawOf, rescaled } from "../wall_paint.ts";
import type { Part } from "../_explained.ts";
import type { FinishedMap, Tile } from "./_use_question.ts";

/** A place in what the network sees, 0..1 each way. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** How all maps are drawn. */
export interface Look {
  /** Share of the map, 0..1; each its own where it is not set. */
  readonly strength?: number;
  /** Id of a colour map; each its own where it is not set. */
  readonly colours?: string;
  /** The share of each map that is drawn, 0..1. */
  readonly top: number;
  /** Whether a line goes around that share instead, and all is drawn. */
  readonly outlined: boolean;
  /** Whether the network's own pixels lie below, not the photograph. */
  readonly pixels: boolean;
}

/** What lies below the maps: what the network sees, as the photograph has it, and as its own pixels. */
export interface Ground {
  readonly photo?: HTMLCanvasElement;
  readonly seen: HTMLCanvasElement;
}

/** Colours of the maps by id: red, green and blue of each step. */
export type Tables = ReadonlyMap<string, Uint8ClampedArray>;

/** Pixels of a drawing's longer side. */
const SIZE = 480, LARGE = 1200;

/** A canvas with pixels. */
export function canvasOf({ data, width, height }: Pick<ImageData, "data" | "width" | "height">) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}

/** A part of a photograph, no larger than it is drawn: twelve maps of a large one are drawn at once. */
export function cut(photo: CanvasImageSource, { x, y, width, height }: Part): HTMLCanvasElement {
  const canvas = document.createElement("canvas"),
    scale = Math.min(1, LARGE / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** A map drawn over what the network sees. */
function Drawing({ map, ground: below, look, ends, tables, hidden, large, spot, onSpot, label }: {
  map: FinishedMap;
  ground: Ground;
  look: Look;
  ends?: Ends;
  tables: Tables;
  hidden: boolean;
  large: boolean;
  spot?: Spot;
  onSpot(spot: Spot | undefined): void;
  label: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null), cross = useRef<HTMLSpanElement>(null);
  const { strength = map.strength, colours = map.colors, top, outlined, pixels } = look;
  const least = useMemo(() => cutOf(map, top), [map, top]);
  const over = useMemo(() => {
    const { diverging } = map, table = tables.get(colours) ?? tables.get(map.colors)!;
    const sheer = strength < 1;
    const options = { table, cut: outlined ? 0 : least, strength, sheer };
    const data = painted({ map: rescaled(map, ends), diverging }, options);
    return canvasOf({ data, width: map.width, height: map.height });
  }, [map, ends, colours, least, outlined, strength]);

  useEffect(() => {
    const { current } = canvas;
    if (!current) return;
    const context = current.getContext("2d")!, { width, height } = current;
    context.clearRect(0, 0, width, height);
    const { seen, photo = seen } = below;
    context.imageSmoothingEnabled = !pixels;
    context.drawImage(pixels ? seen : photo, 0, 0, width, height);
    if (hidden) return;
    context.drawImage(over, 0, 0, width, height);
    if (!outlined || top >= 1) return;
    const [across, down] = [width / map.width, height / map.height];
    const path = new Path2D();
    for (const line of outline(map, least)) {
      line.forEach(([x, y], i) => path[i ? "lineTo" : "moveTo"](x * across, y * down));
      path.closePath();
    }
    for (const [color, wide] of [["#000", 4], ["#fff", 2]] as const) {
      context.strokeStyle = color;
      context.lineWidth = wide * width / SIZE;
      context.stroke(path);
    }
  }, [over, below, pixels, hidden, outlined, least, large]);

  useLayoutEffect(() => {
    if (!cross.current) return;
    cross.current.hidden = !spot;
    if (!spot) return;
    cross.current.style.left = `${spot.x * 100}%`;
    cross.current.style.top = `${spot.y * 100}%`;
  });

  const pointed = (event: PointerEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    onSpot(x >= 0 && y >= 0 && x < 1 && y < 1 ? { x, y } : undefined);
  };
  const longer = Math.max(map.width, map.height), size = large ? LARGE : SIZE;
  return (
    <div class="drawing" onPointerMove={pointed} onPointerLeave={() => onSpot(undefined)}>
      <canvas
        ref={canvas}
        width={Math.round(size * map.width / longer)}
        height={Math.round(size * map.height / longer)}
        role="img"
        aria-label={label}
      />
      <span ref={cross} class="crosshair" hidden />
    </div>
  );
}

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

export interface WallTileProps {
  readonly technique: { readonly id: string; readonly title: string; readonly summary: string };
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
  readonly tables: Tables;
  readonly hidden: boolean;
  readonly large: boolean;
  onLarge(): void;
  readonly spot?: Spot;
  onSpot(spot: Spot | undefined): void;
}

export function WallTile(props: WallTileProps) {
  const { technique, sides, look, endsOf, tables, hidden, large, spot, onSpot } = props;
  const { href } = useSite(), { id, title, summary } = technique;
  return (
    <li class={large ? "large" : undefined} data-technique={id}>
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
                tables={tables}
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
          {title}
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
