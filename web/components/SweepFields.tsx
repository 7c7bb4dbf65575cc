/** @jsxImportSource npm:preact@10.29.8 */
/** The part of a form that asks for several values of one option. */
import type { Technique } from "../../run/technique.ts";
import type { Fields } from "../_fields.ts";
import { sweepable } from "../_sweep.ts";

export function SweepFields({ technique, fields, wrong }: {
  technique: Technique;
  fields?: Fields;
  /** Whether what was sent does not fit. */
  wrong: boolean;
}) {
  const swept = fields?.get("sweep") ?? "", values = fields?.get("values") ?? "";
  const options = [...sweepable(technique), { name: "seed", label: "seed" }];
  return (
    <details class="sweep" open={wrong || swept !== "" || values !== ""}>
      <summary>Several values of one option</summary>
      <div class="field">
        <label for="field-sweep">option</label>
        <select id="field-sweep" name="sweep" aria-describedby="field-sweep-help">
          <option value="">none</option>
          {options.map(({ name, label }) => (
            <option key={name} value={name} selected={name === swept}>{label}</option>
          ))}
        </select>
        <p class="quiet" id="field-sweep-help">One run for each value, as one job</p>
      </div>
      <div class="field">
        <label for="field-values">values</label>
        <input
          id="field-values"
          name="values"
          value={values}
          autoComplete="off"
          spellcheck={false}
          aria-describedby="field-values-help"
          aria-invalid={wrong ? "true" : undefined}
        />
        <p class="quiet" id="field-values-help">
          Separated by commas, such as 5, 10, 20; or by semicolons, where values have commas
        </p>
      </div>
    </details>
  );
}
