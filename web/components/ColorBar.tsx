/** @jsxImportSource npm:preact@10.29.8 */
/** What the colours of a map stand for. */
import { short } from "./format.ts";

export interface ColorBarProps {
  /** The id of the colour map. */
  readonly colors: string;
  /** Whether zero is in the middle. */
  readonly diverging: boolean;
  /** Some of the colours, from the lowest to the highest; those of runs that tell none are known. */
  readonly palette?: readonly string[];
  /** Raw values at the ends; `null` is what was not finite. */
  readonly low: number | null;
  readonly high: number | null;
}

/** The colours of a map from its lowest value to its highest. */
export function ColorBar({ colors, diverging, palette, low, high }: ColorBarProps) {
  const id = `colours-${colors.replaceAll(/[^\w-]/g, "")}`;
  return (
    <figure class="colorbar">
      {palette && palette.length > 1
        ? (
          <svg class="ramp" aria-hidden="true">
            <linearGradient id={id}>
              {palette.map((color, at) => (
                <stop key={at} offset={at / (palette.length - 1)} stop-color={color} />
              ))}
            </linearGradient>
            <rect width="100%" height="100%" fill={`url(#${id})`} />
          </svg>
        )
        : <div class={`ramp ${colors}`} />}
      <figcaption>
        <span>{short(low)}</span>
        {diverging && <span>0</span>}
        <span>{short(high)}</span>
      </figcaption>
    </figure>
  );
}
