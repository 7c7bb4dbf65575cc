import assert from "node:assert/strict";
import { Held } from "../../web/_held.ts";

Deno.test("what is used is kept, and the idle beyond the limit is given back, oldest first", async () => {
  const freed: string[] = [], made: string[] = [];
  const held = new Held<string>(2, (thing) => void freed.push(thing));
  const make = (key: string) => () => {
    made.push(key);
    return Promise.resolve(key);
  };
  const use = (key: string) => held.use(key, make(key), (thing) => Promise.resolve(thing));
  for (const key of ["a", "b", "a", "c"]) assert.equal(await use(key), key);
  await Promise.resolve();
  assert.deepEqual([made, freed], [["a", "b", "c"], ["b"]]);
  await held.use("a", make("a"), async () => {
    for (const key of ["d", "e", "f"]) await use(key);
    await Promise.resolve();
    assert.ok(!freed.includes("a")); // it is in use
  });
});

Deno.test("what could not be made is made again", async () => {
  const held = new Held<number>(1);
  const fail = () => Promise.reject(new Error("no"));
  await assert.rejects(held.use("a", fail, () => Promise.resolve(0)), /no/);
  assert.equal(await held.use("a", () => Promise.resolve(1), (n) => Promise.resolve(n)), 1);
});
