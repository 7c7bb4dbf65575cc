export { interpolateInferno, interpolateRdBu } from "npm:d3-scale-chromatic@3.1.1";
