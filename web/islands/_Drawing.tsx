/** @jsxImportSource npm:preact@10.29.8 */
/** A map drawn over what the network sees. */
import { useEffect, useLayoutEffect, useMemo, useRef } from "../../deps/preact_hooks.ts";
import type { Box } from "../../image/preprocess.ts";
import { type Ends, paintMap, thresholdOf } from "../paint.ts";
import { endsOf, outline } from "../wall_maps.ts";
import type { FinishedMap } from "./_use_question.ts";

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
export type Palettes = ReadonlyMap<string, Uint8ClampedArray>;

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

/**
 * A part of a photograph, no larger than it is drawn: twelve maps of a large one are drawn at once. What
 * is clear lies on white and what is outside is black, as the network has it.
 */
export function cut(
  photo: HTMLImageElement,
  { left, top, width, height }: Box,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas"),
    scale = Math.min(1, LARGE / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(canvas.width / width, canvas.height / height);
  context.translate(-left, -top);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, photo.naturalWidth, photo.naturalHeight);
  context.drawImage(photo, 0, 0);
  return canvas;
}

/** A canvas's pixels, were it of another size. */
export function pixelsOf(
  canvas: HTMLCanvasElement,
  { width, height }: Pick<ImageData, "width" | "height">,
): Uint8ClampedArray {
  const small = document.createElement("canvas");
  [small.width, small.height] = [width, height];
  const context = small.getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

export function Drawing(
  { map, ground: below, look, ends, palettes, hidden, large, spot, onSpot, label }: {
    map: FinishedMap;
    ground: Ground;
    look: Look;
    ends?: Ends;
    palettes: Palettes;
    hidden: boolean;
    large: boolean;
    spot?: Spot;
    onSpot(spot: Spot | undefined): void;
    label: string;
  },
) {
  const canvas = useRef<HTMLCanvasElement>(null), cross = useRef<HTMLSpanElement>(null);
  const { strength = map.strength, colours = map.colors, top, outlined, pixels } = look;
  const over = useMemo(() => {
    const own = endsOf(map), scale = own && ends ? { own, fixed: ends } : "own";
    const data = paintMap(map.map, {
      palette: palettes.get(colours) ?? palettes.get(map.colors)!,
      signed: map.diverging,
      sheer: strength < 1,
      scale,
      share: outlined ? 1 : top,
      strength,
    });
    return canvasOf({ data, width: map.width, height: map.height });
  }, [map, ends, colours, outlined, outlined ? 1 : top, strength]);
  const lines = useMemo(
    () => outlined && top < 1 ? outline(map, thresholdOf(map.map, top, map.diverging)) : [],
    [map, outlined, top],
  );

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
    const [across, down] = [width / map.width, height / map.height];
    const path = new Path2D();
    for (const line of lines) {
      line.forEach(([x, y], i) => path[i ? "lineTo" : "moveTo"](x * across, y * down));
      path.closePath();
    }
    for (const [color, wide] of [["#000", 4], ["#fff", 2]] as const) {
      context.strokeStyle = color;
      context.lineWidth = wide * width / SIZE;
      context.stroke(path);
    }
  }, [over, lines, below, pixels, hidden, large]);

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
