export { default, init } from "npm:@jsquash/webp@1.5.0/encode.js";
