/** @jsxImportSource npm:preact@10.29.8 */
/** The form that asks for a run, written from the technique's own options. */
import type { UserError } from "../../core/errors.ts";
import { type OptionField, optionFields, type OptionRole } from "../../core/options.ts";
import type { Technique } from "../../run/technique.ts";
import { optionName, takesPicture } from "../_form.ts";
import { inLabels } from "../_say.ts";
import type { ModelChoice, Sample } from "../gallery.ts";
import { paths, useSite } from "../site.ts";
import { ObjectiveField } from "../islands/ObjectiveField.tsx";
import { shown } from "./Facts.tsx";
import { Island } from "./Island.tsx";

/** What the fields hold; after a mistake, what was sent. */
type Held = (name: string) => string | undefined;

/** Ids of the lists that suggest what options of a role take. */
const LISTS: Partial<Record<OptionRole, string>> = { layer: "layers", technique: "techniques" };

function Control({ field, held, fresh, wrong }: {
  field: OptionField;
  held: Held;
  fresh: boolean;
  /** Whether what was sent does not fit. */
  wrong: boolean;
}) {
  const name = optionName(field.name), id = `field-${field.name}`;
  const value = held(name) ?? (fresh && field.default !== undefined ? shown(field.default) : "");
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
    const checked = fresh ? field.default === true : held(name) !== undefined;
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
      list={field.role && LISTS[field.role]}
      autoComplete="off"
      spellcheck={false}
    />
  );
}

const Suggestions = ({ id, names }: { id?: string; names: readonly string[] }) => (
  <datalist id={id}>
    {names.map((name) => <option key={name} value={name} />)}
  </datalist>
);

export function RunForm({ technique, models, layers, techniques, samples, sent, fault }: {
  technique: Technique;
  models: readonly ModelChoice[];
  /** Names of the models' layers. */
  layers: readonly string[];
  /** Ids of the attributions. */
  techniques: readonly string[];
  samples: readonly Sample[];
  /** What was sent before, where there was a mistake in it. */
  sent?: FormData;
  /** What was wrong. */
  fault?: UserError;
}) {
  const { href } = useSite(), takes = takesPicture(technique);
  const held: Held = (name) => {
    const value = sent?.get(name);
    return typeof value === "string" ? value : undefined;
  };
  return (
    <form
      class="make"
      method="post"
      action={href(paths.make(technique.id))}
      encType="multipart/form-data"
    >
      {fault && <p class="fault" role="alert">{inLabels(fault)}</p>}
      {takes !== "none" && (
        <fieldset>
          <legend>
            Picture {takes === "optional" && <span class="quiet">(optional)</span>}
          </legend>
          <label>
            <span>Your own: PNG, JPEG, WebP, GIF, BMP, TIFF or PPM, at most 20 MB</span>
            <input
              type="file"
              name="picture"
              accept="image/*,.ppm,.pgm,.pbm,.pnm,.pam"
              required={takes === "required" && samples.length === 0}
            />
          </label>
          {samples.length > 0 && (
            <ul class="samples">
              {samples.map(({ name }, i) => (
                <li key={name}>
                  <label>
                    <input
                      type="radio"
                      name="sample"
                      value={name}
                      checked={(held("sample") ?? (takes === "required" ? samples[0].name : "")) ===
                        name}
                    />
                    <img
                      src={href(`/samples/${i}`)}
                      alt={`Sample picture ${name}`}
                      width={96}
                      height={96}
                    />
                  </label>
                </li>
              ))}
            </ul>
          )}
        </fieldset>
      )}
      <fieldset>
        <legend>Model</legend>
        <label>
          <span class="hidden">Model</span>
          <select name="model">
            {models.map(({ id }) => (
              <option key={id} value={id} selected={held("model") === id}>{id}</option>
            ))}
          </select>
        </label>
      </fieldset>
      <fieldset>
        <legend>Options</legend>
        <Suggestions id={LISTS.layer} names={layers} />
        <Suggestions id={LISTS.technique} names={techniques} />
        {optionFields(technique.options).map((field) => (
          <div class={field.role === "objective" ? "field long" : "field"} key={field.name}>
            <label for={`field-${field.name}`}>{field.label}</label>
            <Control
              field={field}
              held={held}
              fresh={!sent}
              wrong={fault?.option === field.name}
            />
            <p class="quiet" id={`field-${field.name}-help`}>{inLabels(field.description)}</p>
          </div>
        ))}
        {technique.kind === "attribution" && (
          <div class="field">
            <label for="field-target">target</label>
            <input
              id="field-target"
              name="target"
              value={held("target") ?? ""}
              aria-invalid={fault?.option === "target" ? "true" : undefined}
              aria-describedby="field-target-help"
            />
            <p class="quiet" id="field-target-help">
              More than a class: a difference (cat - dog), a mean (mean(cat, dog)) or, of a network
              that gives scores for every place, a class in a row and column (3@12:20)
            </p>
          </div>
        )}
        <div class="field">
          <label for="field-seed">seed</label>
          <input id="field-seed" name="seed" type="number" step={1} value={held("seed") ?? "0"} />
          <p class="quiet">The same seed and options give the same result</p>
        </div>
      </fieldset>
      <button type="submit" class="primary">{`Run ${technique.title}`}</button>
    </form>
  );
}
