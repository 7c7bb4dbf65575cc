/** @jsxImportSource npm:preact@10.29.8 */
/** The sheet of a layer: all of its channels. */
import type { ChannelEntry, MicroscopeData } from "../../microscope/data.ts";
import { plural, shape } from "../components/format.ts";
import { Island } from "../components/Island.tsx";
import { SheetOrder } from "../islands/SheetOrder.tsx";
import { useSite } from "../site.ts";
import { type Page, Way } from "./Page.tsx";
import { paths } from "./paths.ts";
import { Tile, Tiles } from "./Tiles.tsx";
import { labelOf, type LayerView } from "./view.ts";

const SHEET = "sheet";

/** A channel's number, its numbers and the class that it speaks for: what a sheet is sorted by. */
function valuesOf({ mean, deviation, top, votes }: ChannelEntry, channel: number): number[] {
  const [first] = votes, speaks = first?.gradient > 0;
  return [
    channel,
    mean,
    deviation,
    top[0]?.value ?? -Infinity,
    speaks ? first.class : Infinity,
    speaks ? first.gradient : 0,
  ].map((value) => Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE);
}

/** Which pictures a sheet shows; no script is needed to choose. */
function Pictures() {
  return (
    <fieldset class="switch" aria-label="Pictures">
      {["what it looks for", "what excites it"].map((title, i) => (
        <label key={title}>
          <input
            type="radio"
            name="shown"
            class={i === 1 ? "excites" : undefined}
            checked={i === 0}
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}

function Sheet({ data, layer, channels }: {
  data: MicroscopeData;
  layer: LayerView;
  channels: readonly ChannelEntry[];
}) {
  const { href } = useSite();
  return (
    <article class="about sheet">
      <header>
        <Way data={data}>{layer.name}</Way>
        <h1>{layer.name}</h1>
        <p class="lead">{`${plural(layer.channels, "channel")} of ${shape(layer.size)}`}</p>
        {data.atlases.includes(layer.slug) && (
          <p>
            <a href={href(paths.atlas(layer.slug))}>Its atlas</a>{" "}
            shows what it says of all pictures.
          </p>
        )}
      </header>
      <div class="controls">
        {layer.looks.some(Boolean) && <Pictures />}
        <Island of={SheetOrder} props={{ list: SHEET }} />
      </div>
      <Tiles label={`Channels of ${layer.name}`} id={SHEET}>
        {channels.map((entry, channel) => (
          <Tile key={channel} layer={layer} channel={channel} values={valuesOf(entry, channel)}>
            {entry.votes[0]?.gradient > 0 && <span>{labelOf(data, entry.votes[0].class)}</span>}
          </Tile>
        ))}
      </Tiles>
    </article>
  );
}

export const layerPage = (
  data: MicroscopeData,
  layer: LayerView,
  channels: readonly ChannelEntry[],
): Page => ({
  title: layer.name,
  section: "layers",
  body: <Sheet data={data} layer={layer} channels={channels} />,
});
