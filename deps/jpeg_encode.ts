export { default, init } from "npm:@jsquash/jpeg@1.6.0/encode.js";
