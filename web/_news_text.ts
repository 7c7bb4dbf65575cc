/** What is heard of a question, as lines of JSON; numbers in base64. */
import { fromBase64, toBase64 } from "../core/hex.ts";
import type { ExplainNews } from "./_explained.ts";

/** The fields that are bytes or numbers, by the type of news. */
type Plain<News> = {
  readonly [Key in keyof News]: News[Key] extends Float32Array ? string : News[Key];
};

/** News as it is sent; a fault of the whole question is news too. */
export type SentNews =
  | Plain<Extract<ExplainNews, { type: "map" }>>
  | (Omit<Extract<ExplainNews, { type: "answers" }>, "seen"> & {
    readonly seen: { readonly width: number; readonly height: number; readonly rgb: string };
  })
  | Exclude<ExplainNews, { type: "map" | "answers" | "picture" }>
  | { readonly type: "failed"; readonly message: string };

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** One line. */
export function lineOf(news: ExplainNews | Extract<SentNews, { type: "failed" }>): string {
  if (news.type === "map") return JSON.stringify({ ...news, map: toBase64(bytesOf(news.map)) });
  if (news.type === "answers") {
    return JSON.stringify({ ...news, seen: { ...news.seen, rgb: toBase64(news.seen.rgb) } });
  }
  return JSON.stringify(news);
}

/** The numbers of a map as it was sent. */
export const numbersOf = (sent: string): Float32Array =>
  new Float32Array(fromBase64(sent).slice().buffer);
