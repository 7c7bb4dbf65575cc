/** @jsxImportSource npm:preact@10.29.8 */
/** Makes the index live: filters without reloading, new runs as they come. */
import { useEffect } from "../../deps/preact_hooks.ts";
import { listen } from "./_events.ts";

/** Between the last key pressed in the search and the search, in ms. */
const TYPING_MS = 250;

/**
 * Brings the marked parts of the page up to those of another version of it. A part marked `keyed`
 * keeps the children that both have, with what is chosen, focused and loaded in them.
 */
function swap(from: Document): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-swap]")) {
    const fresh = from.getElementById(part.id);
    if (!fresh) continue;
    if (part.dataset.swap === "keyed") {
      const old = new Map([...part.children].map((c) => [(c as HTMLElement).dataset.key, c]));
      part.replaceChildren(
        ...[...fresh.children].map((c) => old.get((c as HTMLElement).dataset.key) ?? c),
      );
    } else if (!part.contains(document.activeElement)) {
      part.replaceChildren(...fresh.childNodes);
    }
  }
}

let asked = 0;

/** Shows what an address of this page shows. */
async function show(address: string): Promise<void> {
  const turn = ++asked;
  const response = await fetch(address);
  const text = await response.text();
  // a later question was answered, or is about to be
  if (turn === asked) swap(new DOMParser().parseFromString(text, "text/html"));
}

function addressOf(form: HTMLFormElement): string {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value.trim()) query.append(name, value.trim());
  }
  const text = query.toString();
  return location.pathname + (text && `?${text}`);
}

export function Browse({ events, form: id, compare: compareId, most }: {
  /** Address of the news; nothing in a site that no server answers. */
  events: string;
  /** Ids of the forms that filter and that compare. */
  form: string;
  compare: string;
  /** How many runs can be compared. */
  most: number;
}) {
  useEffect(() => {
    const form = document.getElementById(id) as HTMLFormElement;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const go = () => {
      clearTimeout(timer);
      const address = addressOf(form);
      if (address === location.pathname + location.search) return;
      history.pushState(null, "", address);
      show(address);
    };
    const submitted = (event: Event) => {
      event.preventDefault();
      go();
    };
    const typed = (event: Event) => {
      if ((event.target as HTMLElement).matches("[type=search]")) {
        clearTimeout(timer);
        timer = setTimeout(go, TYPING_MS);
      }
    };
    const back = async () => {
      await show(location.pathname + location.search);
      const query = new URLSearchParams(location.search);
      for (const field of form.querySelectorAll<HTMLInputElement>("[name]")) {
        field.value = query.get(field.name) ?? "";
      }
      count();
    };
    form.addEventListener("submit", submitted);
    form.addEventListener("change", go);
    form.addEventListener("input", typed);
    addEventListener("popstate", back);
    timer = setTimeout(go, TYPING_MS); // what was typed before this script ran

    const count = () => {
      const boxes = [
        ...document.querySelectorAll<HTMLInputElement>(`[form=${compareId}][name=run]`),
      ];
      const chosen = boxes.filter((box) => box.checked).length;
      for (const box of boxes) box.disabled = !box.checked && chosen >= most;
      const button = document.querySelector(`#${compareId} button`);
      if (button) button.textContent = chosen > 1 ? `Compare ${chosen} runs` : "Compare";
    };
    document.addEventListener("change", count);
    count();

    const changed = () => void show(location.pathname + location.search).then(count);
    const stop = listen(events, { on: { changed }, again: changed });
    return () => {
      clearTimeout(timer);
      stop();
      document.removeEventListener("change", count);
      removeEventListener("popstate", back);
      form.removeEventListener("submit", submitted);
      form.removeEventListener("change", go);
      form.removeEventListener("input", typed);
    };
  }, []);
  return null;
}
Browse.displayName = "Browse";
