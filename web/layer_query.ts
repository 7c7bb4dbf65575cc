/** How the channels of a layer are looked at, and how an address says so. */
import { paths } from "./site.ts";

/** How the channels of a layer are shown. */
export interface Shown {
  /** Token of the picture. */
  readonly picture: string;
  /** In the order of their numbers, or those that answer most first. */
  readonly order: "number" | "strength";
  /** Whether all are drawn on one scale. */
  readonly common: boolean;
}

/** As an address has it; some parts may be others. */
export const queryOf = (
  { picture, order, common }: Shown,
  changed: Partial<Shown> = {},
): string => {
  const now = { picture, order, common, ...changed };
  const params = new URLSearchParams({ picture: now.picture });
  if (now.order !== "number") params.set("order", now.order);
  if (now.common) params.set("scale", "layer");
  return String(params);
};

/** The address of a channel's activation as a picture. */
export const activation = (model: string, layer: string, channel: number, shown: Shown) =>
  `${paths.channel(model, layer, channel)}/activation.png?${queryOf(shown, { order: "number" })}`;
