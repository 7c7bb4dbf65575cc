/** @jsxImportSource npm:preact@10.29.8 */
/** Leads through the pages of a list. */

/** The page numbers that are worth a link: the ends, and those around the current one; 0 is a gap. */
function numbers(page: number, pages: number): number[] {
  const shown = Array.from({ length: pages }, (_, i) => i + 1)
    .filter((n) => n === 1 || n === pages || Math.abs(n - page) <= 1);
  return shown.flatMap((n, i) => i > 0 && n - shown[i - 1] > 1 ? [0, n] : [n]);
}

export function Pager({ page, pages, hrefOf, words: [before, behind] = ["Newer", "Older"] }: {
  page: number;
  pages: number;
  hrefOf(page: number): string;
  /** What the pages beside this one are called. */
  words?: readonly [before: string, behind: string];
}) {
  if (pages < 2) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {page > 1 && <a rel="prev" href={hrefOf(page - 1)}>{before}</a>}
      {numbers(page, pages).map((n, i) =>
        n === 0
          ? <span key={`gap${i}`}>…</span>
          : (
            <a key={n} href={hrefOf(n)} aria-current={n === page ? "page" : undefined}>
              <span class="hidden">Page</span> {n}
            </a>
          )
      )}
      {page < pages && <a rel="next" href={hrefOf(page + 1)}>{behind}</a>}
    </nav>
  );
}
