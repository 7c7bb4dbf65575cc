/** @jsxImportSource npm:preact@10.29.8 */
/** Narrows a list of a page to the entries that have some words. */
import { useState } from "../../deps/preact_hooks.ts";

/** Hides the entries that lack one of the words; how many are left. */
function narrow(list: HTMLElement, text: string): number {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const entry of list.children) {
    const own = entry.textContent!.toLowerCase();
    const hidden = !words.every((word) => own.includes(word));
    entry.toggleAttribute("hidden", hidden);
    if (!hidden) left++;
  }
  return left;
}

export function Narrow({ list, label }: {
  /** Id of the list. */
  list: string;
  label: string;
}) {
  const [said, setSaid] = useState("");
  const search = (text: string) => {
    const element = document.getElementById(list);
    if (!element) return;
    const left = narrow(element, text);
    setSaid(text.trim() === "" ? "" : left === 0 ? "Nothing has these words." : `${left} found`);
  };
  return (
    <div class="narrow scripted">
      <label>
        <span>{label}</span>
        <input type="search" onInput={({ currentTarget }) => search(currentTarget.value)} />
      </label>
      <p role="status" class="quiet">{said}</p>
    </div>
  );
}
Narrow.displayName = "Narrow";
