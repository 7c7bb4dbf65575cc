/** How a run is looked at, in the address: what is as at first is left out. */
import { MAX_ZOOM, type View, WHOLE, within } from "./view.ts";

/** How the viewer looks at a run. */
export interface ViewState {
  readonly view: View;
  /** The pixel that is read. */
  readonly pixel?: { readonly x: number; readonly y: number };
  /** Whether the upper picture is wiped over the lower one, not faded. */
  readonly wipe: boolean;
  /** How much of it is seen, 0..100. */
  readonly amount: number;
  /** Which of several pictures is shown, from 0. */
  readonly frame: number;
  /** Whether the network's own pixels are shown where there is a photograph. */
  readonly pixels: boolean;
}

/** Five digits place a window to a hundredth of a pixel. */
const digits = (n: number) => String(Number(n.toPrecision(5)));

/** The fragment of an address, without its `#`; empty where all is as at first. */
export function writeViewState(state: ViewState, first: ViewState): string {
  const { view, pixel, wipe, amount, frame, pixels } = state, params = new URLSearchParams();
  if (view.zoom > 1) {
    params.set("zoom", digits(view.zoom));
    params.set("at", `${digits(view.x)},${digits(view.y)}`);
  }
  if (pixel) params.set("pixel", `${pixel.x},${pixel.y}`);
  if (wipe) params.set("show", "wipe");
  if (amount !== first.amount) params.set("amount", String(amount));
  if (frame !== first.frame) params.set("frame", String(frame));
  if (pixels !== first.pixels) params.set("as", pixels ? "pixels" : "photograph");
  return params.toString().replaceAll("%2C", ",");
}

/** Two numbers in a text; nothing where it is something else. */
function pair(text: string | null): { x: number; y: number } | undefined {
  const [, x, y] = /^(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text ?? "") ?? [];
  return x === undefined ? undefined : { x: Number(x), y: Number(y) };
}

/** What an address's fragment says, within bounds; the rest is as at first. */
export function readViewState(
  fragment: string,
  first: ViewState,
  { width, height, frames }: {
    readonly width: number;
    readonly height: number;
    readonly frames: number;
  },
): ViewState {
  const params = new URLSearchParams(fragment.replace(/^#/, ""));
  const number = (name: string, low: number, high: number, otherwise: number) => {
    const text = params.get(name), value = Number(text);
    return text && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : otherwise;
  };
  const zoom = number("zoom", 1, MAX_ZOOM, 1), at = pair(params.get("at")) ?? WHOLE;
  const pixel = pair(params.get("pixel")), as = params.get("as");
  const inside = pixel && Number.isInteger(pixel.x) && Number.isInteger(pixel.y) &&
    pixel.x < width && pixel.y < height;
  return {
    view: within({ zoom, x: at.x, y: at.y }),
    pixel: inside ? pixel : undefined,
    wipe: params.get("show") === "wipe",
    amount: Math.round(number("amount", 0, 100, first.amount)),
    frame: Math.round(number("frame", 0, frames - 1, first.frame)),
    pixels: as === "pixels" ? true : as === "photograph" ? false : first.pixels,
  };
}
