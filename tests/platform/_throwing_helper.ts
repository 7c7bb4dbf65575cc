/** A helper in which something is thrown where nobody can catch it. */
import { platform } from "../../platform/mod.ts";

platform.starter.caught((error) => platform.starter.tell(`caught: ${(error as Error).message}`));
platform.starter.hear((message) => {
  if (message === "throw") {
    setTimeout(() => {
      throw new Error("out of luck");
    });
  } else {
    platform.starter.tell("goes on");
    platform.starter.leave();
  }
});
