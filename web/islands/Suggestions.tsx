/** @jsxImportSource npm:preact@10.29.8 */
/** Lets a form's lists of names follow the model that is chosen. */
import { useEffect, useRef } from "../../deps/preact_hooks.ts";
import { modelOf, wordsOf } from "./_vocabulary.ts";

/** Fills a list; one that stays the same is left alone, for it may be open. */
function fill(id: string, names: readonly string[]): void {
  const list = document.getElementById(id);
  if (!list) return;
  const listed = [...list.children].map((option) => (option as HTMLOptionElement).value);
  if (listed.join("\n") === names.join("\n")) return;
  list.replaceChildren(
    ...names.map((value) => Object.assign(document.createElement("option"), { value })),
  );
}

/** @param props Ids of the lists, which stand in the same form. */
export function Suggestions({ layers, classes }: { layers: string; classes: string }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const models = modelOf(place.current!.closest("form")!);
    const follow = async () => {
      const model = models.value, words = await wordsOf(model);
      if (!words || models.value !== model) return;
      fill(layers, words.layers);
      fill(classes, words.classes);
    };
    models.addEventListener("change", follow);
    follow();
    return () => models.removeEventListener("change", follow);
  }, []);
  return <span ref={place} hidden />;
}
Suggestions.displayName = "Suggestions";
