/** What stands out of a report, for a line in a terminal as for the top of a page. */
import { percent } from "../core/text.ts";
import type { Channels, Report } from "./data.ts";
import { betterWay, isFar } from "./fit.ts";

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

/** What to know first, in one sentence: what is worst, or else that nothing was found. */
export function verdictOf({ accuracy, shortcuts, prepared }: Report): string {
  const better = betterWay(prepared), proven = shortcuts.filter(({ proven }) => proven);
  if (better) {
    return `Its pictures are likely prepared wrongly: they suit it much better with ${better.how}. ` +
      "Mend that first: all else may follow from it.";
  }
  if (proven.length > 0) {
    const given = proven.map(({ class: label, place }) =>
      `“${label}” is given away by ${place.name}`
    );
    return `It is not to be trusted yet: ${given.join("; ")}.`;
  }
  if (prepared.length > 0 && isFar(prepared[0])) {
    return "These pictures are far from those that it was trained on, and no usual way of preparing " +
      "them brings them near.";
  }
  return accuracy
    ? `It names ${
      percent(accuracy.mean, 0)
    } right, and nothing was found that speaks against its reasons.`
    : "Nothing was found that speaks against it; whether it is right is not known.";
}
