/** @jsxImportSource npm:preact@10.29.8 */
/** A picture that can be zoomed and moved about. */
import type { ComponentChildren } from "../../deps/preact.ts";
import { useEffect, useLayoutEffect, useRef } from "../../deps/preact_hooks.ts";

/** How far a view is zoomed in, 1 to {@link MAX_ZOOM}, and where its middle is, 0..1 each way. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: View = { zoom: 1, x: 0.5, y: 0.5 };
export const MAX_ZOOM = 16;

/** The view zoomed by a factor, within bounds. */
export const zoomed = (view: View, by: number): View => ({
  ...view,
  zoom: Math.min(MAX_ZOOM, Math.max(1, view.zoom * by)),
});

/** A pixel of the picture. */
export interface Pixel {
  readonly x: number;
  readonly y: number;
}

/** Keys that move the pointed-at pixel. */
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Shows its children, pictures laid over each other, through a window. Dragging and scrolling move
 * them, `+ - 0` and Ctrl-wheel zoom, arrow keys and the pointer choose a pixel.
 */
export function Stage(props: {
  label: string;
  /** Size of the pictures in pixels. */
  width: number;
  height: number;
  view: View;
  onView(view: View): void;
  pixel?: Pixel;
  onPixel?(pixel: Pixel | undefined): void;
  children: ComponentChildren;
}) {
  const { width, height, view, pixel } = props;
  const stage = useRef<HTMLDivElement>(null), canvas = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;

  useLayoutEffect(() => {
    const { current: outer } = stage, { current: inner } = canvas;
    if (!outer || !inner) return;
    // set here and not as attributes: the security policy forbids styles in the page
    outer.style.aspectRatio = `${width} / ${height}`;
    inner.style.width = `${view.zoom * 100}%`;
    // whole pictures may be a fraction of a pixel larger than their window
    const whole = view.zoom === 1;
    outer.scrollLeft = whole ? 0 : view.x * outer.scrollWidth - outer.clientWidth / 2;
    outer.scrollTop = whole ? 0 : view.y * outer.scrollHeight - outer.clientHeight / 2;
  }, [width, height, view.zoom, view.x, view.y]);

  useEffect(() => {
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      latest.current.onView(zoomed(latest.current.view, event.deltaY < 0 ? 1.25 : 0.8));
    };
    // Preact's own listener could not prevent the page's zoom
    stage.current?.addEventListener("wheel", wheel, { passive: false });
    return () => stage.current?.removeEventListener("wheel", wheel);
  }, []);

  const scrolled = () => {
    const { current: outer } = stage;
    if (!outer || view.zoom === 1) return;
    const x = (outer.scrollLeft + outer.clientWidth / 2) / outer.scrollWidth;
    const y = (outer.scrollTop + outer.clientHeight / 2) / outer.scrollHeight;
    // the browser rounds to its pixels: smaller differences are no movement
    const moved = Math.max(
      Math.abs(x - view.x) * outer.scrollWidth,
      Math.abs(y - view.y) * outer.scrollHeight,
    );
    const inside = { x: view.x, y: view.y };
    if (moved > 1.5 && !atEdge(outer, inside)) props.onView({ ...view, x, y });
  };

  const pointed = (event: PointerEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    const x = Math.floor((event.clientX - box.left) / box.width * width);
    const y = Math.floor((event.clientY - box.top) / box.height * height);
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    props.onPixel?.(inside ? { x, y } : undefined);
    if (event.buttons === 1 && event.pointerType === "mouse" && view.zoom > 1) {
      stage.current!.scrollLeft -= event.movementX;
      stage.current!.scrollTop -= event.movementY;
    }
  };

  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (event.key === "+" || event.key === "=") props.onView(zoomed(view, 2));
    else if (event.key === "-") props.onView(zoomed(view, 0.5));
    else if (event.key === "0") props.onView(WHOLE);
    else if (arrow && props.onPixel) {
      const from = pixel ?? { x: Math.floor(width / 2), y: Math.floor(height / 2) };
      const far = event.shiftKey ? 10 : 1;
      const x = Math.min(width - 1, Math.max(0, from.x + arrow[0] * far));
      const y = Math.min(height - 1, Math.max(0, from.y + arrow[1] * far));
      props.onPixel({ x, y });
      if (view.zoom > 1) props.onView({ ...view, x: (x + 0.5) / width, y: (y + 0.5) / height });
    } else return;
    event.preventDefault();
  };

  return (
    <div
      ref={stage}
      class={view.zoom > 1 ? "stage zoomed" : "stage"}
      role="group"
      tabIndex={0}
      aria-label={props.label}
      onScroll={scrolled}
      onPointerMove={pointed}
      onPointerLeave={() => props.onPixel?.(undefined)}
      onKeyDown={pressed}
    >
      <div ref={canvas} class="canvas">
        {props.children}
        {pixel && <Cursor pixel={pixel} width={width} height={height} />}
      </div>
    </div>
  );
}

/** Whether the view's middle lies where the window cannot reach, so that the scroll position is as near as it gets. */
function atEdge(outer: HTMLElement, { x, y }: { x: number; y: number }): boolean {
  const wantedX = x * outer.scrollWidth - outer.clientWidth / 2;
  const wantedY = y * outer.scrollHeight - outer.clientHeight / 2;
  const near = (wanted: number, is: number, most: number) =>
    Math.abs(Math.min(most, Math.max(0, wanted)) - is) < 1.5;
  return near(wantedX, outer.scrollLeft, outer.scrollWidth - outer.clientWidth) &&
    near(wantedY, outer.scrollTop, outer.scrollHeight - outer.clientHeight);
}

/** A frame around a pixel. */
function Cursor({ pixel, width, height }: { pixel: Pixel; width: number; height: number }) {
  return (
    <svg
      class="cursor"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect class="halo" x={pixel.x} y={pixel.y} width={1} height={1} />
      <rect x={pixel.x} y={pixel.y} width={1} height={1} />
    </svg>
  );
}

/** Buttons that zoom a view. */
export function ZoomButtons({ view, onView }: { view: View; onView(view: View): void }) {
  return (
    <div class="buttons" role="group" aria-label="Zoom">
      <button
        type="button"
        aria-label="Zoom out"
        disabled={view.zoom <= 1}
        onClick={() => onView(zoomed(view, 0.5))}
      >
        −
      </button>
      <output aria-live="off">{`${Number(view.zoom.toFixed(1))}×`}</output>
      <button
        type="button"
        aria-label="Zoom in"
        disabled={view.zoom >= MAX_ZOOM}
        onClick={() => onView(zoomed(view, 2))}
      >
        +
      </button>
      <button type="button" disabled={view.zoom === 1} onClick={() => onView(WHOLE)}>Fit</button>
    </div>
  );
}
