/** How shares of pictures read: in whole per cent. */
import { percent } from "../components/format.ts";

export const share = (n: number): string => percent(n, 0);

export const between = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  `${share(low)} to ${share(high)}`;
