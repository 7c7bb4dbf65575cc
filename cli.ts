#!/usr/bin/env -S deno run --allow-read --allow-write --allow-net --allow-env=HOME,USERPROFILE,TORCH_HOME,XDG_*,HF_*
/** The command line. What an old Deno or Node cannot read is loaded once it is known to be none. */
import process from "node:process";
import { unfit } from "./platform/least.ts";

const reason = unfit();
if (reason) {
  console.error(`error: ${reason}`);
  process.exit(2);
}
await import("./cli/door.ts").then(({ open }) => open());
