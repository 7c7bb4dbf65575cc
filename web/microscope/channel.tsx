/** @jsxImportSource npm:preact@10.29.8 */
/** The page of a channel. */
import type { ChannelEntry, MicroscopeData, PictureEntry } from "../../microscope/data.ts";
import { isSmall } from "../components/Card.tsx";
import { Facts } from "../components/Facts.tsx";
import { short } from "../components/format.ts";
import { Island } from "../components/Island.tsx";
import { Section } from "../components/Section.tsx";
import { CopyButton } from "../islands/CopyButton.tsx";
import { useSite } from "../site.ts";
import { Histogram } from "./Histogram.tsx";
import { type Page, Way } from "./Page.tsx";
import { paths } from "./paths.ts";
import { Places } from "./Places.tsx";
import { Tile, Tiles } from "./Tiles.tsx";
import type { LayerView } from "./view.ts";
import { Votes } from "./Votes.tsx";

const SHOWS = {
  "": "What it looks for",
  "-negative": "What it dislikes",
  "-diverse": "What else it looks for, as different as can be",
};

/** What is shown of a channel. */
interface Given {
  readonly data: MicroscopeData;
  readonly pictures: readonly PictureEntry[];
  readonly layer: LayerView;
  readonly channel: number;
  readonly entry: ChannelEntry;
  /** What makes its image again, where one was made. */
  readonly command?: string;
}

function Head({ data, layer: { name, slug, channels }, channel }: Given) {
  const { href } = useSite(), beside = (n: number) => href(paths.channel(slug, n));
  return (
    <header>
      <Way data={data}>
        <a href={href(paths.layer(slug))}>{name}</a>
      </Way>
      <h1>{`Channel ${channel}`}</h1>
      <nav class="pager" aria-label="Channels">
        {channel > 0 && <a rel="prev" href={beside(channel - 1)}>{`‹ ${channel - 1}`}</a>}
        {channel + 1 < channels && <a rel="next" href={beside(channel + 1)}>{`${channel + 1} ›`}
        </a>}
      </nav>
    </header>
  );
}

function Images({ data: { images }, layer: { slug }, channel, entry, command }: Given) {
  const { href } = useSite();
  return (
    <>
      {entry.images.map((kind) => {
        const size = images[kind]!;
        return (
          <Section key={kind} title={SHOWS[kind]}>
            <img
              src={href(paths.image(slug, channel, kind))}
              alt={`${SHOWS[kind]}: an image made for channel ${channel}`}
              {...size}
              class={isSmall(size) ? "large pixels" : "large"}
            />
          </Section>
        );
      })}
      {entry.images.length === 0 && <p class="quiet">No image was made of what it looks for.</p>}
      {command !== undefined && (
        <Section title="Make it again">
          <div class="command">
            <pre tabIndex={0} aria-label="Command"><code>{command}</code></pre>
            <Island of={CopyButton} props={{ text: command }} />
          </div>
        </Section>
      )}
    </>
  );
}

function Numbers({ data, entry: { top, mean, deviation, votes, histogram } }: Given) {
  const speakFor = votes.filter(({ gradient }) => gradient > 0);
  const against = votes.filter(({ gradient }) => gradient < 0).reverse();
  const most = Math.max(...votes.map(({ gradient }) => Math.abs(gradient)));
  return (
    <>
      {votes.length === 0 && (
        <p class="quiet">The score of no class that was asked for follows from it.</p>
      )}
      {speakFor.length > 0 && (
        <Section title="It speaks for">
          <Votes votes={speakFor} most={most} data={data} label="Classes that it speaks for" />
        </Section>
      )}
      {against.length > 0 && (
        <Section title="It speaks against">
          <Votes votes={against} most={most} data={data} label="Classes that it speaks against" />
        </Section>
      )}
      <Section title="Its values">
        <Facts
          facts={{
            largest: top.length ? short(top[0].value) : "",
            "mean of a picture": `${short(mean)} ± ${short(deviation)}`,
          }}
        />
        <Histogram bins={histogram} />
      </Section>
    </>
  );
}

function ChannelView(given: Given) {
  const { data, pictures, layer, entry: { top, nearest } } = given;
  return (
    <article class="about">
      <Head {...given} />
      <div class="columns">
        <div>
          <Images {...given} />
        </div>
        <div>
          <Numbers {...given} />
        </div>
      </div>
      <Section title="What excites it most">
        <Places top={top} input={data.input} pictures={pictures} />
      </Section>
      {nearest.length > 0 && (
        <Section title="Channels that go with it">
          <Tiles label="Channels that go with it">
            {nearest.map(({ channel, correlation }) => (
              <Tile key={channel} layer={layer} channel={channel}>
                <span>{`r ${correlation.toFixed(2).replace("-", "−")}`}</span>
              </Tile>
            ))}
          </Tiles>
        </Section>
      )}
    </article>
  );
}

export const channelPage = (given: Given): Page => ({
  title: `Channel ${given.channel} of ${given.layer.name}`,
  section: "layers",
  body: <ChannelView {...given} />,
});
