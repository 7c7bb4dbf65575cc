/** @jsxImportSource npm:preact@10.29.8 */
/** A picture that can be zoomed and moved about. */
import type { ComponentChildren } from "../../deps/preact.ts";
import { useEffect, useLayoutEffect, useRef } from "../../deps/preact_hooks.ts";
import { following, MAX_ZOOM, type Place, type View, WHOLE, zoomed } from "../view.ts";

/** A pixel of the picture. */
export interface Pixel {
  readonly x: number;
  readonly y: number;
}

/** A larger picture, in which the pixels lie in a box; in its own pixels. */
export interface Surroundings {
  readonly width: number;
  readonly height: number;
  readonly box: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

/** Keys that move the pointed-at pixel. */
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const clamp = (n: number, low: number, high: number) => Math.min(high, Math.max(low, n));

/**
 * Shows its children, pictures laid over each other, through a window. Dragging and scrolling move
 * them, `+ - 0` and Ctrl-wheel zoom, arrow keys and the pointer choose a pixel.
 */
export function Stage(props: {
  label: string;
  /** How many pixels can be pointed at. */
  width: number;
  height: number;
  /** What is shown, where that is more than these pixels. */
  around?: Surroundings;
  view: View;
  onView(view: View): void;
  pixel?: Pixel;
  onPixel?(pixel: Pixel | undefined): void;
  children: ComponentChildren;
}) {
  const { width, height, view, pixel } = props;
  const around = props.around ?? { width, height, box: { left: 0, top: 0, width, height } };
  const { box } = around, ratio = around.width / around.height;
  const stage = useRef<HTMLDivElement>(null), canvas = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;

  /** Where in the whole picture a pixel's middle is. */
  const placeOf = ({ x, y }: Pixel): Place => ({
    x: (box.left + (x + 0.5) * box.width / width) / around.width,
    y: (box.top + (y + 0.5) * box.height / height) / around.height,
  });

  useLayoutEffect(() => {
    const { current: outer } = stage, { current: inner } = canvas;
    if (!outer || !inner) return;
    // set here and not as attributes: the security policy forbids styles in the page
    outer.style.setProperty("--ratio", String(ratio));
    inner.style.width = `${view.zoom * 100}%`;
    // whole pictures may be a fraction of a pixel larger than their window
    const whole = view.zoom === 1;
    outer.scrollLeft = whole ? 0 : view.x * outer.scrollWidth - outer.clientWidth / 2;
    outer.scrollTop = whole ? 0 : view.y * outer.scrollHeight - outer.clientHeight / 2;
  }, [ratio, view.zoom, view.x, view.y]);

  useEffect(() => {
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, top, width, height } = canvas.current!.getBoundingClientRect();
      const about = { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
      latest.current.onView(zoomed(latest.current.view, event.deltaY < 0 ? 1.25 : 0.8, about));
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
    if (moved > 1.5 && !atEdge(outer, view)) props.onView({ ...view, x, y });
  };

  const pointed = (event: PointerEvent) => {
    const whole = canvas.current!.getBoundingClientRect();
    const across = (event.clientX - whole.left) / whole.width * around.width;
    const down = (event.clientY - whole.top) / whole.height * around.height;
    const x = Math.floor((across - box.left) / box.width * width);
    const y = Math.floor((down - box.top) / box.height * height);
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    props.onPixel?.(inside ? { x, y } : undefined);
    if (event.buttons === 1 && event.pointerType === "mouse" && view.zoom > 1) {
      stage.current!.scrollLeft -= event.movementX;
      stage.current!.scrollTop -= event.movementY;
    }
  };

  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key], about = pixel && placeOf(pixel);
    if (event.key === "+" || event.key === "=") props.onView(zoomed(view, 2, about));
    else if (event.key === "-") props.onView(zoomed(view, 0.5, about));
    else if (event.key === "0") props.onView(WHOLE);
    else if (arrow && props.onPixel) {
      const from = pixel ?? { x: Math.floor(width / 2), y: Math.floor(height / 2) };
      const far = event.shiftKey ? 10 : 1;
      const x = clamp(from.x + arrow[0] * far, 0, width - 1);
      const y = clamp(from.y + arrow[1] * far, 0, height - 1);
      props.onPixel({ x, y });
      if (view.zoom > 1) props.onView(following(view, placeOf({ x, y })));
    } else return;
    event.preventDefault();
  };

  return (
    <div
      ref={stage}
      class={view.zoom > 1 ? "stage zoomed" : "stage"}
      data-ratio={ratio}
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
        {pixel && <Cursor pixel={pixel} width={width} height={height} around={around} />}
      </div>
    </div>
  );
}

/** Whether the view's middle lies where the window cannot reach, so that the scroll position is as near as it gets. */
function atEdge(outer: HTMLElement, { x, y }: Place): boolean {
  const wantedX = x * outer.scrollWidth - outer.clientWidth / 2;
  const wantedY = y * outer.scrollHeight - outer.clientHeight / 2;
  const near = (wanted: number, is: number, most: number) =>
    Math.abs(clamp(wanted, 0, most) - is) < 1.5;
  return near(wantedX, outer.scrollLeft, outer.scrollWidth - outer.clientWidth) &&
    near(wantedY, outer.scrollTop, outer.scrollHeight - outer.clientHeight);
}

/** A frame around a pixel. */
function Cursor({ pixel, width, height, around }: {
  pixel: Pixel;
  width: number;
  height: number;
  around: Surroundings;
}) {
  const { box } = around;
  const rect = {
    x: box.left + pixel.x * box.width / width,
    y: box.top + pixel.y * box.height / height,
    width: box.width / width,
    height: box.height / height,
  };
  return (
    <svg
      class="cursor"
      viewBox={`0 0 ${around.width} ${around.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect class="halo" {...rect} />
      <rect {...rect} />
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
