/** What stands out of a report, for a line in a terminal as for the top of a page. */
import { either, percent } from "../core/text.ts";
import type { Channels, Report, Shortcut, Stranger } from "./data.ts";
import { betterWay, isFar } from "./fit.ts";
import { comparable } from "./places.ts";

/** So many names are listed. */
const MOST_NAMED = 5;

/** How many channels there are of each kind, in all layers. */
export function channelCounts(layers: readonly Channels[]) {
  const sum = (of: (layer: Channels) => number) =>
    layers.reduce((all, layer) => all + of(layer), 0);
  return {
    all: sum(({ channels }) => channels),
    dead: sum(({ dead }) => dead.length),
    constant: sum(({ constant }) => constant.length),
    always: sum(({ always }) => always.length),
  };
}

/** `3 of 80 dead, 1 constant, 2 always on` */
export function channelsText(layers: readonly Channels[]): string {
  const { all, dead, constant, always } = channelCounts(layers);
  return `${dead} of ${all} dead, ${constant} constant, ${always} always on`;
}

/** `“fish” is given away by the bottom left corner`: the shortcuts that are proven; empty where none is. */
export const givenAway = (shortcuts: readonly Shortcut[]): string =>
  shortcuts.filter(({ proven }) => proven)
    .map(({ class: label, place }) => `“${label}” is given away by ${place.name}`).join("; ");

/** What to know first, in one sentence: what is worst, or else that nothing was found. */
export function verdictOf({ accuracy, classes, pictures, shortcuts, prepared }: Report): string {
  const better = betterWay(prepared), given = givenAway(shortcuts);
  if (better) {
    return `Its pictures are likely prepared wrongly: they suit it much better with ${better.how}. ` +
      "Mend that first: all else may follow from it.";
  }
  if (given) return `It is not to be trusted yet: ${given}.`;
  if (prepared.length > 0 && isFar(prepared[0])) {
    return "These pictures are far from those that it was trained on, and no usual way of preparing " +
      "them brings them near.";
  }
  const reasons = comparable(pictures).size > 0
    ? "nothing was found that speaks against its reasons"
    : "of its reasons so few pictures say little";
  if (!accuracy) return `Whether it is right is not known; ${reasons}.`;
  const right = `It names ${percent(accuracy.mean, 0)} right`;
  if (accuracy.high < 1 && accuracy.low <= 1 / classes.length) {
    return `${right}, no more than guessing might: look at its mistakes first.`;
  }
  return `${right}, and ${reasons}.`;
}

/** `unicorn or zebra`: the classes that the network does not have, some of them where there are many. */
export function strangersText(strangers: readonly Stranger[]): string {
  const count = strangers.reduce((sum, { count }) => sum + count, 0);
  const names = strangers.slice(0, MOST_NAMED).map(({ class: own }) => own);
  const more = strangers.length - names.length;
  const all = either(more > 0 ? [...names, `${more} others`] : names);
  return `No class of the network is called ${all}: ${count} ${
    count === 1 ? "picture is" : "pictures are"
  } not judged.`;
}
