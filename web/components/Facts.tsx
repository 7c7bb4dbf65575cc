/** @jsxImportSource npm:preact@10.29.8 */
/** Names and values. */
import type { ComponentChildren } from "../../deps/preact.ts";
import { words } from "../../core/text.ts";

/** A value of an option as people write it. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A list of facts; those without a value are left out. */
export function Facts({ facts }: { facts: Readonly<Record<string, ComponentChildren>> }) {
  return (
    <dl class="facts">
      {Object.entries(facts).filter(([, value]) => value !== undefined && value !== "").map((
        [name, value],
      ) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** {@link shown}, for each of several options, by their labels. */
export const allShown = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [words(name), shown(value)]));

/** Names and values in one line. */
export const line = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values).map(([name, value]) => `${name} ${value}`).join(" · ");
