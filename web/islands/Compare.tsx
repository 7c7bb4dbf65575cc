/** @jsxImportSource npm:preact@10.29.8 */
/** Runs side by side, looked at through one window. */
import { useEffect, useMemo, useState } from "../../deps/preact_hooks.ts";
import { commonScale, type Compared, ROLES } from "../compared.ts";
import { Correlations } from "../components/Correlations.tsx";
import { Differences } from "../components/Differences.tsx";
import { ScoreTable } from "../components/ScoreTable.tsx";
import { short } from "../components/format.ts";
import { MapCanvas } from "../components/MapCanvas.tsx";
import { MapDifference } from "../components/MapDifference.tsx";
import { Stage, ZoomButtons } from "../components/Stage.tsx";
import { Switch } from "../components/Switch.tsx";
import { type PaintOptions, paletteOf } from "../paint.ts";
import { mapIn, type Tensors, tensorsAt, valuesAt } from "../tensors.ts";
import { type Place, type View, WHOLE } from "../view.ts";

export interface CompareProps {
  readonly runs: readonly Compared[];
  /** Colours around zero, for differences. */
  readonly diverging: readonly string[];
}

/** How long blinking shows each picture, in ms: slow enough for anyone's eyes. */
const BLINK_MS = 700;
const RESULT = "result";

type Read = Tensors | "failed" | undefined;

/** The raw numbers of each run, as they come. */
function useNumbers(runs: readonly Compared[]): readonly Read[] {
  const [found, setFound] = useState<ReadonlyMap<string, Read>>(new Map());
  useEffect(() => {
    let gone = false;
    for (const { id, values } of runs) {
      if (values === undefined) continue;
      tensorsAt(values).catch(() => "failed" as const).then((read) => {
        if (!gone) setFound((before) => new Map(before).set(id, read));
      });
    }
    return () => void (gone = true);
  }, [runs]);
  return useMemo(() => runs.map(({ id }) => found.get(id)), [runs, found]);
}

/** How each run's map is painted: on a scale of its own, or on one for all of its kind. */
function paintsOf(runs: readonly Compared[], oneScale: boolean): (PaintOptions | undefined)[] {
  return runs.map(({ map }) => {
    if (!map) return undefined;
    const palette = paletteOf(map.palette), { signed, scale: own } = map;
    const alike = runs.flatMap(({ map }) => map?.signed === signed ? [map.scale] : []);
    const fixed = oneScale ? commonScale(alike, signed) : undefined;
    // on its own the map is seen whole; zero is a colour too
    return { palette, scale: own && fixed ? { own, fixed } : "own" };
  });
}

/** What a run's numbers are at a place. */
function readOut(read: Read, at: Place, { width, height, map }: Compared): string {
  if (!read || read === "failed") return read ? "its values cannot be read" : "";
  const pixel = { x: Math.floor(at.x * width), y: Math.floor(at.y * height) };
  return [...read].flatMap(([name, tensor]) => {
    const found = valuesAt(tensor, tensor.shape, pixel, { width, height });
    if (!found) return [];
    const scale = name === "map" ? map?.scale : undefined;
    const raw = scale ? ` (${short(scale.low + found[0] * (scale.high - scale.low))})` : "";
    return [`${name} ${found.map(short).join(", ")}${raw}`];
  }).join(" · ");
}

export function Compare({ runs, diverging }: CompareProps) {
  const [view, setView] = useState<View>(WHOLE);
  const [role, setRole] = useState(RESULT);
  const [oneScale, setOneScale] = useState(false);
  const [blinking, setBlinking] = useState(false);
  const [blinked, setBlinked] = useState(false);
  // a share of the picture, so that pictures of different sizes point at the same place
  const [at, setAt] = useState<Place>();
  const numbers = useNumbers(runs), maps = useMemo(() => numbers.map(mapIn), [numbers]);
  const paints = useMemo(() => paintsOf(runs, oneScale), [runs, oneScale]);
  const roles = ROLES.filter((role) => runs.some(({ pictures }) => pictures[role]));

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "b" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.matches("input, select, textarea")) {
        return;
      }
      setBlinking((before) => !before);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
  useEffect(() => {
    if (!blinking) return setBlinked(false);
    const timer = setInterval(() => setBlinked((before) => !before), BLINK_MS);
    return () => clearInterval(timer);
  }, [blinking]);

  const shownRole = blinked ? "input" : role;
  return (
    <div class="compare">
      <div class="controls">
        <Switch
          label="Picture"
          names={[RESULT, ...roles]}
          chosen={role}
          onChoose={(name) => setRole(name)}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={oneScale}
            onChange={(event) => {
              setOneScale(event.currentTarget.checked);
              if (event.currentTarget.checked) setRole("map");
            }}
          />
          Maps on one scale
        </label>
        <div class="buttons">
          <button type="button" aria-pressed={blinking} onClick={() => setBlinking(!blinking)}>
            Blink (b)
          </button>
        </div>
        <ZoomButtons view={view} onView={setView} />
      </div>
      <ul class="compared">
        {runs.map((run, i) => {
          const { width, height } = run, map = maps[i], paint = paints[i];
          const src = run.pictures[shownRole] ?? run.pictures[""];
          const label = `${run.title}, ${run.facts}`;
          return (
            <li key={run.id}>
              <Stage
                label={`${label}. Plus and minus zoom all, arrow keys read all.`}
                width={width}
                height={height}
                view={view}
                onView={setView}
                pixel={at && { x: Math.floor(at.x * width), y: Math.floor(at.y * height) }}
                onPixel={(p) => setAt(p && { x: (p.x + 0.5) / width, y: (p.y + 0.5) / height })}
              >
                <div class={run.small || view.zoom > 1 ? "layers pixels" : "layers"}>
                  {oneScale && shownRole === "map" && map && paint
                    ? <MapCanvas map={map} paint={paint} label={label} />
                    : <img src={src} alt={label} width={width} height={height} />}
                </div>
              </Stage>
              <h2>
                <span class="quiet">{i + 1}</span> <a href={run.href}>{run.title}</a>
              </h2>
              <p>{run.facts}</p>
              <p class="probe">{at ? readOut(numbers[i], at, run) : ""}</p>
            </li>
          );
        })}
      </ul>
      <div class="measured">
        <MapDifference
          runs={runs}
          maps={maps}
          palette={diverging}
          view={view}
          onView={setView}
        />
        <Correlations runs={runs} maps={maps} />
      </div>
      <ScoreTable runs={runs} />
      <Differences runs={runs} />
    </div>
  );
}
Compare.displayName = "Compare";
