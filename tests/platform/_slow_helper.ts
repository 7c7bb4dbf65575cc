/** A helper whose modules take a while: what it is told meanwhile must not be lost. */
import { platform } from "../../platform/mod.ts";

await new Promise((resolve) => setTimeout(resolve, 300));
platform.starter.hear((message) => {
  platform.starter.tell(`heard ${message}`);
  if (message === "end") platform.starter.leave();
});
