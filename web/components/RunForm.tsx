/** @jsxImportSource npm:preact@10.29.8 */
/** The form that asks for runs, written from the technique's own options. */
import type { ComponentChildren } from "../../deps/preact.ts";
import type { UserError } from "../../core/errors.ts";
import type { Technique } from "../../run/technique.ts";
import type { Fields } from "../_fields.ts";
import { takesPicture } from "../_form.ts";
import { optionsFor, type Purpose } from "../_groups.ts";
import { inLabels } from "../_say.ts";
import type { ModelChoice, Sample } from "../gallery.ts";
import { type KeptPicture, PictureField } from "../islands/PictureField.tsx";
import { Suggestions } from "../islands/Suggestions.tsx";
import { paths, useSite } from "../site.ts";
import { MAX_KEPT_BYTES } from "../uploads.ts";
import { ModelOptions } from "./ModelOptions.tsx";
import { Island } from "./Island.tsx";
import { LISTS, OptionControl } from "./OptionControl.tsx";
import { SeedField } from "./SeedField.tsx";
import { SweepFields } from "./SweepFields.tsx";

/** Of the pictures that the gallery keeps, what one form may have: others come meanwhile. */
const MOST_BYTES = MAX_KEPT_BYTES * 3 / 4;

const List = ({ id, names }: { id: string; names: readonly string[] }) => (
  <datalist id={id}>
    {names.map((name) => <option key={name} value={name} />)}
  </datalist>
);

/** Fields with a heading; nothing where there are none. */
function Group({ title, children }: { title: ComponentChildren; children: ComponentChildren }) {
  const some = [children].flat(Infinity).some((child) => child);
  return some
    ? (
      <fieldset>
        <legend>{title}</legend>
        {children}
      </fieldset>
    )
    : null;
}

const TargetField = ({ fields, fault }: { fields?: Fields; fault?: UserError }) => (
  <div class="field">
    <label for="field-target">target</label>
    <input
      id="field-target"
      name="target"
      value={fields?.get("target") ?? ""}
      aria-invalid={fault?.option === "target" ? "true" : undefined}
      aria-describedby="field-target-help"
    />
    <p class="quiet" id="field-target-help">
      More than a class: a difference (cat - dog), a mean (mean(cat, dog)) or, of a network that
      gives scores for every place, a class in a row and column (3@12:20)
    </p>
  </div>
);

export interface RunFormProps {
  readonly technique: Technique;
  readonly models: readonly ModelChoice[];
  /** Names of the models' layers. */
  readonly layers: readonly string[];
  /** Ids of the attributions. */
  readonly techniques: readonly string[];
  readonly samples: readonly Sample[];
  /** What the form begins with, where that is more than the defaults. */
  readonly fields?: Fields;
  /** The pictures that it chooses, of those that were sent before. */
  readonly kept: readonly Omit<KeptPicture, "src">[];
  /** What could not be taken over, in sentences. */
  readonly notes: readonly string[];
  /** What was wrong. */
  readonly fault?: UserError;
}

export function RunForm(props: RunFormProps) {
  const { technique, models, layers, techniques, samples, fields, kept, notes, fault } = props;
  const { href } = useSite(), takes = takesPicture(technique);
  const controls = (purpose: Purpose) =>
    optionsFor(technique, purpose).map((field) => (
      <OptionControl
        key={field.name}
        field={field}
        fields={fields}
        wrong={fault?.option === field.name}
      />
    ));
  const explains = technique.kind === "attribution";
  return (
    <form
      class="make"
      method="post"
      action={href(paths.make(technique.id))}
      encType="multipart/form-data"
    >
      {fault && <p class="fault" role="alert">{inLabels(fault)}</p>}
      {notes.map((note) => <p class="fault" key={note}>{note}</p>)}
      {takes !== "none" && (
        <fieldset>
          <legend>
            Picture {takes === "optional" && <span class="quiet">(optional)</span>}
          </legend>
          <Island
            of={PictureField}
            props={{
              required: takes === "required",
              kept: kept.map(({ token, name }) => ({
                token,
                name,
                src: href(paths.picture(token)),
              })),
              samples: samples.map(({ name }) => ({ name, src: href(paths.picture(name)) })),
              chosen: fields?.get("sample") ?? (takes === "required" ? samples[0]?.name ?? "" : ""),
              most: MOST_BYTES,
              pictures: href("/pictures"),
            }}
          />
        </fieldset>
      )}
      <fieldset>
        <legend>Model</legend>
        <label>
          <span class="hidden">Model</span>
          <select name="model">
            <ModelOptions ids={models.map(({ id }) => id)} chosen={fields?.get("model")} />
          </select>
        </label>
        <List id={LISTS.class} names={[]} />
        <List id={LISTS.layer} names={layers} />
        <List id={LISTS.technique} names={techniques} />
        <Island of={Suggestions} props={{ layers: LISTS.layer, classes: LISTS.class }} />
      </fieldset>
      <Group title={explains ? "What is explained" : "What it looks for"}>
        {controls("what")}
        {explains && <TargetField fields={fields} fault={fault} />}
      </Group>
      <Group title="How it is computed">
        {controls("how")}
        <SeedField fields={fields} />
        <SweepFields technique={technique} fields={fields} wrong={fault?.option === "values"} />
      </Group>
      <Group title="How it is shown">{controls("look")}</Group>
      <button type="submit" class="primary">{`Run ${technique.title}`}</button>
    </form>
  );
}
