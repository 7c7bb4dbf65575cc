/** @jsxImportSource npm:preact@10.29.8 */
/** Keeps what is on the wall. */
import { useRef, useState } from "../../deps/preact_hooks.ts";
import { plural } from "../components/format.ts";
import { ask } from "./_ask.ts";
import type { Brought } from "./_bring.ts";
import type { Asking, Question } from "./_use_question.ts";

/** How far it is; of which picture, for nothing of it is said beside another. */
interface State {
  readonly picture: string;
  readonly kept: number;
  readonly of: number;
  readonly over: boolean;
  /** Why some were not kept. */
  readonly fault?: string;
}

/** Keeps finished maps as runs; tells how many. */
export function Keep({ picture, questions, askings }: {
  picture: Brought;
  questions: readonly Question[];
  askings: readonly Asking[];
}) {
  const [last, setState] = useState<State>();
  const before = useRef(new Set<string>());
  const state = last && (!last.over || last.picture === picture.token) ? last : undefined;
  const wanted = questions.flatMap((question, q) => {
    const ids = [...askings[q].tiles].flatMap(([id, tile]) =>
      tile.at === "done" && !before.current.has(keyOf(picture, question, id)) ? [id] : []
    );
    return ids.length ? [{ question, ids }] : [];
  });
  const most = wanted.reduce((n, { ids }) => n + ids.length, 0);
  const keep = async () => {
    let state: State = { picture: picture.token, kept: 0, of: most, over: false };
    const tell = (news: Partial<State>) => setState(state = { ...state, ...news });
    tell({});
    try {
      for (const { question, ids } of wanted) {
        const asked = { picture: picture.token, ...question, techniques: ids };
        await ask("keep", asked, (news) => {
          if (news.type === "fault") tell({ fault: news.message });
          if (news.type !== "kept") return;
          before.current.add(keyOf(picture, question, news.technique));
          tell({ kept: state.kept + 1 });
        });
      }
    } catch (error) {
      tell({ fault: (error as Error).message });
    }
    tell({ over: true });
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
        {state?.over && state.kept > 0 && (
          <a href={`/?q=${encodeURIComponent(picture.name)}`}>
            {`${plural(state.kept, "run")} kept`}
          </a>
        )}
        {state?.fault && <span class="mistake">{` ${state.fault}`}</span>}
      </span>
    </span>
  );
}

const keyOf = (picture: Brought, question: Question, technique: string) =>
  JSON.stringify([picture.token, question, technique]);
