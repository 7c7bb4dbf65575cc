/** @jsxImportSource npm:preact@10.29.8 */
/** The map of an atlas: its squares, coarse or fine, zoomed, and what is said of the one that is chosen. */
import { useEffect, useLayoutEffect, useState } from "../../deps/preact_hooks.ts";
import { type Pixel, Stage, ZoomButtons } from "../components/Stage.tsx";
import { Switch } from "../components/Switch.tsx";
import { type View, WHOLE } from "../view.ts";

/** A grid of squares. */
export interface AtlasLevel {
  /** Squares to a side. */
  readonly grid: number;
  /** The picture of them all, and pixels of its side. */
  readonly src: string;
  readonly side: number;
  /** The squares that hold something, and the number of the class that each speaks for most, if any. */
  readonly cells: readonly (readonly [row: number, column: number, speaksFor?: number])[];
}

export interface AtlasMapProps {
  readonly label: string;
  readonly levels: readonly AtlasLevel[];
  /** Names of the classes that squares speak for, by number. */
  readonly classes: readonly (readonly [number: number, name: string])[];
}

/** A square: the grid that it is of, and where it is. */
interface Square extends Pixel {
  readonly grid: number;
}

/** The id of what is said of a square. */
export const squareId = (grid: number, row: number, column: number): string =>
  `square-${grid}-${row}-${column}`;

const idOf = ({ grid, x, y }: Square) => squareId(grid, y, x);

/** The square in an address. */
function squareIn(hash: string): Square | undefined {
  const found = /^#square-(\d+)-(\d+)-(\d+)$/.exec(hash);
  if (!found || !document.getElementById(hash.slice(1))) return undefined;
  const [grid, y, x] = found.slice(1).map(Number);
  return { grid, x, y };
}

/** Shows what is said of one square, and of no other. */
function show(square: Square | undefined): void {
  for (const other of document.querySelectorAll(".square.chosen")) other.classList.remove("chosen");
  if (square) document.getElementById(idOf(square))?.classList.add("chosen");
}

/** What covers squares: those that hold nothing, and those that do not speak for the class that is wanted. */
function Covers({ level: { grid, cells }, wanted }: { level: AtlasLevel; wanted?: number }) {
  const speaksFor = new Map(cells.map(([row, column, index]) => [row * grid + column, index]));
  return (
    <svg class="covers" viewBox={`0 0 ${grid} ${grid}`} aria-hidden="true">
      {Array.from({ length: grid * grid }, (_, at) => {
        const other = wanted !== undefined && speaksFor.get(at) !== wanted;
        if (speaksFor.has(at) && !other) return null;
        const place = { x: at % grid, y: Math.floor(at / grid), width: 1, height: 1 };
        return <rect key={at} {...place} class={speaksFor.has(at) ? undefined : "empty"} />;
      })}
    </svg>
  );
}

export function AtlasMap({ label, levels, classes }: AtlasMapProps) {
  const [grid, setGrid] = useState(levels.at(-1)!.grid);
  const [view, setView] = useState<View>(WHOLE);
  const [pointed, setPointed] = useState<Square>(), [kept, setKept] = useState<Square>();
  const [wanted, setWanted] = useState<number>();
  const level = levels.find((level) => level.grid === grid)!, chosen = kept ?? pointed;
  const holds = ({ x, y }: Pixel) => level.cells.some(([row, column]) => row === y && column === x);

  useEffect(() => {
    const there = squareIn(location.hash);
    if (!there || !levels.some(({ grid }) => grid === there.grid)) return;
    setGrid(there.grid);
    setKept(there);
  }, []);
  useLayoutEffect(() => show(chosen), [chosen?.grid, chosen?.x, chosen?.y]);

  /** Keeps a square, whatever is pointed at, until it is chosen again or another one. */
  const keep = (square: Square | undefined) => {
    const same = square && kept && idOf(square) === idOf(kept);
    setKept(same ? undefined : square);
    history.replaceState(null, "", square && !same ? `#${idOf(square)}` : location.pathname);
  };
  /** Arrow keys lead on from the square that is kept. */
  const leave = ({ key }: KeyboardEvent) => {
    if (!kept || !key.startsWith("Arrow")) return;
    setPointed(kept);
    setKept(undefined);
  };
  const choose = (chosen: number) => {
    setGrid(chosen);
    setKept(undefined);
    setPointed(undefined);
  };

  return (
    <div class="map scripted" onKeyDownCapture={leave}>
      <Stage
        label={`${label}. Plus and minus zoom, arrow keys choose a square, a click keeps it.`}
        width={grid}
        height={grid}
        view={view}
        onView={setView}
        pixel={chosen}
        onPixel={(pixel) => setPointed(pixel && { grid, ...pixel })}
      >
        <div class="layers" onClick={() => keep(pointed && holds(pointed) ? pointed : undefined)}>
          <img src={level.src} alt="" width={level.side} height={level.side} />
          <Covers level={level} wanted={wanted} />
        </div>
      </Stage>
      <div class="controls">
        <Switch
          label="Squares"
          names={levels.map(({ grid }) => `${grid} × ${grid}`)}
          chosen={`${grid} × ${grid}`}
          onChoose={(name) => choose(parseInt(name))}
        />
        <ZoomButtons view={view} onView={setView} />
        {classes.length > 0 && (
          <label class="order">
            Only what speaks for
            <select
              value={wanted ?? ""}
              onChange={({ currentTarget: { value } }) =>
                setWanted(value === "" ? undefined : Number(value))}
            >
              <option value="">any class</option>
              {classes.map(([number, name]) => <option key={number} value={number}>{name}</option>)}
            </select>
          </label>
        )}
      </div>
    </div>
  );
}
AtlasMap.displayName = "AtlasMap";
