import assert from "node:assert/strict";
import { compareAddress } from "../../web/islands/Tray.tsx";
import { chosenIn, keepChosen, TRAY, without, withRun } from "../../web/tray.ts";

/** A browser's store of texts. */
function store(kept: Record<string, string> = {}) {
  return {
    getItem: (name: string) => kept[name] ?? null,
    setItem: (name: string, text: string) => void (kept[name] = text),
  };
}

const run = (id: string) => ({ id, title: `run ${id}` });

Deno.test("what is chosen is kept in order, once each, and no more than can be compared", () => {
  const two = withRun(withRun([], run("a"), 3), run("b"), 3);
  assert.deepEqual(two, [run("a"), run("b")]);
  assert.equal(withRun(two, run("a"), 3), two);
  assert.equal(withRun(two, run("c"), 2), two);
  assert.deepEqual(without(two, "a"), [run("b")]);
  const kept = store();
  keepChosen(kept, two);
  assert.deepEqual(chosenIn(kept), two);
});

Deno.test("a store that holds something else, or nothing, holds no runs", () => {
  for (const text of ["", "{", "{}", "null", `[1, null, { "id": 2, "title": "" }]`]) {
    assert.deepEqual(chosenIn(store({ [TRAY]: text })), [], text);
  }
  assert.deepEqual(chosenIn(store({ [TRAY]: JSON.stringify([7, run("a")]) })), [run("a")]);
  const broken = {
    getItem: () => {
      throw new Error("not allowed");
    },
    setItem: () => {
      throw new Error("full");
    },
  };
  assert.deepEqual(chosenIn(broken), []);
  keepChosen(broken, [run("a")]);
});

Deno.test("runs to compare are in the query, or in the fragment of a page that is a file", () => {
  const chosen = [run("a b"), run("c&d")];
  assert.equal(compareAddress("/compare", chosen), "/compare?run=a+b&run=c%26d");
  assert.equal(compareAddress("../compare.html", chosen), "../compare.html#run=a+b&run=c%26d");
});
