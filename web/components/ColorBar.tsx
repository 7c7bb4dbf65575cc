/** @jsxImportSource npm:preact@10.29.8 */
/** What the colours of a map stand for. */
import { short } from "./format.ts";

interface ColorBarProps {
  readonly colors: "gray" | "perceptual" | "diverging";
  /** Raw values at the ends; `null` is what was not finite. */
  readonly low: number | null;
  readonly high: number | null;
}

/** The colours of a map from its lowest value to its highest. */
export function ColorBar({ colors, low, high }: ColorBarProps) {
  return (
    <figure class="colorbar">
      <div class={`ramp ${colors}`} />
      <figcaption>
        <span>{short(low)}</span>
        {colors === "diverging" && <span>0</span>}
        <span>{short(high)}</span>
      </figcaption>
    </figure>
  );
}
