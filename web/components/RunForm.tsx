/** The form that asks for a run, written from the technique's own options. */
import { type OptionField, optionFields } from "../../core/options.ts";
import type { Technique } from "../../run/technique.ts";
import { optionName, takesPicture } from "../_form.ts";
import type { ModelChoice, Sample } from "../gallery.ts";
import { paths, useSite } from "../site.ts";
import { shown } from "./Facts.tsx";

/** What the fields hold; after a mistake, what was sent. */
type Held = (name: string) => string | undefined;

/** Options that take the name of a layer, and the id of the list that suggests some. */
const LAYER_OPTIONS = new Set(["layer", "layers"]), LAYERS = "layers";

function Control({ field, held, fresh }: { field: OptionField; held: Held; fresh: boolean }) {
  const name = optionName(field.name), id = `field-${field.name}`;
  const value = held(name) ?? (fresh && field.default !== undefined ? shown(field.default) : "");
  const shared = { id, name, "aria-describedby": `${id}-help` };
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
      list={LAYER_OPTIONS.has(field.name) ? LAYERS : undefined}
      autoComplete="off"
      spellcheck={false}
    />
  );
}

export function RunForm({ technique, models, layers, samples, sent, fault }: {
  technique: Technique;
  models: readonly ModelChoice[];
  /** Names of the models' layers. */
  layers: readonly string[];
  samples: readonly Sample[];
  /** What was sent before, where there was a mistake in it. */
  sent?: FormData;
  /** What was wrong. */
  fault?: string;
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
      {fault && <p class="fault" role="alert">{fault}</p>}
      {takes !== "none" && (
        <fieldset>
          <legend>Picture{takes === "optional" && <span class="quiet">(optional)</span>}</legend>
          <label>
            <span>From this machine: PNG, JPEG, WebP or GIF, at most 20 MB</span>
            <input
              type="file"
              name="picture"
              accept="image/png,image/jpeg,image/webp,image/gif"
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
        <legend>Network</legend>
        <label>
          <span>Model</span>
          <select name="model">
            {models.map(({ id }) => (
              <option key={id} value={id} selected={held("model") === id}>{id}</option>
            ))}
          </select>
        </label>
      </fieldset>
      <fieldset>
        <legend>Options</legend>
        <datalist id={LAYERS}>
          {layers.map((name) => <option key={name} value={name} />)}
        </datalist>
        {optionFields(technique.options).map((field) => (
          <div class="field" key={field.name}>
            <label for={`field-${field.name}`}>{field.flag.replaceAll("-", " ")}</label>
            <Control field={field} held={held} fresh={!sent} />
            <p class="quiet" id={`field-${field.name}-help`}>{field.description}</p>
          </div>
        ))}
        <div class="field">
          <label for="field-seed">seed</label>
          <input id="field-seed" name="seed" type="number" step={1} value={held("seed") ?? "0"} />
          <p class="quiet">The same seed and options give the same run</p>
        </div>
      </fieldset>
      <button type="submit" class="primary">{`Run ${technique.title}`}</button>
    </form>
  );
}
