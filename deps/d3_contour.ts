export { contours } from "npm:d3-contour@4.0.2";
