/** @jsxImportSource npm:preact@10.29.8 */
/** Places that may give a class away: what was tried, what came of it, and what it looked like. */
import { opposite } from "../../report/covers.ts";
import type { Cover, Shortcut, Shot, Trial } from "../../report/data.ts";
import { isBeyond } from "../../report/proof.ts";
import { percent, plural } from "../components/format.ts";
import { Section } from "../components/Section.tsx";
import { between, share } from "./_shares.ts";

/** What a place was covered by. */
const COVERS: Readonly<Record<Cover, string>> = {
  mean: "what pictures of other classes have there, on the mean",
  around: "what lies around it, blurred",
};

/** What trials came to, in a sentence. */
function outcomeOf({ covered, proven }: Shortcut) {
  if (proven) return <strong>The network goes by it.</strong>;
  const doing = (Object.keys(COVERS) as Cover[]).filter((cover) => isBeyond(covered[cover]));
  return doing.length === 0
    ? "It is bright, but changing it does not change more answers than changing any place does."
    : `Only covering it by ${
      doing.map((cover) => COVERS[cover]).join()
    } changes answers: that may be the cover’s doing, so nothing is proven.`;
}

const trialText = ({ count, share: own, control }: Trial) =>
  `${share(own.mean)} of ${count} (95 %: ${between(own)}; the opposite place: ${
    share(control.mean)
  })`;

/** What was done to a picture, in words. */
function doneTo({ how, name }: Shot, [first]: readonly Shot[], place: string): string {
  if (how === "donor") return `${name}: ${place} is taken from it`;
  if (how === "unchanged") return `${name}, as it is`;
  if (how === "mean" || how === "around") return `${place} covered by ${COVERS[how]}`;
  if (how === "pasted") return `the same, with ${place} of ${first.name}`;
  return first.how === "donor"
    ? `the same, with the opposite place of ${first.name} instead`
    : "the opposite place covered instead";
}

/** One picture after another, each with what was done to it and what the network said. */
function Row({ shots, shortcut: { class: label, place } }: {
  readonly shots: readonly Shot[];
  readonly shortcut: Shortcut;
}) {
  return (
    <ol class="shots">
      {shots.map((shot) => {
        const { rows, columns } = shot.how === "opposite" ? opposite(place) : place;
        const box = {
          ...{ x: columns[0], y: rows[0] },
          ...{ width: columns[1] - columns[0], height: rows[1] - rows[0] },
        };
        const done = doneTo(shot, shots, place.name), { answer, probability } = shot;
        const said = `${answer}${probability === undefined ? "" : `, ${percent(probability)}`}`;
        return (
          <li key={shot.seen}>
            <span class="whole">
              <img src={shot.seen} alt={`${done}: ${said}`} class="pixels" loading="lazy" />
              <svg
                class="cursor"
                viewBox="0 0 8 8"
                preserveAspectRatio="none"
                aria-hidden="true"
              >
                <rect class="halo" {...box} />
                <rect {...box} />
              </svg>
            </span>
            <p>
              {answer === label ? said : <strong>{said}</strong>}
              <span class="quiet">{done}</span>
            </p>
          </li>
        );
      })}
    </ol>
  );
}

export function Shortcuts({ shortcuts }: { shortcuts: readonly Shortcut[] }) {
  if (shortcuts.length === 0) return null;
  return (
    <Section title="Places that may give a class away">
      <p>
        Much of the evidence for these classes lies at one place of the picture, whatever is in it.
        So the network was asked: the place was covered in pictures of the class, in two ways, since
        a cover may mislead by itself, and put from these onto pictures of other classes.
      </p>
      {shortcuts.map((shortcut) => {
        const { class: label, place, pictures, evidence, area, elsewhere, covered, pasted } =
          shortcut;
        return (
          <section key={`${label} ${place.rows} ${place.columns}`}>
            <h3>{`“${label}”: ${place.name}`}</h3>
            <p>{outcomeOf(shortcut)}</p>
            <p class="quiet">
              {`The pictures on which most followed from it; answers in bold are not ${label}.`}
            </p>
            {shortcut.examples.map((shots, i) => <Row key={i} shots={shots} shortcut={shortcut} />)}
            <ul class="summary">
              <li>
                {`${share(evidence)} of the evidence for ${label} lies there, in ${
                  plural(pictures, "picture")
                }: the place is ${share(area)} of the picture, and has ${
                  share(elsewhere)
                } of the evidence for other classes.`}
              </li>
              {(Object.keys(COVERS) as Cover[]).map((cover) => (
                <li key={cover}>
                  {`Covered by ${COVERS[cover]}, the answer changes for ${
                    trialText(covered[cover])
                  }.`}
                </li>
              ))}
              <li>
                {`Put onto pictures of other classes, it makes ${label} of ${trialText(pasted)}.`}
              </li>
            </ul>
          </section>
        );
      })}
    </Section>
  );
}
