/** The runs that were chosen to be compared: kept by the browser, across pages and tabs. */

/** A chosen run. */
export interface Chosen {
  readonly id: string;
  /** What it is called, short. */
  readonly title: string;
}

/** Where a browser keeps texts by name. */
type Store = Pick<Storage, "getItem" | "setItem">;

/** Its name among what the browser keeps. */
export const TRAY = "phosphene-tray";

const isChosen = (value: unknown): value is Chosen =>
  typeof value === "object" && value !== null &&
  "id" in value && typeof value.id === "string" &&
  "title" in value && typeof value.title === "string";

/** The chosen runs; none where nothing, or something else, is kept. */
export function chosenIn(store: Store): readonly Chosen[] {
  try {
    const kept: unknown = JSON.parse(store.getItem(TRAY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isChosen) : [];
  } catch {
    return []; // a browser may keep nothing at all
  }
}

/** Keeps the chosen runs, where the browser lets it. */
export function keepChosen(store: Store, chosen: readonly Chosen[]): void {
  try {
    store.setItem(TRAY, JSON.stringify(chosen));
  } catch {
    // then the choice lasts as long as the page
  }
}

/** With a run, at the end; as it was, where the run is chosen or `most` are. */
export const withRun = (chosen: readonly Chosen[], run: Chosen, most: number): readonly Chosen[] =>
  chosen.length >= most || chosen.some(({ id }) => id === run.id) ? chosen : [...chosen, run];

/** Without a run. */
export const without = (chosen: readonly Chosen[], id: string): readonly Chosen[] =>
  chosen.filter((run) => run.id !== id);
