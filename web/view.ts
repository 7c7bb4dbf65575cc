/** What a window shows of a picture that can be zoomed and moved about. */

/** How far a view is zoomed in, 1 to {@link MAX_ZOOM}, and where its middle is, 0..1 each way. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

/** A place in the picture, 0..1 each way. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export const WHOLE: View = { zoom: 1, x: 0.5, y: 0.5 };
export const MAX_ZOOM = 16;

const clamp = (n: number, low: number, high: number) => Math.min(high, Math.max(low, n));

/** The view, moved so that nothing beyond the picture is seen. */
export function within({ zoom, x, y }: View): View {
  const half = 1 / (2 * zoom);
  return { zoom, x: clamp(x, half, 1 - half), y: clamp(y, half, 1 - half) };
}

/** The view zoomed by a factor, within bounds; a place of the picture stays where it is in the window. */
export function zoomed(view: View, by: number, about: Place = view): View {
  const zoom = clamp(view.zoom * by, 1, MAX_ZOOM), kept = view.zoom / zoom;
  return within({
    zoom,
    x: about.x - (about.x - view.x) * kept,
    y: about.y - (about.y - view.y) * kept,
  });
}

/** Of the window, what a followed place keeps from its edge. */
const MARGIN = 0.1;

/** The view, moved no further than it must be for a place to be seen. */
export function following(view: View, { x, y }: Place): View {
  const reach = (0.5 - MARGIN) / view.zoom;
  return within({
    zoom: view.zoom,
    x: clamp(view.x, x - reach, x + reach),
    y: clamp(view.y, y - reach, y + reach),
  });
}
