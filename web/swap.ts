/** Brings a page up to another version of it, without losing what is chosen, focused or loaded. */

/** An element is kept for its key; where its links lead may have changed. */
function renewed(old: Element, fresh: Element): Element {
  const links = old.querySelectorAll("a");
  fresh.querySelectorAll("a").forEach(({ href }, i) => {
    if (links[i] && links[i].href !== href) links[i].href = href;
  });
  return old;
}

const keyOf = (element: Element): string | undefined =>
  element instanceof HTMLElement ? element.dataset.key : undefined;

/**
 * Replaces the marked parts of the page. A part marked `keyed` keeps the children that both have, with
 * what is chosen, focused and loaded in them.
 */
export function swap(from: Document): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-swap]")) {
    const fresh = from.getElementById(part.id);
    if (!fresh) continue;
    if (part.dataset.swap === "keyed") {
      const old = new Map([...part.children].map((child) => [keyOf(child), child]));
      part.replaceChildren(...[...fresh.children].map((child) => {
        const kept = old.get(keyOf(child));
        return kept ? renewed(kept, child) : child;
      }));
    } else if (!part.contains(document.activeElement)) {
      // copies: an option that is moved leaves the next one of its list chosen, and comes chosen itself
      part.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
      if (part instanceof HTMLSelectElement && fresh instanceof HTMLSelectElement) {
        part.value = fresh.value;
      }
    }
  }
}
