/** @jsxImportSource npm:preact@10.29.8 */
/** A run in small. */
import type { RunEntry } from "../run_index.ts";
import { paths, useSite } from "../site.ts";
import { date, describe } from "./format.ts";

/** Pictures smaller than this are shown as what they are: pixels. */
export const isSmall = (size: { readonly width: number; readonly height: number }): boolean =>
  Math.max(size.width, size.height) < 160;

/** A run's picture and what it is of, leading to its page. */
export function Card({ run, pick, eager }: {
  run: RunEntry;
  /** Id of the form that collects runs to compare. */
  pick?: string;
  /** Whether the picture is seen at once. */
  eager?: boolean;
}) {
  const { href } = useSite(), { cover } = run;
  return (
    <li class="card" data-key={run.id}>
      <a href={href(paths.run(run.id))}>
        <span class="tile">
          {cover
            ? (
              <img
                src={href(paths.thumbnail(run.id))}
                alt={describe(run)}
                width={cover.width}
                height={cover.height}
                class={isSmall(cover) ? "pixels" : undefined}
                loading={eager ? undefined : "lazy"}
                decoding="async"
              />
            )
            : <span class="blank">{run.damage ? "damaged" : "no picture"}</span>}
        </span>
        <strong>{run.damage ? run.id : run.technique.title}</strong>
      </a>
      <p>
        {run.damage
          ? "cannot be read"
          : run.class ?? [run.layer, run.channel !== undefined && `channel ${run.channel}`]
            .filter(Boolean).join(" · ")}
      </p>
      <p>
        <time dateTime={run.createdAt}>{date(run.createdAt)}</time>
        {run.model && ` · ${run.model}`}
      </p>
      {pick && !run.damage && (
        <label class="pick">
          <input type="checkbox" name="run" value={run.id} form={pick} />
          <span class="hidden">{`Compare ${describe(run)}, ${run.id}`}</span>
        </label>
      )}
    </li>
  );
}

/** Runs in a grid. */
export function Grid({ runs, pick }: { runs: readonly RunEntry[]; pick?: string }) {
  return (
    <ul class="grid" id="grid" data-swap="keyed">
      {runs.map((run, i) => <Card key={run.id} run={run} pick={pick} eager={i < 8} />)}
    </ul>
  );
}
