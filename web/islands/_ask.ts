/** Asks the gallery about a picture. */
import type { SentNews } from "../_news_text.ts";
import { sentenceIn } from "./_sentence.ts";

/** What is asked about; as an address has it. */
export interface Asked {
  /** Token of the picture; nothing where only the model is asked about. */
  readonly picture?: string;
  readonly model: string;
  readonly class?: number;
  readonly techniques?: readonly string[];
  readonly patient?: boolean;
}

function paramsOf({ picture, model, class: wanted, techniques, patient }: Asked): URLSearchParams {
  const params = new URLSearchParams({ model });
  if (picture !== undefined) params.set("picture", picture);
  if (wanted !== undefined) params.set("class", String(wanted));
  if (techniques) params.set("techniques", techniques.join(","));
  if (patient) params.set("patient", "1");
  return params;
}

/** What is said where the gallery is silent; who gave up oneself hears that. */
const silent = (signal?: AbortSignal) => (error: unknown): never => {
  throw signal?.aborted ? error : new Error("The gallery does not answer: is it still running?");
};

/** The lines of an answer, as they come. */
async function* linesOf(
  body: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const reader = body.pipeThrough(
    new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>,
  )
    .getReader();
  let text = "";
  try {
    const read = () => reader.read().catch(silent(signal)); // it may end in the middle
    for (let next = await read(); !next.done; next = await read()) {
      text += next.value;
      const lines = text.split("\n");
      text = lines.pop()!;
      yield* lines;
    }
  } finally {
    reader.cancel().catch(() => {}); // the gallery stops what nobody waits for
  }
}

/** What the page says where an answer was no news. */
const refusal = async (response: Response): Promise<Error> =>
  new Error(sentenceIn(await response.text()) ?? `The gallery said ${response.status}.`);

/**
 * Asks, and hears what comes.
 *
 * @throws Error with a sentence for the visitor; the signal's reason once it is aborted.
 */
export async function ask(
  what: "answers" | "classes" | "maps" | "keep",
  asked: Asked,
  hear: (news: Exclude<SentNews, { type: "failed" }>) => void,
  signal?: AbortSignal,
): Promise<void> {
  const params = paramsOf(asked);
  const response = await fetch(
    what === "keep" ? "/explain/keep" : `/explain/${what}?${params}`,
    what === "keep" ? { method: "POST", body: params, signal } : { signal },
  ).catch(silent(signal));
  if (!response.ok) throw await refusal(response);
  for await (const line of linesOf(response.body!, signal)) {
    const news: SentNews = JSON.parse(line);
    if (news.type === "failed") throw new Error(news.message);
    hear(news);
  }
}

const names = new Map<string, Promise<readonly string[]>>();

/**
 * The names of a network's classes, asked for once; the gallery loads it to tell.
 *
 * @throws Error with a sentence for the visitor.
 */
export function classNames(model: string): Promise<readonly string[]> {
  const asked = names.get(model) ?? namesOf(model);
  names.set(model, asked);
  asked.catch(() => names.delete(model)); // it may be there when it is asked again
  return asked;
}

async function namesOf(model: string): Promise<readonly string[]> {
  let names: readonly string[] = [];
  await ask("classes", { model }, (news) => {
    if (news.type === "classes") names = news.names;
  });
  return names;
}
