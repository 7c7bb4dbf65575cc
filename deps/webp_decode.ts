export * from "npm:@jsquash/webp@1.5.0/decode.js";
export { default } from "npm:@jsquash/webp@1.5.0/decode.js";
