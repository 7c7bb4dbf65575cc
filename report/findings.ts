/** What stands out of a report, for a line in a terminal as for the top of a page. */
import type { Channels } from "./data.ts";

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
