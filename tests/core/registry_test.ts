import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { Registry } from "../../core/registry.ts";

const fruits = () =>
  new Registry("fruit", [{ id: "apple", red: true }, { id: "pear", red: false }]);

Deno.test("things are found by id, in the order in which they came", () => {
  const registry = fruits().add({ id: "fig", red: false });
  assert.deepEqual(registry.ids, ["apple", "pear", "fig"]);
  assert.deepEqual([...registry].map(({ id }) => id), registry.ids);
  assert.equal(registry.get("apple").red, true);
  assert.ok(registry.has("fig") && !registry.has("figs"));
});

Deno.test("an unknown id is refused with the nearest ones", () => {
  assert.throws(() => fruits().get("aple"), (error) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.message, 'There is no fruit "aple"; nearest: "apple", "pear".');
    return true;
  });
  assert.throws(() => fruits().get("constructor"), UserError);
  assert.throws(() => new Registry("fruit").get("fig"), /there are none/);
});

Deno.test("an id is taken only once", () => {
  assert.throws(() => fruits().add({ id: "pear", red: true }), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /Cannot add the fruit "pear": that id is taken\.$/);
    return true;
  });
});
