/** @jsxImportSource npm:preact@10.29.8 */
/** What narrows and orders the list; works as a plain form, too. */
import type { FacetValue, RunPage } from "../run_list.ts";
import { FACETS, type RunQuery, SORTS } from "../run_query.ts";

/** Id of the form. */
export const FILTERS = "filters";

function Choice({ name, title, values, chosen }: {
  name: string;
  title: string;
  values: readonly FacetValue[];
  chosen?: string;
}) {
  // what is chosen stays on the list, also where nothing of it is left
  const missing = chosen && !values.some(({ value }) => value === chosen);
  return (
    <label>
      <span>{title}</span>
      <select name={name} id={`filter-${name}`} data-swap="whole">
        <option value="">any</option>
        {missing && <option value={chosen} selected>{`${chosen} (0)`}</option>}
        {values.map(({ value, title, count }) => (
          <option key={value} value={value} selected={value === chosen}>
            {`${title} (${count})`}
          </option>
        ))}
      </select>
    </label>
  );
}

const TITLES = {
  technique: "Technique",
  model: "Model",
  class: "Class",
  layer: "Layer",
  tag: "Tag",
} as const;

export function Filters({ query, facets, clear }: {
  query: RunQuery;
  facets: RunPage["facets"];
  /** Where all runs are. */
  clear: string;
}) {
  const narrowed = FACETS.some((facet) => query[facet]) || Boolean(query.from || query.to);
  return (
    <form id={FILTERS} class="filters" action={clear} method="get" role="search">
      <label class="search">
        <span>Search</span>
        <input
          type="search"
          name="q"
          value={query.text ?? ""}
          placeholder="any words"
          maxLength={200}
        />
      </label>
      <details class="more" open={narrowed}>
        <summary>Filters</summary>
        <div class="fields">
          {FACETS.filter((facet) => facet !== "tag" || query.tag || facets.tag.length > 0).map((
            facet,
          ) => (
            <Choice
              key={facet}
              name={facet}
              title={TITLES[facet]}
              values={facets[facet]}
              chosen={query[facet]}
            />
          ))}
          <label>
            <span>From</span>
            <input type="date" name="from" value={query.from ?? ""} />
          </label>
          <label>
            <span>To</span>
            <input type="date" name="to" value={query.to ?? ""} />
          </label>
        </div>
      </details>
      <div class="buttons">
        <button type="submit">Show</button>
        <a class="button" href={clear}>Clear</a>
      </div>
    </form>
  );
}

/** The order of the list: part of the form, beside what it orders. */
export function Order({ query }: { query: RunQuery }) {
  return (
    <div class="order">
      <label for="order-sort">Order</label>
      <select id="order-sort" name="sort" form={FILTERS}>
        {Object.entries(SORTS).map(([sort, title]) => (
          <option
            key={sort}
            value={sort === "newest" ? "" : sort}
            selected={sort === (query.sort ?? "newest")}
          >
            {title}
          </option>
        ))}
      </select>
      <label for="order-group">Group</label>
      <select id="order-group" name="group" form={FILTERS}>
        <option value="">none</option>
        <option value="picture" selected={query.byPicture === true}>by picture</option>
      </select>
    </div>
  );
}
