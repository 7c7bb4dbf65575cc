/** @jsxImportSource npm:preact@10.29.8 */
/** Makes the index live: filters without reloading, new runs as they come. */
import { useEffect } from "../../deps/preact_hooks.ts";
import { listen } from "./_events.ts";
import { swap } from "../swap.ts";

/** Between the last key pressed in the search and the search, in ms. */
const TYPING_MS = 250;

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

type Field = HTMLInputElement | HTMLSelectElement;
const isField = (element: unknown): element is Field =>
  element instanceof HTMLInputElement || element instanceof HTMLSelectElement;

export function Browse({ events, form: id }: {
  /** Address of the news. */
  events: string;
  /** Id of the form that filters; fields of it may stand elsewhere. */
  form: string;
}) {
  useEffect(() => {
    const form = document.getElementById(id);
    if (!(form instanceof HTMLFormElement)) return;
    const fields = () => [...form.elements].filter(isField).filter(({ name }) => name);
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
    const changed = ({ target }: Event) => {
      if (isField(target) && target.form === form) go();
    };
    const typed = ({ target }: Event) => {
      if (!isField(target) || target.form !== form || target.type !== "search") return;
      clearTimeout(timer);
      timer = setTimeout(go, TYPING_MS);
    };
    const back = async () => {
      await show(location.pathname + location.search);
      const query = new URLSearchParams(location.search);
      for (const field of fields()) field.value = query.get(field.name) ?? "";
    };
    form.addEventListener("submit", submitted);
    document.addEventListener("change", changed);
    document.addEventListener("input", typed);
    addEventListener("popstate", back);
    // what was typed before this script ran; a page, or what was just deleted, no field asks for
    const query = new URLSearchParams(location.search);
    const early = fields().some(({ name, value }) => value.trim() !== (query.get(name) ?? ""));
    if (early) timer = setTimeout(go, TYPING_MS);

    const news = () => void show(location.pathname + location.search);
    const stop = listen(events, { on: { changed: news }, again: news });
    return () => {
      clearTimeout(timer);
      stop();
      removeEventListener("popstate", back);
      document.removeEventListener("change", changed);
      document.removeEventListener("input", typed);
      form.removeEventListener("submit", submitted);
    };
  }, []);
  return null;
}
Browse.displayName = "Browse";
