/** @jsxImportSource npm:preact@10.29.8 */
/** The runs that were chosen to be compared, at the foot of every page that shows runs. */
import { useEffect, useRef, useState } from "../../deps/preact_hooks.ts";
import { type Chosen, chosenIn, keepChosen, TRAY, without, withRun } from "../tray.ts";

/** The boxes of the page that choose runs. */
const boxes = () => document.querySelectorAll<HTMLInputElement>("input[type=checkbox][name=run]");

/** Makes boxes show what is chosen; no more can be, once there are enough. */
function mark(chosen: readonly Chosen[], most: number): void {
  for (const box of boxes()) {
    box.checked = chosen.some(({ id }) => id === box.value);
    box.disabled = !box.checked && chosen.length >= most;
  }
}

/** Where the chosen runs are compared: in the address's query, or, of a site as files, its fragment. */
export const compareAddress = (compare: string, chosen: readonly Pick<Chosen, "id">[]): string =>
  `${compare}${compare.endsWith(".html") ? "#" : "?"}${new URLSearchParams(
    chosen.map(({ id }) => ["run", id]),
  )}`;

export function Tray({ compare, most }: {
  /** Address of the page that compares. */
  compare: string;
  /** How many runs can be compared. */
  most: number;
}) {
  // nothing is known before this script has looked
  const [chosen, setChosen] = useState<readonly Chosen[]>();
  // the observer below must not undo what this page's own change is about to show
  const latest = useRef(chosen);
  latest.current = chosen;
  const keep = (chosen: readonly Chosen[]) => {
    keepChosen(localStorage, chosen);
    setChosen(chosen);
  };
  useEffect(() => {
    const read = () => setChosen(chosenIn(localStorage));
    read();
    // what was ticked before this script ran
    const early = [...boxes()].filter((box) => box.checked);
    const ticked = (box: HTMLInputElement) => {
      const before = chosenIn(localStorage), { value: id, dataset: { title = id } } = box;
      keep(box.checked ? withRun(before, { id, title }, most) : without(before, id));
    };
    early.forEach(ticked);
    const changed = ({ target }: Event) => {
      if (target instanceof HTMLInputElement && target.matches("[type=checkbox][name=run]")) {
        ticked(target);
      }
    };
    const elsewhere = (event: StorageEvent) => event.key === TRAY && read();
    document.addEventListener("change", changed);
    addEventListener("storage", elsewhere);
    return () => {
      document.removeEventListener("change", changed);
      removeEventListener("storage", elsewhere);
    };
  }, []);
  useEffect(() => {
    if (!chosen) return;
    const again = () => mark(latest.current ?? [], most);
    again();
    // the list may show other runs than it did
    const observer = new MutationObserver(again);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [chosen]);

  if (!chosen?.length) return null;
  return (
    <section class="tray" aria-label="Chosen to compare">
      <ul>
        {chosen.map(({ id, title }) => (
          <li key={id}>
            <span title={id}>{title}</span>
            <button
              type="button"
              aria-label={`Take ${title} off, ${id}`}
              onClick={() => keep(without(chosen, id))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <div class="buttons">
        <button type="button" onClick={() => keep([])}>Clear</button>
        <a class="button primary" href={compareAddress(compare, chosen)}>
          {chosen.length > 1 ? `Compare ${chosen.length} runs` : "Compare 1 run"}
        </a>
      </div>
    </section>
  );
}
Tray.displayName = "Tray";
