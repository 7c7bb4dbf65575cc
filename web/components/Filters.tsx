/** @jsxImportSource npm:preact@10.29.8 */
/** What narrows the index; works as a plain form, too. */
import { FACETS, type FacetValue, type RunPage, type RunQuery } from "../run_index.ts";
import { useSite } from "../site.ts";

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

export function Filters({ query, facets }: { query: RunQuery; facets: RunPage["facets"] }) {
  const { href } = useSite();
  const narrowed = FACETS.some((facet) => query[facet]) || Boolean(query.from || query.to);
  return (
    <form id={FILTERS} class="filters" action={href("/")} method="get" role="search">
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
          <Choice
            name="technique"
            title="Technique"
            values={facets.technique}
            chosen={query.technique}
          />
          <Choice name="model" title="Model" values={facets.model} chosen={query.model} />
          <Choice name="class" title="Class" values={facets.class} chosen={query.class} />
          <Choice name="layer" title="Layer" values={facets.layer} chosen={query.layer} />
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
        <a class="button" href={href("/")}>Clear</a>
      </div>
    </form>
  );
}
