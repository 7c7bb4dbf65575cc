/** @jsxImportSource npm:preact@10.29.8 */
/** The field of a form for one of a technique's options. */
import type { OptionField, OptionRole } from "../../core/options.ts";
import { type Fields, optionName } from "../_fields.ts";
import { inLabels } from "../_say.ts";
import { ObjectiveField } from "../islands/ObjectiveField.tsx";
import { shown } from "./Facts.tsx";
import { Island } from "./Island.tsx";

/** Ids of the lists that suggest what options of a role take. */
export const LISTS = {
  class: "classes",
  layer: "layers",
  technique: "techniques",
} as const satisfies Partial<Record<OptionRole, string>>;

const listOf = (role: OptionRole | undefined): string | undefined =>
  Object.entries(LISTS).find(([name]) => name === role)?.[1];

interface ControlProps {
  readonly field: OptionField;
  /** What the form begins with, where that is more than the defaults. */
  readonly fields?: Fields;
  /** Whether what was sent does not fit. */
  readonly wrong: boolean;
}

function Control({ field, fields, wrong }: ControlProps) {
  const name = optionName(field.name), id = `field-${field.name}`;
  const fallback = field.default === undefined ? "" : shown(field.default);
  const value = fields ? fields.get(name) ?? "" : fallback;
  const shared = {
    id,
    name,
    "aria-describedby": `${id}-help`,
    "aria-invalid": wrong ? "true" as const : undefined,
  };
  if (field.role === "objective") {
    const { required } = field;
    return (
      <Island
        of={ObjectiveField}
        props={{ id, name, value, required, describedBy: `${id}-help`, wrong }}
      />
    );
  }
  const numeric = field.type === "number" || field.type === "integer";
  if (field.type === "boolean") {
    const checked = fields ? fields.has(name) : field.default === true;
    return <input {...shared} type="checkbox" value="true" checked={checked} />;
  }
  if (field.choices) {
    return (
      <select {...shared}>
        {!field.required && field.default === undefined && <option value="">default</option>}
        {field.choices.map((choice) => (
          <option key={choice} value={choice} selected={choice === value}>{choice}</option>
        ))}
      </select>
    );
  }
  return (
    <input
      {...shared}
      type={numeric ? "number" : "text"}
      step={numeric ? field.type === "integer" ? 1 : "any" : undefined}
      min={field.minimum}
      max={field.maximum}
      value={value}
      required={field.required}
      placeholder={field.required ? undefined : "default"}
      list={listOf(field.role)}
      autoComplete="off"
      spellcheck={false}
    />
  );
}

/** A field with its label and what it means. */
export function OptionControl(props: ControlProps) {
  const { field } = props;
  return (
    <div class={field.role === "objective" ? "field long" : "field"}>
      <label for={`field-${field.name}`}>{field.label}</label>
      <Control {...props} />
      <p class="quiet" id={`field-${field.name}-help`}>{inLabels(field.description)}</p>
    </div>
  );
}
