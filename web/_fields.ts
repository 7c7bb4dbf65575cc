/** What the fields of a form for a run hold, as texts: what is sent, and what comes back. */
import { optionFields } from "../core/options.ts";
import type { Manifest } from "../run/manifest.ts";
import type { Technique } from "../run/technique.ts";
import { shown } from "./components/Facts.tsx";

/** Texts by the names of their fields; a box that is not ticked is not among them. */
export type Fields = ReadonlyMap<string, string>;

/** Name of the form's field for one of the technique's options. */
export const optionName = (name: string): string => `option-${name}`;

/** The fields that a technique's form has. */
const namesOf = (technique: Technique): string[] => [
  ...["model", "seed", "target", "sample", "sweep", "values"],
  ...optionFields(technique.options).map(({ name }) => optionName(name)),
];

/** The longest text that a field is given back. */
const MAX_LENGTH = 20_000;

/** What a form sent, or what an address says. */
export interface Sent {
  get(name: string): FormDataEntryValue | null;
}

/** The texts of these fields. */
export const textsOf = (names: readonly string[], sent: Sent): Fields =>
  new Map(
    names.flatMap((name) => {
      const value = sent.get(name);
      return typeof value === "string" && value.length <= MAX_LENGTH ? [[name, value]] : [];
    }),
  );

/** The texts of a technique's form. */
export const fieldsOf = (technique: Technique, sent: Sent): Fields =>
  textsOf(namesOf(technique), sent);

/** What a form would have to hold for a run to be made again, but for its picture. */
export function fieldsOfRun(technique: Technique, manifest: Manifest): Fields {
  const { options, model, seed, target } = manifest;
  const fields = new Map([["model", model.id], ["seed", String(seed)]]);
  for (const { name, type } of optionFields(technique.options)) {
    const value = options[name];
    if (value === undefined || value === null || type === "boolean" && value !== true) continue;
    fields.set(optionName(name), Array.isArray(value) ? value.join(", ") : shown(value));
  }
  if (target?.expression !== undefined) fields.set("target", target.expression);
  return fields;
}

/** The address's part that fills a form with these. */
export const queryOf = (fields: Fields): string => new URLSearchParams([...fields]).toString();
