/** @jsxImportSource npm:preact@10.29.8 */
/** A run's pictures: laid over each other, wiped, zoomed, played, and their numbers read off. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "../../deps/preact_hooks.ts";
import type { LossPoint } from "../../run/curve.ts";
import { ColorBar, type ColorBarProps } from "../components/ColorBar.tsx";
import { LossChart } from "../components/LossChart.tsx";
import { MapCanvas } from "../components/MapCanvas.tsx";
import { Crop, Placed } from "../components/Photograph.tsx";
import { Presenting } from "../components/Presenting.tsx";
import { Probe } from "../components/Probe.tsx";
import { Stage, type Surroundings, ZoomButtons } from "../components/Stage.tsx";
import { Switch } from "../components/Switch.tsx";
import { paletteOf } from "../paint.ts";
import { mapIn, useTensors } from "../tensors.ts";
import { WHOLE } from "../view.ts";
import { useViewState } from "../use_view_state.ts";

export interface Shown {
  readonly src: string;
  readonly label: string;
  /** Of a frame. */
  readonly step?: number;
}

/** The photograph, of which the network saw a part, made smaller. */
export interface Photograph extends Surroundings {
  readonly src: string;
}

export interface ViewerProps {
  readonly label: string;
  /** What the picture is of, in a line. */
  readonly subject: string;
  readonly width: number;
  readonly height: number;
  /** What lies below: the picture that the network saw. */
  readonly before?: Shown;
  /** What lies above: one picture, or several to play. */
  readonly after: readonly Shown[];
  /** How much of what lies above is seen at first, 0..1. */
  readonly opacity: number;
  /** Whether single pixels should be seen. */
  readonly small: boolean;
  /** Address of the raw numbers. */
  readonly values?: string;
  /** How their map is painted, where there is one. */
  readonly map?: { readonly palette: readonly string[]; readonly signed: boolean };
  readonly bar?: ColorBarProps;
  readonly photograph?: Photograph;
  readonly losses: readonly LossPoint[];
}

/** Frames a second when playing. */
const RATE = 8;
export function Viewer(props: ViewerProps) {
  const { after, width, height, photograph } = props;
  const first = Math.round(props.opacity * 100);
  const [state, set] = useViewState({
    view: WHOLE,
    wipe: false,
    amount: first,
    frame: after.length - 1,
    pixels: photograph === undefined,
  }, { width, height, frames: after.length });
  const { view, pixel, wipe, amount, frame } = state;
  const [playing, setPlaying] = useState(false);
  const [presenting, setPresenting] = useState(false);
  const tensors = useTensors(props.values, props.map !== undefined || pixel !== undefined);
  const palette = useMemo(() => props.map && paletteOf(props.map.palette), [props.map]);
  const above = useRef<HTMLDivElement>(null), line = useRef<HTMLDivElement>(null);
  const shown = after[frame], map = palette && mapIn(tensors);
  const around = state.pixels ? undefined : photograph;
  const below = around ? { src: around.src, label: "the photograph" } : props.before;
  const signed = props.map?.signed ?? false;
  const soft = around !== undefined || !(props.small || view.zoom > 1);

  useLayoutEffect(() => {
    if (!above.current) return;
    const { style } = above.current, whole = around ?? { width, height };
    const box = around?.box ?? { left: 0, top: 0, width, height };
    // until its numbers are there, the map lies in a picture as large as the photograph
    const inside = around && map ? box : { left: 0, top: 0, ...whole };
    style.left = `${100 * inside.left / whole.width}%`;
    style.top = `${100 * inside.top / whole.height}%`;
    style.width = `${100 * inside.width / whole.width}%`;
    style.height = `${100 * inside.height / whole.height}%`;
    const wiped = box.left + box.width * amount / 100;
    const covered = 100 * (1 - (wiped - inside.left) / inside.width);
    style.opacity = wipe || !below ? "1" : String(amount / 100);
    style.clipPath = wipe ? `inset(0 ${Number(covered.toFixed(3))}% 0 0)` : "none";
    if (line.current) line.current.style.left = `${100 * wiped / whole.width}%`;
  });

  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(
      () => set({ frame: (latest.current + 1) % after.length }),
      1000 / RATE,
    );
    return () => clearInterval(timer);
  }, [playing]);
  const latest = useRef(frame);
  latest.current = frame;

  // ready before they are asked for, so that playing does not flicker
  useEffect(() => {
    for (const { src } of after.slice(0, 200)) new Image().src = src;
  }, []);

  return (
    <Presenting class="viewer" presenting={presenting} onPresenting={setPresenting}>
      {presenting && (
        <p class="presented">
          <strong>{props.label}</strong> {props.subject}
        </p>
      )}
      <Stage
        label={`${props.label}. Plus and minus zoom, arrow keys read values, p presents.`}
        width={width}
        height={height}
        around={around}
        view={view}
        onView={(view) => set({ view })}
        pixel={pixel}
        onPixel={(pixel) => set({ pixel })}
      >
        <div class={soft ? "layers" : "layers pixels"}>
          {below && (
            <img
              src={below.src}
              alt={below.label}
              width={around?.width ?? width}
              height={around?.height ?? height}
            />
          )}
          <div
            ref={above}
            class={[below && "above", below && props.opacity < 1 && "sheer"].filter(Boolean)
              .join(" ")}
          >
            {map && palette
              ? (
                <MapCanvas
                  map={map}
                  // faded, it lies over the picture as the overlay does; wiped, it is seen whole
                  paint={{ palette, signed: signed && !wipe }}
                  smooth={around !== undefined}
                  label={shown.label}
                />
              )
              : around
              ? <Placed {...around} src={shown.src} label={shown.label} />
              : <img src={shown.src} alt={shown.label} width={width} height={height} />}
          </div>
          {around && <Crop {...around} />}
          {below && wipe && <div ref={line} class="wipe-line" />}
        </div>
      </Stage>
      {props.bar && <ColorBar {...props.bar} />}
      <div class="controls">
        {below && (
          <>
            <Switch
              label="Show both pictures by"
              names={["Fade", "Wipe"]}
              chosen={wipe ? "Wipe" : "Fade"}
              onChoose={(name) =>
                set(
                  name === "Wipe" ? { wipe: true, amount: 50 } : { wipe: false, amount: first },
                )}
            />
            <label class="slider">
              <span>{props.before?.label ?? below.label}</span>
              <input
                type="range"
                min={0}
                max={100}
                value={amount}
                aria-label={wipe ? "Wipe" : "Opacity"}
                aria-valuetext={`${amount} % ${shown.label}`}
                onInput={(event) => set({ amount: event.currentTarget.valueAsNumber })}
              />
              <span>{shown.label}</span>
            </label>
          </>
        )}
        {photograph && (
          <Switch
            label="What lies below"
            names={["Photograph", "Network’s pixels"]}
            chosen={state.pixels ? "Network’s pixels" : "Photograph"}
            onChoose={(name) => set({ pixels: name !== "Photograph", view: WHOLE })}
          />
        )}
        <ZoomButtons view={view} onView={(view) => set({ view })} />
        <div class="buttons">
          <button type="button" onClick={() => setPresenting(true)}>Present</button>
        </div>
      </div>
      {after.length > 1 && (
        <div class="controls">
          <div class="buttons">
            <button type="button" onClick={() => setPlaying(!playing)}>
              {playing ? "Pause" : "Play"}
            </button>
          </div>
          <label class="slider">
            <span class="hidden">Frame</span>
            <input
              type="range"
              min={0}
              max={after.length - 1}
              value={frame}
              aria-label="Frame"
              aria-valuetext={shown.label}
              onInput={(event) => {
                setPlaying(false);
                set({ frame: event.currentTarget.valueAsNumber });
              }}
            />
            <output>{shown.label}</output>
          </label>
        </div>
      )}
      {props.values && <Probe tensors={tensors} pixel={pixel} width={width} height={height} />}
      <LossChart points={props.losses} step={after.length > 1 ? shown.step : undefined} />
    </Presenting>
  );
}
Viewer.displayName = "Viewer";
