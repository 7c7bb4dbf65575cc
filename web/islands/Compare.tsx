/** @jsxImportSource npm:preact@10.29.8 */
/** Runs side by side, looked at through one window. */
import { useState } from "../../deps/preact_hooks.ts";
import { type Pixel, Stage, type View, WHOLE, ZoomButtons } from "../components/Stage.tsx";

export interface Compared {
  readonly id: string;
  readonly href: string;
  readonly title: string;
  readonly facts: string;
  readonly width: number;
  readonly height: number;
  readonly small: boolean;
  /** Role of a picture → where it is. */
  readonly pictures: Readonly<Record<string, string>>;
}

export interface CompareProps {
  readonly runs: readonly Compared[];
  /** The roles that at least one run has a picture of. */
  readonly roles: readonly string[];
}

export function Compare({ runs, roles }: CompareProps) {
  const [view, setView] = useState<View>(WHOLE);
  const [role, setRole] = useState("");
  // a share of the picture, so that pictures of different sizes point at the same place
  const [at, setAt] = useState<Pixel>();
  return (
    <div class="compare">
      <div class="controls">
        <div class="switch" role="radiogroup" aria-label="Picture">
          {["", ...roles].map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="picture"
                checked={role === name}
                onChange={() => setRole(name)}
              />
              {name || "result"}
            </label>
          ))}
        </div>
        <ZoomButtons view={view} onView={setView} />
      </div>
      <ul class="compared">
        {runs.map((run) => {
          const { width, height } = run;
          const src = run.pictures[role] ?? run.pictures[""];
          return (
            <li key={run.id}>
              <Stage
                label={`${run.title}, ${run.facts}. Plus and minus zoom all.`}
                width={width}
                height={height}
                view={view}
                onView={setView}
                pixel={at && { x: Math.floor(at.x * width), y: Math.floor(at.y * height) }}
                onPixel={(p) => setAt(p && { x: (p.x + 0.5) / width, y: (p.y + 0.5) / height })}
              >
                <div class={run.small || view.zoom > 1 ? "layers pixels" : "layers"}>
                  <img src={src} alt={`${run.title}, ${run.facts}`} width={width} height={height} />
                </div>
              </Stage>
              <h2>
                <a href={run.href}>{run.title}</a>
              </h2>
              <p>{run.facts}</p>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
Compare.displayName = "Compare";
