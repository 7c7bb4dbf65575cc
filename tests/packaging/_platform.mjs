/** What Node does otherwise than Deno, asked of the packed platform: locks, and what they guard. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const [module, mode, given] = process.argv.slice(2);
const { platform } = await import(module);

if (mode === "write") {
  await platform.makeTemporaryFolder(given);
  await platform.lock(join(given, "one.lock"));
  console.log("ready");
  setInterval(() => {}, 1000);
} else {
  const folder = await mkdtemp(join(tmpdir(), "phosphene-node-"));
  const hidden = async () => (await readdir(folder)).filter((name) => name !== "one.lock");
  const other = spawn(process.execPath, [process.argv[1], module, "write", folder]);
  await new Promise((resolve) => other.stdout.once("data", resolve));
  await platform.sweep(folder);
  assert.equal((await hidden()).length, 2, "what a living program writes stays");

  let waited = false;
  const ours = platform.lock(join(folder, "one.lock"), {
    onWait() {
      waited = true;
      other.kill("SIGKILL");
    },
  });
  await (await ours)[Symbol.asyncDispose]();
  assert.ok(waited, "a lock is waited for, and is free once its holder was killed");
  await platform.sweep(folder);
  assert.deepEqual(await hidden(), [], "what a killed program left is swept");

  const attempts = await Promise.allSettled(
    ["a", "b", "c", "d"].map((text) =>
      platform.writeWhole(join(folder, "file"), text, { replace: false })
    ),
  );
  const lost = attempts.filter(({ status }) => status === "rejected");
  assert.deepEqual(lost.map(({ reason }) => platform.fault(reason)), Array(3).fill("exists"));
  assert.deepEqual(await hidden(), ["file"]);
  await assert.rejects(
    platform.readFile(join(folder, "none")),
    (error) =>
      platform.fault(error) === "missing" && platform.reason(error) === "there is no such file",
  );
  await platform.remove(folder);
  console.log("passed");
}
