/** @jsxImportSource npm:preact@10.29.8 */
/** Keeps what is on the wall. */
import { useRef, useState } from "../../deps/preact_hooks.ts";
import { plural } from "../components/format.ts";
import { ask } from "./_ask.ts";
import type { Brought } from "./_bring.ts";
import type { Asking, Question } from "./_use_question.ts";

/** Keeps finished maps as runs; tells how many. */
export function Keep({ picture, questions, askings }: {
  picture: Brought;
  questions: readonly Question[];
  askings: readonly Asking[];
}) {
  const [state, setState] = useState<{ kept: number; of: number; over: boolean; fault?: string }>();
  const before = useRef(new Set<string>());
  const wanted = questions.flatMap((question, q) => {
    const ids = [...askings[q].tiles].flatMap(([id, tile]) =>
      tile.at === "done" && !before.current.has(keyOf(picture, question, id)) ? [id] : []
    );
    return ids.length ? [{ question, ids }] : [];
  });
  const most = wanted.reduce((n, { ids }) => n + ids.length, 0);
  const keep = async () => {
    let kept = 0;
    setState({ kept, of: most, over: false });
    try {
      for (const { question, ids } of wanted) {
        const asked = { picture: picture.token, ...question, techniques: ids };
        await ask("keep", asked, (news) => {
          if (news.type !== "kept") return;
          before.current.add(keyOf(picture, question, news.technique));
          setState({ kept: ++kept, of: most, over: false });
        });
      }
      setState({ kept, of: most, over: true });
    } catch (error) {
      setState({ kept, of: most, over: true, fault: (error as Error).message });
    }
  };
  return (
    <span class="keep">
      <button
        type="button"
        class="primary"
        disabled={most === 0 || state?.over === false}
        onClick={keep}
      >
        {most > 0 ? `Keep ${plural(most, "map")}` : "Keep"}
      </button>
      <span role="status">
        {state && !state.over && `Kept ${state.kept} of ${state.of}`}
        {state?.over && (
          <a href={`/?q=${encodeURIComponent(picture.name)}`}>
            {`${plural(state.kept, "run")} kept`}
          </a>
        )}
        {state?.fault && ` ${state.fault}`}
      </span>
    </span>
  );
}

const keyOf = (picture: Brought, question: Question, technique: string) =>
  JSON.stringify([picture.token, question, technique]);
