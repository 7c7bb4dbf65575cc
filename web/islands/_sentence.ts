/** What a page of the gallery says, where something else was asked for. */

/** The first sentence of a refusal's page; nothing where it has none. */
export const sentenceIn = (html: string): string | undefined =>
  new DOMParser().parseFromString(html, "text/html").querySelector("main p")?.textContent ||
  undefined;
