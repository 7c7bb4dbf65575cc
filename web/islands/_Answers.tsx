/** @jsxImportSource npm:preact@10.29.8 */
/** What a network says of a picture: bars that can be chosen, and a field for any other class. */
import { useEffect, useRef, useState } from "../../deps/preact_hooks.ts";
import { certainty } from "../../core/text.ts";
import { lengths } from "../components/Bars.tsx";
import { ModelOptions } from "../components/ModelOptions.tsx";
import { modelName } from "../../run/model_name.ts";
import { findClass } from "../../run/find_class.ts";
import { paths } from "../site.ts";
import { classNames } from "./_ask.ts";
import type { Asking, Question } from "./_use_question.ts";

function Bar({ length }: { length: number }) {
  const bar = useRef<HTMLSpanElement>(null);
  // set here and not as an attribute: the security policy forbids styles in the page
  useEffect(() => {
    bar.current!.style.width = `${Math.max(0.5, length * 100)}%`;
  }, [length]);
  return (
    <span class="track" aria-hidden="true">
      <span ref={bar} />
    </span>
  );
}

/** A field for the name or number of a class. */
function Named({ model, id, onClass }: {
  model: string;
  id: string;
  onClass(index: number): void;
}) {
  const [names, setNames] = useState<readonly string[]>([]), [fault, setFault] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    let wanted = true;
    setNames([]);
    setFault("");
    classNames(model).then((names) => wanted && setNames(names), () => {});
    return () => void (wanted = false);
  }, [model]);
  const choose = async (event: Event) => {
    event.preventDefault();
    const { value } = field.current!;
    if (!value.trim()) return;
    try {
      const index = findClass(await classNames(model), value, modelName(model));
      setFault("");
      field.current!.value = "";
      onClass(index);
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <form class="named" onSubmit={choose}>
      <label>
        <span>Another class</span>
        <input
          ref={field}
          list={names.length ? `${id}-names` : undefined}
          placeholder="name or number"
          autoComplete="off"
          spellcheck={false}
          aria-invalid={fault ? "true" : undefined}
          aria-describedby={`${id}-fault`}
        />
      </label>
      <datalist id={`${id}-names`}>
        {[...new Set(names)].map((name) => <option key={name} value={name} />)}
      </datalist>
      <button type="submit">Explain</button>
      <p id={`${id}-fault`} class="mistake" role="status">{fault}</p>
    </form>
  );
}

export function AnswersList(
  { id, place, picture, question, asking, models, onQuestion, onRemove }: {
    id: string;
    /** Which of those beside each other. */
    place: string;
    /** Token of the picture. */
    picture: string;
    question: Question;
    asking: Asking;
    models: readonly string[];
    onQuestion(question: Question): void;
    /** Takes this one away, where another stays. */
    onRemove?: () => void;
  },
) {
  const { answers, fault, tiles } = asking, { model } = question, name = modelName(model);
  const explained = [...tiles.values()].find((tile) => tile.at === "done");
  const target = explained?.at === "done" && explained.map.target.index === question.class
    ? explained.map.target
    : undefined;
  const classes = answers?.classes ?? [];
  const shown = target && !classes.some(({ index }) => index === target.index)
    ? [...classes, target]
    : classes;
  const long = lengths(shown);
  return (
    <section class="asking" aria-label={[`What ${name} says`, place].filter(Boolean).join(", ")}>
      <div class="head">
        <label>
          <span class="hidden">Model</span>
          <select
            value={model}
            onChange={(event) =>
              onQuestion({ model: event.currentTarget.value })}
          >
            <ModelOptions ids={models} chosen={model} />
          </select>
        </label>
        {onRemove && (
          <button type="button" onClick={onRemove} aria-label={`Take ${name} away`}>×</button>
        )}
      </div>
      <p class="also">
        <a href={`${paths.model(model)}?${new URLSearchParams({ picture })}`}>
          Its layers on this picture
        </a>
      </p>
      {fault && (
        <p class="fault" role="alert">
          {fault} <button type="button" onClick={asking.again}>Ask again</button>
        </p>
      )}
      <ol class="answers" aria-busy={!answers && !fault}>
        {shown.map((answer, i) => (
          <li key={answer.index}>
            <button
              type="button"
              aria-pressed={answer.index === question.class}
              onClick={() => onQuestion({ model, class: answer.index })}
            >
              <span class="name">{answer.label}</span>
              <span class="number">{certainty(answer)}</span>
              <Bar length={long[i]} />
            </button>
          </li>
        ))}
        {!answers && !fault && Array.from({ length: 5 }, (_, i) => <li key={i} class="ghost" />)}
      </ol>
      <Named
        model={model}
        id={id}
        onClass={(index) =>
          onQuestion({ model, class: index })}
      />
    </section>
  );
}
