/** The objectives that come with the library, in the order in which they are listed. */
import { objectives } from "../../run/objective.ts";
import { alignment } from "./alignment.ts";
import { channel } from "./channel.ts";
import { logit, logProbabilityOf, probability } from "./class.ts";
import { cosine, direction } from "./direction.ts";
import { diversity } from "./diversity.ts";
import { interpolation } from "./interpolation.ts";
import { layer } from "./layer.ts";
import { matching } from "./matching.ts";
import { neuron } from "./neuron.ts";
import { blur, l1, l2, lp, tv } from "./regularizers.ts";

objectives.addOwn([
  ...[channel, neuron, direction, cosine, layer, logit, probability, logProbabilityOf],
  ...[diversity, alignment, interpolation, matching, tv, l1, l2, lp, blur],
]);

export { objectives };
