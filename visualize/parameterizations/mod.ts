/** The parameterizations that come with the library. */
import { parameterizations } from "../../run/parameterization.ts";
import { fourier } from "./fourier.ts";
import { pixels } from "./pixels.ts";
import { shared } from "./shared.ts";

parameterizations.addOwn([fourier, pixels, shared]);

export { parameterizations };
export { fourierImage, type FourierShape } from "./fourier.ts";
