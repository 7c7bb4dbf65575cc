/** @jsxImportSource npm:preact@10.29.8 */
import type { Fields } from "../_fields.ts";

/** The field of a form for the seed. */
export const SeedField = ({ fields }: { fields?: Fields }) => (
  <div class="field">
    <label for="field-seed">seed</label>
    <input
      id="field-seed"
      name="seed"
      type="number"
      step={1}
      value={fields?.get("seed") ?? "0"}
      aria-describedby="field-seed-help"
    />
    <p class="quiet" id="field-seed-help">The same seed and options give the same result</p>
  </div>
);
