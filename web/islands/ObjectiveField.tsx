/** @jsxImportSource npm:preact@10.29.8 */
/** A field for an objective: a combobox that completes what stands at the cursor, and tells mistakes. */
import { useEffect, useRef, useState } from "../../deps/preact_hooks.ts";
import { complete, type Completion, type Suggestion } from "../completion.ts";
import { paths } from "../site.ts";
import { modelOf, wordsOf } from "./_vocabulary.ts";

export interface ObjectiveFieldProps {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly required: boolean;
  /** Id of its help. */
  readonly describedBy: string;
  /** Whether what was sent does not fit. */
  readonly wrong: boolean;
}

/** Between the last key pressed and the check, in ms. */
const TYPING_MS = 500;

export function ObjectiveField(props: ObjectiveFieldProps) {
  const { id, name, value, required, describedBy, wrong } = props;
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(), asked = useRef<AbortController>();
  const [alive, setAlive] = useState(false);
  const [completion, setCompletion] = useState<Completion>();
  const [active, setActive] = useState(-1);
  const [mistake, setMistake] = useState("");
  const suggestions = completion?.suggestions ?? [], open = suggestions.length > 0;
  const option = (n: number) => `${id}-offer-${n}`;

  /** Offers what could stand at the cursor; `first` makes the first offer the active one. */
  const look = async (first = false) => {
    const field = input.current!, { value, selectionStart: at } = field;
    const words = await wordsOf(modelOf(field.form!).value);
    const changed = field.value !== value || field.selectionStart !== at;
    if (!words || changed || document.activeElement !== field) return;
    const found = complete(value, at!, words);
    setCompletion(found);
    setActive(found?.suggestions.length && (first || found.likely) ? 0 : -1);
  };
  const close = () => {
    setCompletion(undefined);
    setActive(-1);
  };
  const choose = ({ text }: Suggestion) => {
    const field = input.current!, { from, to } = completion!;
    field.focus();
    field.setSelectionRange(from, to);
    document.execCommand("insertText", false, text); // typed, as it were: it can be undone
  };

  const check = async () => {
    const field = input.current!, { value } = field;
    asked.current?.abort();
    const { signal } = asked.current = new AbortController();
    if (!value.trim()) return setMistake("");
    try {
      const response = await fetch(paths.check(modelOf(field.form!).value, value), { signal });
      // what is too long to be looked at is not wrong yet
      setMistake(response.ok ? (await response.json()).fault ?? "" : "");
    } catch {
      // a later question takes its place, or the server is gone, which the form will say
    }
  };
  const checkSoon = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(check, TYPING_MS);
  };

  useEffect(() => {
    setAlive(true);
    checkSoon(); // what the browser has kept of an earlier visit
    const models = modelOf(input.current!.form!);
    models.addEventListener("change", checkSoon);
    return () => {
      clearTimeout(timer.current);
      asked.current?.abort();
      models.removeEventListener("change", checkSoon);
    };
  }, []);
  useEffect(() => {
    document.getElementById(option(active))?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const pressed = (event: KeyboardEvent) => {
    const { key } = event, { length } = suggestions;
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === "ArrowDown" || key === "ArrowUp") {
      if (!open) look(true);
      else if (key === "ArrowDown") setActive((active + 1) % length);
      else setActive((Math.max(active, 0) + length - 1) % length);
    } else if ((key === "Enter" || key === "Tab" && !event.shiftKey) && active >= 0) {
      choose(suggestions[active]);
    } else if (key === "Escape" && completion) {
      close();
    } else return;
    event.preventDefault();
  };
  const moved = ({ key }: KeyboardEvent) => {
    if (completion && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) look();
  };

  return (
    <div class="completed">
      <input
        ref={input}
        id={id}
        name={name}
        type="text"
        defaultValue={value}
        required={required}
        placeholder={required ? undefined : "default"}
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        aria-describedby={alive ? `${describedBy} ${id}-mistake` : describedBy}
        aria-invalid={wrong || mistake ? "true" : undefined}
        {...(alive && {
          role: "combobox",
          "aria-autocomplete": "list",
          "aria-expanded": open,
          "aria-controls": `${id}-offers`,
          "aria-activedescendant": active < 0 ? undefined : option(active),
        })}
        onInput={() => {
          setMistake(""); // it was about another text
          look();
          checkSoon();
        }}
        onClick={() => look()}
        onKeyDown={pressed}
        onKeyUp={moved}
        onBlur={close}
      />
      {alive && (
        <div
          class="offers"
          hidden={!completion}
          onMouseDown={(event) => event.preventDefault()} // the cursor stays in the field
        >
          <ul id={`${id}-offers`} role="listbox" aria-label="What can stand here" hidden={!open}>
            {suggestions.map((suggestion, n) => (
              <li
                key={suggestion.label}
                id={option(n)}
                role="option"
                aria-selected={n === active}
                onClick={() => choose(suggestion)}
              >
                <code>
                  {suggestion.label}
                  {suggestion.takes && <span class="quiet">{suggestion.takes}</span>}
                </code>
                {suggestion.about && <p>{suggestion.about}</p>}
              </li>
            ))}
          </ul>
          {completion?.about && <p>{completion.about}</p>}
        </div>
      )}
      {alive && <p class="mistake" id={`${id}-mistake`} role="status">{mistake}</p>}
    </div>
  );
}
ObjectiveField.displayName = "ObjectiveField";
