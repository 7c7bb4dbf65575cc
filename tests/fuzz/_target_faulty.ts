/** No parser, but one that has every fault: the campaigns' own test. */
import { UserError } from "../../core/errors.ts";
import { refusal, type Target } from "./_target.ts";

const target: Target = {
  input: (random) => Uint8Array.of(random.integer(0, 9)),
  survives([n]) {
    if (n === 7) throw new Error("seven");
    if (n === 8) return refusal(new UserError("eight is refused"));
    return true;
  },
};
export default target;
