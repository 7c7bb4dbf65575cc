/** @jsxImportSource npm:preact@10.29.8 */
/** Where one map says more than another. */
import { useMemo, useState } from "../../deps/preact_hooks.ts";
import type { Values } from "../../core/values.ts";
import { type Compared, difference } from "../compared.ts";
import { paletteOf } from "../paint.ts";
import type { View } from "../view.ts";
import { ColorBar } from "./ColorBar.tsx";
import { MapCanvas } from "./MapCanvas.tsx";
import { Stage } from "./Stage.tsx";

/** The run that a list chooses. */
function Choice({ label, runs, chosen, onChoose }: {
  label: string;
  runs: readonly (readonly [at: number, run: Compared])[];
  chosen: number;
  onChoose(at: number): void;
}) {
  return (
    <label>
      <span>{label}</span>
      <select onChange={(event) => onChoose(Number(event.currentTarget.value))}>
        {runs.map(([at, { id, short }]) => (
          <option key={id} value={at} selected={at === chosen}>{`${at + 1} ${short}`}</option>
        ))}
      </select>
    </label>
  );
}

export function MapDifference({ runs, maps, palette, view, onView }: {
  runs: readonly Compared[];
  maps: readonly (Values | undefined)[];
  /** Colours from where the second says more to where the first does. */
  palette: readonly string[];
  view: View;
  onView(view: View): void;
}) {
  const able = runs.map((run, at) => [at, run] as const).filter(([at]) => maps[at]);
  const [chosen, setChosen] = useState<readonly [number, number]>();
  const colors = useMemo(() => paletteOf(palette), [palette]);
  const [one, other] = chosen ?? [able[0]?.[0] ?? 0, able[1]?.[0] ?? 0];
  const shown = useMemo(() => {
    const signed = (at: number) => {
      const map = maps[at];
      return map && { map, signed: runs[at].map?.signed ?? false };
    };
    const [left, right] = [signed(one), signed(other)];
    return left && right && difference(left, right);
  }, [maps, one, other]);
  if (able.length < 2 || !shown) return null;
  const [height, width] = shown.shape;
  const names = [one, other].map((at) => `${at + 1} ${runs[at].short}`);
  return (
    <section class="difference">
      <h2>Difference of two maps</h2>
      <div class="controls">
        <Choice
          label="Of"
          runs={able}
          chosen={one}
          onChoose={(at) => setChosen([at, other])}
        />
        <Choice
          label="and"
          runs={able}
          chosen={other}
          onChoose={(at) => setChosen([one, at])}
        />
      </div>
      <Stage
        label={`Where ${names[0]} says more than ${names[1]}. Plus and minus zoom all.`}
        width={width}
        height={height}
        view={view}
        onView={onView}
      >
        <div class="layers pixels">
          <MapCanvas map={shown} paint={{ palette: colors }} label="difference" />
        </div>
      </Stage>
      <ColorBar colors="difference" diverging palette={palette} low={-1} high={1} />
      <p class="quiet">
        {`Each map as shares of its own largest number: at the right end of the colours ${
          names[0]
        } says more, at the left end ${names[1]}.`}
      </p>
    </section>
  );
}
