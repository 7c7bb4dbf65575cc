/** @jsxImportSource npm:preact@10.29.8 */
/** How the maps on the wall are drawn. */
import type { Look } from "./_Drawing.tsx";

/** The percentile at which scales are clipped, where they are. */
export const CLIP = 99;

/** Which maps share one scale; `clipped` ones are their own up to {@link CLIP}. */
export type Sharing = "own" | "clipped" | "technique" | "all";

export interface WallControlsProps {
  readonly look: Look;
  onLook(look: Look): void;
  readonly sharing: Sharing;
  onSharing(sharing: Sharing): void;
  readonly colours: readonly { readonly id: string; readonly title: string }[];
  readonly blinking: boolean;
  onBlink(): void;
  /** Whether two questions stand beside each other. */
  readonly beside: boolean;
}

export function WallControls(props: WallControlsProps) {
  const { look, onLook, sharing, onSharing, colours, blinking, beside } = props;
  const { strength, top } = look, percent = Math.round(top * 100);
  return (
    <div class="controls wall-controls" role="group" aria-label="How the maps are drawn">
      <label class="slider">
        <span>Picture</span>
        <input
          type="range"
          min={0}
          max={100}
          value={Math.round((strength ?? 0.6) * 100)}
          aria-label="Share of the map"
          aria-valuetext={strength === undefined
            ? "each technique’s own"
            : `${Math.round(strength * 100)} %`}
          onInput={(event) =>
            onLook({ ...look, strength: event.currentTarget.valueAsNumber / 100 })}
        />
        <span>Map</span>
        <button
          type="button"
          disabled={strength === undefined}
          onClick={() => onLook({ ...look, strength: undefined })}
        >
          Own
        </button>
      </label>
      <label class="slider">
        <span>{top >= 1 ? "All of it" : `Top ${percent} %`}</span>
        <input
          type="range"
          min={1}
          max={100}
          value={percent}
          aria-label="Strongest part that is drawn"
          aria-valuetext={`${percent} %`}
          onInput={(event) => {
            const top = event.currentTarget.valueAsNumber / 100;
            onLook({ ...look, top });
          }}
        />
      </label>
      <label class="choice">
        <span>Scale</span>
        <select
          value={sharing}
          onChange={(event) => onSharing(event.currentTarget.value as Sharing)}
        >
          <option value="own">each its own</option>
          <option value="clipped">{`each its own, the top ${100 - CLIP} % alike`}</option>
          {beside && <option value="technique">one a technique</option>}
          <option value="all">one for all</option>
        </select>
      </label>
      <label class="choice">
        <span>Colours</span>
        <select
          value={look.colours ?? ""}
          onChange={(event) => onLook({ ...look, colours: event.currentTarget.value || undefined })}
        >
          <option value="">each its own</option>
          {colours.map(({ id, title }) => <option key={id} value={id}>{title}</option>)}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={look.outlined}
          onChange={(event) =>
            onLook({
              ...look,
              outlined: event.currentTarget.checked,
              // around all of it is no line
              top: event.currentTarget.checked && top >= 1 ? 0.2 : top,
            })}
        />
        Outline
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={look.pixels}
          onChange={(event) => onLook({ ...look, pixels: event.currentTarget.checked })}
        />
        Network’s pixels
      </label>
      <button type="button" aria-pressed={blinking} onClick={props.onBlink}>Blink</button>
    </div>
  );
}
