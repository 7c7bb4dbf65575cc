/** @jsxImportSource npm:preact@10.29.8 */
/** A picture, what networks say of it, and a wall of what speaks for an answer. */
import { useEffect, useMemo, useState } from "../../deps/preact_hooks.ts";
import { ModelOptions } from "../components/ModelOptions.tsx";
import { type Ends, paletteOf } from "../paint.ts";
import { modelName } from "../../run/model_name.ts";
import { sameScene } from "../same_scene.ts";
import { clippedEnds, commonEnds } from "../wall_maps.ts";
import { classNames } from "./_ask.ts";
import { BROUGHT, type Brought } from "./_bring.ts";
import { Choose } from "./_Choose.tsx";
import { canvasOf, cut, type Ground, type Look, pixelsOf, type Spot } from "./_Drawing.tsx";
import { Keep } from "./_Keep.tsx";
import { Photo, usePhoto } from "./_Photo.tsx";
import { AnswersList } from "./_Answers.tsx";
import { type Asking, type FinishedMap, type Question, useQuestion } from "./_use_question.ts";
import { CLIP, type Sharing, WallControls } from "./_WallControls.tsx";
import { type ShownTechnique, WallTile } from "./_WallTile.tsx";

export interface ExplainProps {
  readonly picture?: Brought;
  /** One, or two beside each other. */
  readonly questions: readonly Question[];
  /** Ids. */
  readonly models: readonly string[];
  /** Names of the sample pictures. */
  readonly samples: readonly string[];
  readonly techniques: readonly ShownTechnique[];
  readonly colours: readonly {
    readonly id: string;
    readonly title: string;
    readonly stops: readonly string[];
  }[];
  /** Whether the address names a picture that is not kept any more. */
  readonly lost: boolean;
}

/** How far an arrow key moves the spot, in shares of the picture; and with Shift. */
const STEP = 1 / 64, STRIDE = 1 / 8;
/** So many networks are a button each; more are a list. */
const FEW_MODELS = 3;
/** How long each of both is seen while blinking, in ms: slower than three flashes a second. */
const BLINK_MS = 500;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function addressOf(picture: Brought | undefined, questions: readonly Question[]): string {
  const params = new URLSearchParams();
  if (picture) params.set("picture", picture.token);
  questions.forEach((question, i) => {
    const n = i ? String(i + 1) : "";
    params.set(`model${n}`, question.model);
    if (question.class !== undefined) params.set(`class${n}`, String(question.class));
  });
  return `${location.pathname}?${params}`;
}

function groundOf({ answers }: Asking, photo: HTMLImageElement | undefined): Ground | undefined {
  if (!answers) return undefined;
  // a browser that reads the picture in another size would cut another part
  const fits = photo && photo.naturalWidth === answers.width &&
    photo.naturalHeight === answers.height;
  const part = fits ? cut(photo, answers.part) : undefined;
  const same = part && sameScene(pixelsOf(part, answers.seen), answers.seen.data);
  return { photo: same ? part : undefined, seen: canvasOf(answers.seen) };
}

export function Explain(props: ExplainProps) {
  const { models, samples, techniques, colours } = props;
  const [picture, setPicture] = useState(props.picture);
  const [questions, setQuestions] = useState(props.questions);
  const [look, setLook] = useState<Look>({ top: 1, outlined: false, pixels: false });
  const [sharing, setSharing] = useState<Sharing>("own");
  const [large, setLarge] = useState<string>();
  const [spot, setSpot] = useState<Spot>();
  const [blinking, setBlinking] = useState(false), [hidden, setHidden] = useState(false);
  const [alive, setAlive] = useState(false);
  const palettes = useMemo(
    () => new Map(colours.map(({ id, stops }) => [id, paletteOf(stops)])),
    [colours],
  );

  const ids = useMemo(() => techniques.map(({ id }) => id), [techniques]);
  const put = (n: number, question: Question) =>
    setQuestions((now) => now.map((old, i) => i === n ? question : old));
  const chosen = (n: number) => (index: number) =>
    setQuestions((now) =>
      now.map((old, i) => i === n && old.class === undefined ? { ...old, class: index } : old)
    );
  // before the script runs, nothing is asked
  const token = alive ? picture?.token : undefined;
  const first = useQuestion(token, questions[0], ids, chosen(0));
  const second = useQuestion(token, questions[1], ids, chosen(1));
  const askings = [first, second].slice(0, questions.length);
  const photo = usePhoto(token);
  const grounds = useMemo(
    () => [first, second].map((asking) => groundOf(asking, photo)),
    [first.answers, second.answers, photo],
  );

  useEffect(() => {
    setAlive(true);
    const brought = (event: Event) => {
      event.preventDefault();
      show((event as CustomEvent<Brought>).detail);
    };
    document.addEventListener(BROUGHT, brought);
    return () => document.removeEventListener(BROUGHT, brought);
  }, []);
  useEffect(() => {
    if (alive && picture) history.replaceState(null, "", addressOf(picture, questions));
  }, [alive, picture, questions]);
  useEffect(() => {
    setHidden(false);
    if (!blinking) return;
    const timer = setInterval(() => setHidden((now) => !now), BLINK_MS);
    return () => clearInterval(timer);
  }, [blinking]);

  /** Shows another picture: what was asked of the one before is not asked of it. */
  function show(next: Brought): void {
    setQuestions((now) => now.map(({ model }) => ({ model })));
    setPicture(next);
    document.title = `Explain ${next.name} · Phosphene`;
  }

  const addClass = () => {
    const [{ model, class: wanted }] = questions;
    const other = first.answers?.classes.find(({ index }) => index !== wanted);
    setQuestions([questions[0], { model, class: other?.index ?? wanted }]);
  };
  const addModel = async (model: string) => {
    const [{ model: own, class: wanted }] = questions;
    const [mine, theirs] = await Promise.all([own, model].map(classNames));
    // the same class there, where it has one of that name
    const there = wanted === undefined ? -1 : theirs.indexOf(mine[wanted]);
    setQuestions([questions[0], { model, class: there < 0 ? undefined : there }]);
  };

  const done = (asking: Asking, id?: string): FinishedMap[] =>
    [...asking.tiles].flatMap(([technique, tile]) =>
      tile.at === "done" && (id === undefined || id === technique) ? [tile.map] : []
    );
  const common = useMemo<(map: FinishedMap) => Ends | undefined>(() => {
    if (sharing === "own") return () => undefined;
    if (sharing === "clipped") return (map) => clippedEnds(map, CLIP);
    const ends = new Map(["", ...ids].map((id) => {
      const maps = askings.flatMap((asking) => done(asking, id || undefined));
      return [
        id,
        [true, false].map((signed) =>
          commonEnds(maps.filter(({ diverging }) => diverging === signed))
        ),
      ];
    }));
    return (map) => ends.get(sharing === "all" ? "" : map.technique)![map.diverging ? 0 : 1];
  }, [sharing, first.tiles, second.tiles, questions.length]);

  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (event.key === "b") setBlinking(!blinking);
    else if (event.key === "Escape" && (large || spot)) {
      setLarge(undefined);
      setSpot(undefined);
    } else if (arrow) {
      const from = spot ?? { x: 0.5, y: 0.5 }, far = event.shiftKey ? STRIDE : STEP;
      const within = (n: number) => Math.min(1 - STEP / 2, Math.max(STEP / 2, n));
      setSpot({ x: within(from.x + arrow[0] * far), y: within(from.y + arrow[1] * far) });
    } else return;
    event.preventDefault();
  };

  if (models.length === 0) return <p>This gallery was opened without a model.</p>;
  if (!picture) return <Choose samples={samples} onPicture={show} compact={false} />;
  const others = models.filter((id) => id !== questions[0].model),
    beside = questions.length > 1;
  const isSlow = (id: string) => askings.some(({ slow }) => slow.has(id));
  const walls = [
    { title: "Techniques", quick: true, shown: techniques.filter(({ id }) => !isSlow(id)) },
    { title: "These take longer", quick: false, shown: techniques.filter(({ id }) => isSlow(id)) },
  ].filter(({ shown }) => shown.length > 0);
  const nameOf = ({ answers, tiles }: Asking, { class: wanted, model }: Question) => {
    const found = answers?.classes.find(({ index }) => index === wanted);
    const told = [...tiles.values()].find((tile) => tile.at === "done");
    const label = found?.label ?? (told?.at === "done" ? told.map.target.label : `class ${wanted}`);
    return beside && questions[0].model !== questions[1].model
      ? `${label}, ${modelName(model)}`
      : label;
  };
  return (
    <div class={beside ? "explainer beside" : "explainer"}>
      <h1 class="hidden">{`Explain ${picture.name}`}</h1>
      <div class="asked">
        <Photo
          picture={picture}
          model={questions[0].model}
          asking={first}
          unlike={photo !== undefined && grounds[0] !== undefined && !grounds[0].photo}
        />
        <div class="askings">
          {questions.map((question, n) => (
            <AnswersList
              key={n}
              id={`ask${n}`}
              picture={picture.token}
              place={beside ? `${n + 1} of 2` : ""}
              question={question}
              asking={askings[n]}
              models={models}
              onQuestion={(question) => put(n, question)}
              onRemove={beside
                ? () => setQuestions(questions.filter((_, i) => i !== n))
                : undefined}
            />
          ))}
        </div>
        {!beside && (
          <div class="buttons wrap" role="group" aria-label="Beside it">
            <button type="button" onClick={addClass} disabled={!first.answers}>
              Second class
            </button>
            {others.length > FEW_MODELS
              ? (
                <select
                  aria-label="Another network beside it"
                  value=""
                  onChange={(event) => addModel(event.currentTarget.value)}
                >
                  <option value="">Beside another network…</option>
                  <ModelOptions ids={others} />
                </select>
              )
              : others.map((id) => (
                <button
                  key={id}
                  type="button"
                  onClick={() => addModel(id)}
                >
                  {`Beside ${modelName(id)}`}
                </button>
              ))}
          </div>
        )}
        <Choose samples={samples} onPicture={show} compact />
      </div>
      <div class="explained">
        <WallControls
          look={look}
          onLook={setLook}
          sharing={sharing}
          onSharing={setSharing}
          colours={colours}
          blinking={blinking}
          onBlink={() => setBlinking(!blinking)}
          beside={beside}
        />
        <div class="about-wall">
          <p class="for">
            {questions.map((question, n) => (
              <span key={n}>
                {n > 0 && <span class="quiet beside-it">beside</span>}
                {question.class === undefined
                  ? (
                    <span class="quiet">
                      {askings[n].fault ? "Nothing to explain." : "Looking…"}
                    </span>
                  )
                  : (
                    <>
                      What speaks for <strong>{nameOf(askings[n], question)}</strong>
                    </>
                  )}
              </span>
            ))}
          </p>
          <Keep picture={picture} questions={questions} askings={askings} />
        </div>
        <div
          class="walls"
          role="group"
          tabIndex={0}
          aria-label="Explanations. Arrow keys read the same place in all; b blinks with the picture."
          onKeyDown={pressed}
        >
          {walls.map(({ title, shown, quick }) => (
            <section key={title}>
              <h2 class={quick ? "hidden" : undefined}>{title}</h2>
              <ul class="wall">
                {shown.map((technique) => (
                  <WallTile
                    key={technique.id}
                    technique={technique}
                    sides={questions.map((question, n) => ({
                      tile: askings[n].tiles.get(technique.id) ?? { at: "waiting" },
                      ground: grounds[n],
                      name: nameOf(askings[n], question),
                      compute: () => askings[n].compute(technique.id),
                    }))}
                    look={look}
                    endsOf={common}
                    palettes={palettes}
                    hidden={hidden}
                    large={large === technique.id}
                    onLarge={() => setLarge(large === technique.id ? undefined : technique.id)}
                    spot={spot}
                    onSpot={setSpot}
                  />
                ))}
              </ul>
            </section>
          ))}
        </div>
      </div>
    </div>
  );
}
Explain.displayName = "Explain";
