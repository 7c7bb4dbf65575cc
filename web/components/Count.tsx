/** @jsxImportSource npm:preact@10.29.8 */
import { PAGE_SIZE, type RunPage } from "../run_list.ts";
import { plural } from "./format.ts";

/** Which of the runs a page shows, and how many there are. */
export function Count({ found: { runs, total, all, page } }: { found: RunPage }) {
  const first = (page - 1) * PAGE_SIZE + 1;
  return (
    <p id="count" role="status" data-swap="whole">
      {total === 0
        ? all > 0 ? "No run matches. Clear the filters to see all." : ""
        : `${first}–${first + runs.length - 1} of ${plural(total, "run")}`}
    </p>
  );
}
