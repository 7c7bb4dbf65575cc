/** @jsxImportSource npm:preact@10.29.8 */
/** How alike maps order the pixels, each with each. */
import { useMemo } from "../../deps/preact_hooks.ts";
import type { Values } from "../../core/values.ts";
import { type Compared, correlations } from "../compared.ts";

export function Correlations({ runs, maps }: {
  runs: readonly Compared[];
  maps: readonly (Values | undefined)[];
}) {
  const found = useMemo(() => correlations(maps), [maps]);
  if (maps.filter(Boolean).length < 2) return null;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label="Rank correlation">
      <table class="correlations">
        <caption>
          Rank correlation of the maps <span class="quiet">(Spearman; 1 is the same order)</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Run</th>
            {runs.map(({ id, short }, i) => <th scope="col" key={id}>{`${i + 1} ${short}`}</th>)}
          </tr>
        </thead>
        <tbody>
          {runs.map(({ id, short }, row) => (
            <tr key={id}>
              <th scope="row">{`${row + 1} ${short}`}</th>
              {found[row].map((value, i) => (
                <td key={i} class={i === row ? "quiet" : undefined}>
                  {value === undefined ? "no map" : value.toFixed(2).replace("-", "−")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
