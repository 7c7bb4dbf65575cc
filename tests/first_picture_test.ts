/** The page that counts lines to the first picture counts them right, by one rule for all. */
import assert from "node:assert/strict";

const page = await Deno.readTextFile(new URL("../docs/first-picture.md", import.meta.url));

/** Each library's script, by its heading. */
const scripts = new Map(
  page.split(/^## /m).slice(1).map((section) => {
    const [, code] = /^```(?:ts|python|js)\n([^]*?)\n```$/m.exec(section)!;
    return [section.split("\n")[0], code] as const;
  }),
);

/** Lines that are neither empty nor a comment. */
const linesOf = (code: string) =>
  code.split("\n").filter((line) => line.trim() && !/^\s*(\/\/|#)/.test(line));

/** What the table says. */
const rows = [...page.matchAll(/^\| \[([^\]]+)\]\(#[^)]*\) +\| (\d+|–) +\|/gm)]
  .map(([, library, lines]) => [library, lines] as const);

Deno.test("the table has every script, with as many lines as it has", () => {
  assert.deepEqual(rows.map(([library]) => library), [...scripts.keys()]);
  for (const [library, lines] of rows) {
    if (lines === "–") continue; // no attribution
    assert.equal(linesOf(scripts.get(library)!).length, Number(lines), library);
  }
});

Deno.test("lines are of at most 100 characters and hold one statement each", () => {
  for (const [library, code] of scripts) {
    for (const line of linesOf(code)) {
      assert.ok(line.length <= 100, `${library}: ${line}`);
      assert.ok(!/;\s*\S/.test(line), `${library}: ${line}`);
      assert.ok(!/^(const|let) [^=]+=[^,]*, \w+ = /.test(line), `${library}: ${line}`);
    }
  }
});

Deno.test("ours is the shortest", () => {
  const [[ours, lines], ...others] = rows;
  assert.equal(ours, "Phosphene");
  for (const [library, more] of others) assert.ok(!(Number(more) <= Number(lines)), library);
});
