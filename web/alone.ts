/** One part of a page, alone: for whoever looks, and for keys and screen readers. */

/** Makes all but an element inert. @returns What undoes it. */
export function leaveAlone(element: Element): () => void {
  const hidden: HTMLElement[] = [];
  for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
    for (const sibling of at.parentElement?.children ?? []) {
      if (sibling === at || !(sibling instanceof HTMLElement) || sibling.inert) continue;
      sibling.inert = true;
      hidden.push(sibling);
    }
  }
  return () => hidden.forEach((element) => element.inert = false);
}
