/** @jsxImportSource npm:preact@10.29.8 */
/** One of a few things, side by side. */

/** Radio buttons that look like one control; a page has one of a label. */
export function Switch<Name extends string>({ label, names, chosen, onChoose }: {
  label: string;
  names: readonly Name[];
  chosen: Name;
  onChoose(name: Name): void;
}) {
  return (
    <div class="switch" role="radiogroup" aria-label={label}>
      {names.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name={label}
            checked={name === chosen}
            onChange={() => onChoose(name)}
          />
          {name}
        </label>
      ))}
    </div>
  );
}
