import assert from "node:assert/strict";
import { isAtLeast, LEAST, runtime, unfit } from "../../platform/least.ts";

Deno.test("an older Deno or Node is told what is wanted, one that fits nothing", () => {
  assert.equal(unfit(), undefined);
  assert.equal(runtime()?.name, "Deno");
  assert.equal(
    unfit({ name: "Node", version: "20.20.2" }),
    `Phosphene needs Node ${LEAST.Node} or later, and this is Node 20.20.2: ` +
      "see nodejs.org, or: npx node@22.",
  );
  assert.match(unfit({ name: "Deno", version: "2.8.9" }) ?? "", /needs Deno 2\.9 or later/);
  for (
    const [version, least, fits] of [["22.12.0", "22.12", true], [
      "22.9.1",
      "22.12",
      false,
    ]] as const
  ) {
    assert.equal(isAtLeast(version, least), fits);
  }
});
