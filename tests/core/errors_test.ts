import assert from "node:assert/strict";
import { nearest, nearestHint, UserError } from "../../core/errors.ts";

Deno.test("a slip of a letter comes before names that merely contain it", () => {
  const names = ["layer4", "layer4.2", "layer4.2.act1", "layer4.2.act3", "fc"];
  assert.deepEqual(nearest("layer4.2.act4", names), ["layer4.2.act1", "layer4.2.act3", "layer4.2"]);
  assert.deepEqual(nearest("layer9.0", ["layer4.0", "layer3.0", "fc"], 2), [
    "layer4.0",
    "layer3.0",
  ]);
});

Deno.test("names that contain the wanted one come before others, the shortest first", () => {
  const names = ["bell pepper", "car", "sports car", "cat", "koala"];
  assert.deepEqual(nearest("Car", names), ["car", "cat", "sports car"]);
  assert.deepEqual(nearest("pepper", names, 1), ["bell pepper"]);
});

Deno.test("the hint quotes names, or says that there are none", () => {
  assert.equal(nearestHint("b", ["a", "bb"]), 'nearest: "a", "bb"');
  assert.equal(nearestHint("b", []), "there are none");
});

Deno.test("a user's error is an Error with a name of its own", () => {
  const error = new UserError("Cannot do this.", { cause: 1 });
  assert.ok(error instanceof Error);
  assert.equal(`${error}`, "UserError: Cannot do this.");
  assert.equal(error.cause, 1);
  assert.equal(error.code, "bad-input");
  const about = new UserError("`steps` is too large.", { code: "bad-option", option: "steps" });
  assert.deepEqual([about.code, about.option], ["bad-option", "steps"]);
  assert.ok(!("cause" in about));
});
