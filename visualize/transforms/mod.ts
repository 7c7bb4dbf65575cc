/** The transformations that come with the library. */
import { transforms } from "../../run/transform.ts";
import { blur } from "./blur.ts";
import { flip } from "./flip.ts";
import { jitter } from "./jitter.ts";
import { pad } from "./pad.ts";
import { rotate } from "./rotate.ts";
import { scale } from "./scale.ts";

transforms.addOwn([pad, jitter, scale, rotate, flip, blur]);

export { transforms };
