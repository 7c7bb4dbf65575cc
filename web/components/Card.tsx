/** @jsxImportSource npm:preact@10.29.8 */
/** A run in small. */
import { pictureKey } from "../run_list.ts";
import type { RunEntry } from "../run_query.ts";
import { paths, useSite } from "../site.ts";
import { certainty, dateTime, describe } from "./format.ts";

/** Pictures smaller than this are shown as what they are: pixels. */
export const isSmall = (size: { readonly width: number; readonly height: number }): boolean =>
  Math.max(size.width, size.height) < 160;

/** Id of the form that collects runs to compare. */
export const COMPARE = "compare";

/** What a card says below its title: what was explained, or looked at. */
const subject = (run: RunEntry): string =>
  run.damage
    ? "cannot be read"
    : run.class !== undefined
    ? [run.class, certainty(run.probability)].filter(Boolean).join(" ")
    : [run.layer, run.channel !== undefined && `channel ${run.channel}`].filter(Boolean)
      .join(" · ");

/** A run's picture and what it is of, leading to its page. */
export function Card({ run, pick, eager, search = "" }: {
  run: RunEntry;
  /** Whether it can be chosen to be compared. */
  pick?: boolean;
  /** Whether the picture is seen at once. */
  eager?: boolean;
  /** What the run's page is told of the list that it stands in, with its `?`. */
  search?: string;
}) {
  const { href } = useSite(), { cover, technique } = run;
  return (
    <li class="card" data-key={run.id}>
      <a href={href(paths.run(run.id)) + search}>
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
        <strong title={technique.title || undefined}>
          {run.damage ? run.id : technique.short ?? technique.title}
        </strong>
      </a>
      <p>{subject(run)}</p>
      {(run.image || run.modelName) && (
        <p title={run.model || undefined}>
          {[run.image, run.modelName].filter(Boolean).join(" · ")}
        </p>
      )}
      <p>
        <time dateTime={run.createdAt}>{dateTime(run.createdAt)}</time>
      </p>
      {run.tags && (
        <p class="tags">
          {run.tags.map((tag) => <span class="tag" key={tag}>{tag}</span>)}
        </p>
      )}
      {pick && !run.damage && (
        <label class="pick">
          <input
            type="checkbox"
            name="run"
            value={run.id}
            form={COMPARE}
            data-title={`${technique.short ?? technique.title}${run.class ? `, ${run.class}` : ""}`}
          />
          <span class="hidden">{`Compare ${describe(run)}, ${run.id}`}</span>
        </label>
      )}
    </li>
  );
}

/** What runs of one picture have in common, above them. */
function PictureHeading({ run }: { run: RunEntry }) {
  return (
    <li class="group" data-key={`picture ${pictureKey(run)}`}>
      <h2>{pictureKey(run) ? run.image || "a picture without a name" : "without a picture"}</h2>
    </li>
  );
}

/** Runs in a grid; of each picture together, where these stand together. */
export function Grid({ runs, pick, search, byPicture }: {
  runs: readonly RunEntry[];
  pick?: boolean;
  search?: string;
  byPicture?: boolean;
}) {
  return (
    <ul class="grid" id="grid" data-swap="keyed">
      {runs.flatMap((run, i) => [
        byPicture && (i === 0 || pictureKey(run) !== pictureKey(runs[i - 1])) &&
        <PictureHeading key={`picture ${pictureKey(run)}`} run={run} />,
        <Card key={run.id} run={run} pick={pick} search={search} eager={i < 8} />,
      ])}
    </ul>
  );
}
