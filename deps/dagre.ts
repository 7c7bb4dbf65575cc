export { default } from "npm:@dagrejs/dagre@3.1.3";
