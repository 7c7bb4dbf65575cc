/** @jsxImportSource npm:preact@10.29.8 */
/** What one finds first: the verdict, then each finding in a line, what is wrong before what is well. */
import type { Channels, Prepared, Report } from "../../report/data.ts";
import { channelCounts, givenAway, strangersText, verdictOf } from "../../report/findings.ts";
import { betterWay, isFar } from "../../report/fit.ts";
import { comparable, FEWEST } from "../../report/places.ts";
import { plural } from "../components/format.ts";
import { between, share } from "./_shares.ts";

/** A finding, and whether it speaks against the network or its pictures. */
interface Finding {
  readonly text: string;
  readonly isWrong?: boolean;
}

function rightText({ accuracy, pictures }: Report): string {
  return accuracy
    ? `${share(accuracy.mean)} of ${plural(accuracy.count, "picture")} are named right (95 %: ${
      between(accuracy)
    }).`
    : `The classes of the ${
      plural(pictures.length, "picture")
    } are not known: nothing is said of right and wrong.`;
}

function placesOf({ shortcuts, pictures }: Report): Finding {
  const given = givenAway(shortcuts);
  if (given) return { text: `${given}.`, isWrong: true };
  return {
    text: comparable(pictures).size > 0
      ? "No place of the picture was found to give a class away."
      : "Nothing is said of places that give a class away: that takes " +
        `${FEWEST} pictures that are taken for a class, and as many that are not.`,
  };
}

function besideText(count: number): string {
  const what = count === 1 ? "is" : "are";
  return `In ${
    plural(count, "picture")
  } that ${what} named right, the evidence lies beside the thing.`;
}

function idleText(layers: readonly Channels[]): string {
  const { all, dead, constant, always } = channelCounts(layers);
  if (all === 0) {
    return "Nothing is said of channels: that takes layers that rectify, and more pictures.";
  }
  const parts = [
    [dead, "above zero on none of the pictures"],
    [constant, "the same everywhere"],
    [always, "above zero everywhere"],
  ] as const;
  const some = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return some.length === 0
    ? `All ${all} channels tell some pictures or places apart.`
    : `Of ${all} channels, ${some.join(", ")}.`;
}

function preparationOf(prepared: readonly Prepared[]): Finding {
  const better = betterWay(prepared), [own] = prepared;
  if (better) {
    return {
      text: `Pictures prepared with ${better.how} suit it much better than those prepared as the ` +
        "model says.",
      isWrong: true,
    };
  }
  if (own && isFar(own)) {
    return { text: "The pictures are far from those that it was trained on.", isWrong: true };
  }
  if (own?.drift.length) {
    return { text: "The pictures are not far from those that it was trained on." };
  }
  return {
    text: own?.accuracy
      ? "No usual way of preparing pictures suits it much better than the model’s own."
      : "Nothing is said of how pictures are prepared: that takes known classes, or batch-norm layers.",
  };
}

export function Summary({ report }: { report: Report }) {
  const { strangers, beside, channels, prepared, bad } = report;
  const places = placesOf(report), preparation = preparationOf(prepared);
  const findings: Finding[] = [
    { text: rightText(report) },
    ...(strangers.length > 0 ? [{ text: strangersText(strangers) }] : []),
    places,
    ...(beside > 0 ? [{ text: besideText(beside) }] : []),
    { text: idleText(channels) },
    preparation,
    ...(bad.length > 0
      ? [{ text: `${plural(bad.length, "picture")} could not be looked at.` }]
      : []),
  ];
  // all else may follow from how pictures are prepared
  const wrong = [preparation, places].filter(({ isWrong }) => isWrong);
  return (
    <>
      <p class="verdict">{verdictOf(report)}</p>
      <ul class="summary">
        {wrong.map(({ text }) => (
          <li key={text}>
            <strong>{text}</strong>
          </li>
        ))}
        {findings.filter(({ isWrong }) => !isWrong).map(({ text }) => <li key={text}>{text}</li>)}
      </ul>
    </>
  );
}
