/** A question about a picture: its answers, and a map of each technique as they come. */
import { useEffect, useRef, useState } from "../../deps/preact_hooks.ts";
import { fromBase64 } from "../../core/hex.ts";
import { numbersOf, type SentNews } from "../_news_text.ts";
import type { WallMap } from "../wall_maps.ts";
import { ask } from "./_ask.ts";

/** A network, and the class that is asked for; the predicted one where it is not known yet. */
export interface Question {
  readonly model: string;
  readonly class?: number;
}

type Sent<Type extends SentNews["type"]> = Extract<SentNews, { type: Type }>;

export type Answers = Omit<Sent<"answers">, "seen"> & { readonly seen: ImageData };
export type FinishedMap = Omit<Sent<"map">, "map"> & WallMap;

/** How far a technique is. */
export type Tile =
  | { readonly at: "waiting" }
  | { readonly at: "slow"; readonly steps: number }
  | { readonly at: "working"; readonly step: number; readonly of: number }
  | { readonly at: "fault"; readonly message: string }
  | { readonly at: "done"; readonly map: FinishedMap };

export interface Asking {
  readonly answers?: Answers;
  /** What went wrong with the whole question. */
  readonly fault?: string;
  readonly tiles: ReadonlyMap<string, Tile>;
  /** Techniques that wait to be asked for, or were. */
  readonly slow: ReadonlySet<string>;
  /** Makes the map of a technique that takes long. */
  compute(technique: string): void;
  /** Asks once more, where something went wrong. */
  again(): void;
}

function imageOf({ width, height, rgb }: Sent<"answers">["seen"]): ImageData {
  const from = fromBase64(rgb), data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data.set(from.subarray(3 * i, 3 * i + 3), 4 * i);
  return new ImageData(data, width, height);
}

function tileOf(news: SentNews): Tile | undefined {
  if (news.type === "map") return { at: "done", map: { ...news, map: numbersOf(news.map) } };
  if (news.type === "slow") return { at: "slow", steps: news.steps };
  if (news.type === "progress") return { at: "working", step: news.step, of: news.of };
  if (news.type === "fault") return { at: "fault", message: news.message };
}

const NONE: ReadonlyMap<string, Tile> = new Map();

/** What came of a question; what came of another one is never shown as its own. */
interface Said {
  /** The question, in words that only it has. */
  readonly of: string;
  readonly answers?: Answers;
  readonly fault?: string;
  readonly tiles?: ReadonlyMap<string, Tile>;
}

/** Keeps what came of one question at a time. */
function useSaid(of: string) {
  const [said, setSaid] = useState<Said>({ of });
  const add = (change: (now: Said) => Partial<Said>) =>
    setSaid((now) => {
      const own = now.of === of ? now : { of };
      return { ...own, ...change(own) };
    });
  return [said.of === of ? said : { of }, add] as const;
}

/**
 * Asks as soon as there is a picture, and anew when anything changes: what was under way ends.
 *
 * @param onClass Called with the predicted class where none is asked for.
 */
export function useQuestion(
  picture: string | undefined,
  question: Question | undefined,
  techniques: readonly string[],
  onClass: (index: number) => void,
): Asking {
  const slow = useRef(new Set<string>());
  const underway = useRef<AbortController>();
  const [round, setRound] = useState(0);
  const model = question?.model, wanted = question?.class;
  const subject = JSON.stringify([picture, model, round]);
  const asked = JSON.stringify([subject, wanted]);
  const [{ answers, fault }, tell] = useSaid(subject);
  const [made, put] = useSaid(asked);

  useEffect(() => {
    if (!picture || model === undefined) return;
    const controller = new AbortController(), { signal } = controller;
    ask("answers", { picture, model }, (news) => {
      if (news.type !== "answers") return;
      tell(() => ({ answers: { ...news, seen: imageOf(news.seen) } }));
    }, signal).catch(({ message }) => signal.aborted || tell(() => ({ fault: message })));
    return () => controller.abort();
  }, [subject]);

  useEffect(() => {
    if (answers && wanted === undefined) onClass(answers.classes[0].index);
  }, [answers, wanted]);

  const make = async (ids: readonly string[], patient: boolean, signal: AbortSignal) => {
    if (!picture || model === undefined) return;
    try {
      await ask("maps", { picture, model, class: wanted, techniques: ids, patient }, (news) => {
        const tile = tileOf(news);
        if (news.type === "slow") slow.current.add(news.technique);
        if (!tile || !("technique" in news) || signal.aborted) return;
        put(({ tiles = NONE }) => ({ tiles: new Map(tiles).set(news.technique, tile) }));
      }, signal);
    } catch (error) {
      if (!signal.aborted) put(() => ({ fault: (error as Error).message }));
    }
  };

  useEffect(() => {
    if (!picture || model === undefined || wanted === undefined) return;
    const controller = underway.current = new AbortController();
    make(techniques, false, controller.signal);
    return () => controller.abort();
  }, [asked]);

  return {
    answers,
    fault: fault ?? made.fault,
    tiles: made.tiles ?? NONE,
    slow: slow.current,
    compute(technique) {
      const tile: Tile = { at: "working", step: 0, of: 0 };
      put(({ tiles = NONE }) => ({ tiles: new Map(tiles).set(technique, tile) }));
      if (underway.current) make([technique], true, underway.current.signal);
    },
    again: () => setRound(round + 1),
  };
}
