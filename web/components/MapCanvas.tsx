/** @jsxImportSource npm:preact@10.29.8 */
/** A map, painted by the browser from its numbers. */
import type { RefObject } from "../../deps/preact.ts";
import { useLayoutEffect, useRef } from "../../deps/preact_hooks.ts";
import { upsample } from "../../image/upsample.ts";
import type { Values } from "../../core/values.ts";
import { paintMap, type PaintOptions } from "../paint.ts";

/** Longer side of a map that is drawn smoothly, in pixels: the browser does the rest. */
const SMOOTH_PIXELS = 1024;

/** A map as it is shown: between its pixels as between the network's own, or each as a square. */
function drawn(map: Values, smooth: boolean): Values {
  const [height, width] = map.shape, by = SMOOTH_PIXELS / Math.max(height, width);
  return smooth && by > 1 ? upsample(map, Math.round(height * by), Math.round(width * by)) : map;
}

/** Paints `map`, `[height, width]` of 0..1, on a canvas that fills what it is laid in. */
export function MapCanvas({ map, paint, smooth = false, label, of, class: name }: {
  map: Values;
  paint: PaintOptions;
  /** Whether it is drawn between its pixels too. */
  smooth?: boolean;
  label: string;
  /** Takes the canvas, for whoever moves it. */
  of?: RefObject<HTMLCanvasElement>;
  class?: string;
}) {
  const own = useRef<HTMLCanvasElement>(null), canvas = of ?? own;
  const { palette, signed, scale, share, strength } = paint;
  useLayoutEffect(() => {
    const { current } = canvas, context = current?.getContext("2d");
    if (!current || !context) return;
    const shown = drawn(map, smooth), [height, width] = shown.shape;
    [current.width, current.height] = [width, height];
    context.putImageData(new ImageData(paintMap(shown, paint), width, height), 0, 0);
  }, [map, palette, signed, scale, share, strength, smooth]);
  return <canvas ref={canvas} class={name} role="img" aria-label={label} />;
}
