export { default } from "npm:gifenc@1.0.3";
