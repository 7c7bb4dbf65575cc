/** @jsxImportSource npm:preact@10.29.8 */
/** What runs have in common and what not, as a table. */
import type { Compared } from "../compared.ts";

interface Row {
  readonly name: string;
  readonly values: readonly string[];
  readonly same: boolean;
}

/** The runs' options side by side, those that differ first. */
function rowsOf(runs: readonly Compared[]): Row[] {
  const names = [...new Set(runs.flatMap(({ options }) => Object.keys(options)))];
  const rows = names.map((name) => {
    const values = runs.map(({ options }) => options[name] ?? "");
    return { name, values, same: values.every((value) => value === values[0]) };
  });
  return rows.sort((a, b) => Number(a.same) - Number(b.same));
}

export function Differences({ runs }: { runs: readonly Compared[] }) {
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Differences">
      <table class="differences">
        <caption>What differs</caption>
        <thead>
          <tr>
            <th scope="col">Option</th>
            {runs.map(({ id, short }) => <th scope="col" key={id}>{short}</th>)}
          </tr>
        </thead>
        <tbody>
          {rowsOf(runs).map((row) => (
            <tr key={row.name} class={row.same ? "same" : undefined}>
              <th scope="row">{row.name}</th>
              {row.values.map((value, i) => <td key={i}>{value}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
