/** In the browser: the names that a model knows, asked for once. */
import type { Vocabulary } from "../completion.ts";
import { paths } from "../site.ts";

const known = new Map<string, Promise<Vocabulary | undefined>>();

/** What objectives and options for a model are made of; undefined where the server did not say. */
export function wordsOf(model: string): Promise<Vocabulary | undefined> {
  let words = known.get(model);
  if (!words) {
    words = fetch(paths.names(model))
      .then((response) => response.ok ? response.json() : Promise.reject(response.status))
      .catch(() => void known.delete(model)); // fields stay plain ones until they are asked again
    known.set(model, words);
  }
  return words;
}

/** A form's choice of a model. */
export const modelOf = (form: HTMLFormElement): HTMLSelectElement =>
  form.elements.namedItem("model") as HTMLSelectElement;
