/** Which channels speak for a class, and against it: gathered layer by layer. */
import type { ChannelEntry } from "../../microscope/data.ts";
import type { ClassView, Voice } from "./view.ts";

/** Channels of a layer that the page of a class shows for it, and as many against it, at most. */
const MOST_VOICES = 48;

/** The strongest of some voices, the loudest first. */
const loudest = (voices: readonly Voice[]): readonly Voice[] =>
  [...voices].sort((a, b) => Math.abs(b.gradient) - Math.abs(a.gradient)).slice(0, MOST_VOICES);

/** Of one layer: class → the channels that name it. */
function voicesOf(channels: readonly ChannelEntry[]): ReadonlyMap<number, readonly Voice[]> {
  const voices = new Map<number, Voice[]>();
  for (const [channel, { votes }] of channels.entries()) {
    for (const { class: index, gradient } of votes) {
      const own = voices.get(index) ?? [];
      own.push({ channel, gradient });
      voices.set(index, own);
    }
  }
  return voices;
}

interface Found {
  channels: number;
  readonly speakFor: Map<string, readonly Voice[]>;
  readonly speakAgainst: Map<string, readonly Voice[]>;
}

export class Voices {
  readonly #classes = new Map<number, Found>();

  /** Hears the channels of a layer. */
  add(slug: string, channels: readonly ChannelEntry[]): void {
    for (const [index, voices] of voicesOf(channels)) {
      const found = this.#classes.get(index) ??
        { channels: 0, speakFor: new Map(), speakAgainst: new Map() };
      this.#classes.set(index, found);
      const speakFor = voices.filter(({ gradient }) => gradient > 0);
      found.channels += speakFor.length;
      found.speakFor.set(slug, loudest(speakFor));
      found.speakAgainst.set(slug, loudest(voices.filter(({ gradient }) => gradient < 0)));
    }
  }

  /** The classes that were named, by number. */
  classes(): ReadonlyMap<number, ClassView> {
    return new Map([...this.#classes].sort(([a], [b]) => a - b));
  }
}
