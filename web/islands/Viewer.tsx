/** @jsxImportSource npm:preact@10.29.8 */
/** A run's pictures: laid over each other, wiped, zoomed, played, and their numbers read off. */
import { useEffect, useLayoutEffect, useRef, useState } from "../../deps/preact_hooks.ts";
import { readSafetensors, type Safetensors } from "../../core/safetensors.ts";
import { short } from "../components/format.ts";
import type { LossPoint } from "../../run/curve.ts";
import { LossChart } from "../components/LossChart.tsx";
import { type Pixel, Stage, WHOLE, ZoomButtons } from "../components/Stage.tsx";

export interface Shown {
  readonly src: string;
  readonly label: string;
  /** Of a frame. */
  readonly step?: number;
}

export interface ViewerProps {
  readonly label: string;
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
  readonly losses: readonly LossPoint[];
}

/** Frames a second when playing. */
const RATE = 8;

export function Viewer(props: ViewerProps) {
  const { before, after, width, height } = props;
  const [view, setView] = useState(WHOLE);
  const [wipe, setWipe] = useState(false);
  const [amount, setAmount] = useState(Math.round(props.opacity * 100));
  const [frame, setFrame] = useState(after.length - 1);
  const [playing, setPlaying] = useState(false);
  const [pixel, setPixel] = useState<Pixel>();
  const top = useRef<HTMLImageElement>(null), line = useRef<HTMLDivElement>(null);
  const shown = after[frame];

  useLayoutEffect(() => {
    if (!top.current) return;
    top.current.style.opacity = wipe || !before ? "1" : String(amount / 100);
    top.current.style.clipPath = wipe ? `inset(0 ${100 - amount}% 0 0)` : "none";
    if (line.current) line.current.style.left = `${amount}%`;
  });

  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => setFrame((n) => (n + 1) % after.length), 1000 / RATE);
    return () => clearInterval(timer);
  }, [playing]);

  // ready before they are asked for, so that playing does not flicker
  useEffect(() => {
    for (const { src } of after.slice(0, 200)) new Image().src = src;
  }, []);

  return (
    <div class="viewer">
      <Stage
        label={`${props.label}. Plus and minus zoom, arrow keys read values.`}
        width={width}
        height={height}
        view={view}
        onView={setView}
        pixel={pixel}
        onPixel={setPixel}
      >
        <div class={props.small || view.zoom > 1 ? "layers pixels" : "layers"}>
          {before && <img src={before.src} alt={before.label} width={width} height={height} />}
          <img
            ref={top}
            src={shown.src}
            alt={shown.label}
            width={width}
            height={height}
            class={before ? `above ${props.opacity < 1 ? "sheer" : ""}` : undefined}
          />
          {before && wipe && <div ref={line} class="wipe-line" />}
        </div>
      </Stage>
      <div class="controls">
        {before && (
          <>
            <div class="switch" role="radiogroup" aria-label="Show both pictures by">
              {(["Fade", "Wipe"] as const).map((name) => (
                <label key={name}>
                  <input
                    type="radio"
                    name="mode"
                    checked={wipe === (name === "Wipe")}
                    onChange={() => {
                      setWipe(name === "Wipe");
                      if (name === "Wipe") setAmount(50);
                    }}
                  />
                  {name}
                </label>
              ))}
            </div>
            <label class="slider">
              <span>{before.label}</span>
              <input
                type="range"
                min={0}
                max={100}
                value={amount}
                aria-label={wipe ? "Wipe" : "Opacity"}
                aria-valuetext={`${amount} % ${shown.label}`}
                onInput={(event) => setAmount(event.currentTarget.valueAsNumber)}
              />
              <span>{shown.label}</span>
            </label>
          </>
        )}
        <ZoomButtons view={view} onView={setView} />
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
                setFrame(event.currentTarget.valueAsNumber);
              }}
            />
            <output>{shown.label}</output>
          </label>
        </div>
      )}
      {props.values && <Probe {...props} values={props.values} pixel={pixel} />}
      <LossChart points={props.losses} step={after.length > 1 ? shown.step : undefined} />
    </div>
  );
}
Viewer.displayName = "Viewer";

/** The raw numbers at a pixel, loaded when the first is pointed at. */
function Probe({ values, pixel, width, height }: {
  values: string;
  pixel?: Pixel;
  width: number;
  height: number;
}) {
  const [file, setFile] = useState<Safetensors["tensors"] | "loading" | "failed">();
  useEffect(() => {
    if (!pixel || file) return;
    setFile("loading");
    fetch(values)
      .then(async (response) => {
        if (!response.ok) throw new Error(response.statusText);
        setFile(readSafetensors(new Uint8Array(await response.arrayBuffer())).tensors);
      })
      .catch(() => setFile("failed"));
  }, [pixel, file]);

  let text = "Point at the picture, or move with the arrow keys, to read its values.";
  if (file === "failed") text = "The raw values cannot be read.";
  else if (pixel && file instanceof Map) {
    const found = [...file].flatMap(([name, tensor]) => {
      const at = valuesAt(tensor, tensor.shape, pixel, { width, height });
      return at ? [`${name} ${at.map(short).join(", ")}`] : [];
    });
    text = [`x ${pixel.x}, y ${pixel.y}`, ...found].join("  ·  ");
  }
  return (
    <p class="probe">
      <output aria-live="polite">{text}</output>
    </p>
  );
}

/** The numbers `[…, C]` of a tensor `[h, w]` or `[h, w, C]` at a pixel of the picture; it may be coarser. */
export function valuesAt(
  tensor: Float32Array,
  [rows, columns, channels = 1]: readonly number[],
  { x, y }: Pixel,
  { width, height }: { width: number; height: number },
): number[] | undefined {
  if (!rows || !columns || rows * columns * channels !== tensor.length || channels > 8) return;
  const row = Math.floor(y / height * rows), column = Math.floor(x / width * columns);
  const at = (row * columns + column) * channels;
  return [...tensor.subarray(at, at + channels)];
}
