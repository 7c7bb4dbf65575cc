/** What every platform has to do, asked of the one in use. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import { platform } from "../../platform/mod.ts";

/** Runs `test` with a folder of its own. */
async function inFolder(test: (folder: string) => Promise<unknown>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const list = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const fault = (wanted: string | undefined) => (error: unknown) =>
  platform.fault(error) === wanted || assert.fail(`${platform.fault(error)}: ${error}`);

Deno.test("a file is written and read, whole and in pieces", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`, bytes = Uint8Array.from({ length: 1000 }, (_, i) => i);
    await platform.writeFile(path, bytes);
    assert.deepEqual(await platform.readFile(path), bytes);
    assert.deepEqual(await platform.readFile(new URL(`file://${path}`)), bytes);
    const { kind, bytes: length, modified } = await platform.stat(path);
    assert.deepEqual([kind, length], ["file", 1000]);
    assert.equal(modified.getTime(), Deno.statSync(path).mtime?.getTime());
    assert.equal((await platform.stat(folder)).kind, "folder");

    await using file = await platform.openFile(path);
    assert.equal(file.bytes, 1000);
    // readers at the same time do not disturb each other
    const pieces = await Promise.all([[900, 200], [0, 3], [1000, 5], [500, 100], [2000, 1]]
      .map(([at, length]) => file.read(at, length)));
    assert.deepEqual(pieces, [
      bytes.slice(900),
      bytes.slice(0, 3),
      new Uint8Array(),
      bytes.slice(500, 600),
      new Uint8Array(),
    ]);
    await platform.writeFile(path, "\ufeffdéjà vu");
    assert.equal(await platform.readText(path), "déjà vu");
  }));

Deno.test("reading stops for a signal, with its reason", () =>
  inFolder(async (folder) => {
    await platform.writeFile(`${folder}/file`, "text");
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(platform.readFile(`${folder}/file`, { signal }), { message: "enough" });
  }));

Deno.test("a file is whole or not there, and nothing is left beside it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    await platform.writeWhole(path, "one");
    await platform.writeWhole(path, async (partial) => {
      assert.equal(await platform.readText(path), "one");
      await platform.writeFile(partial, "two");
    });
    assert.equal(await platform.readText(path), "two");
    const failing = platform.writeWhole(path, async (partial) => {
      await platform.writeFile(partial, "half");
      throw new Error("lost");
    });
    await assert.rejects(failing, { message: "lost" });
    await assert.rejects(platform.writeWhole(folder, "a folder is in the way"));
    await assert.rejects(platform.writeWhole(`${folder}/none/file`, ""), fault("missing"));
    assert.equal(await platform.readText(path), "two");
    assert.deepEqual(list(folder), ["file"]);
  }));

Deno.test("of many who want a name that nobody may lose, one gets it", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    const attempts = await Promise.allSettled(
      ["a", "b", "c", "d"].map((text) => platform.writeWhole(path, text, { replace: false })),
    );
    const lost = attempts.filter((attempt) => attempt.status === "rejected");
    assert.equal(lost.length, 3);
    for (const { reason } of lost) assert.equal(platform.fault(reason), "exists");
    assert.deepEqual(list(folder), ["file"]);
    assert.match(await platform.readText(path), /^[abcd]$/);
  }));

Deno.test("so it is with folders", () =>
  inFolder(async (folder) => {
    const site = (name: string) => async (partial: string) => {
      await platform.makeFolder(`${partial}/deep`);
      await platform.writeFile(`${partial}/deep/name`, name);
    };
    const attempts = await Promise.allSettled(
      ["a", "b", "c"].map((name) =>
        platform.writeWhole(`${folder}/site`, site(name), { replace: false })
      ),
    );
    assert.equal(attempts.filter(({ status }) => status === "fulfilled").length, 1);
    assert.deepEqual(list(folder), ["site"]);

    const partial = await platform.makeTemporaryFolder(folder);
    assert.match(partial, /\/\.partial-\d+-\w+$/);
    await assert.rejects(
      platform.rename(partial, `${folder}/site`, { replace: false }),
      fault("exists"),
    );
    await platform.rename(partial, `${folder}/other`, { replace: false });
    assert.deepEqual(list(folder), ["other", "site"]);
  }));

/** Another program that is writing a file and a folder here, until it is killed. */
async function writerIn(folder: string) {
  const program = `
    import { platform } from "${new URL("../../platform/mod.ts", import.meta.url)}";
    const folder = Deno.args[0];
    await Deno.mkdir(await platform.makeTemporaryFolder(folder) + "/deep");
    await platform.writeWhole(folder + "/whole", async (partial) => {
      await Deno.writeTextFile(partial, "half");
      console.log("ready");
      await new Promise((resolve) => setTimeout(resolve, 1e9));
    });`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--lock=deno.dev.lock", "--no-check", "-A", "-", folder],
    cwd: new URL("../../", import.meta.url),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode(program));
  await input.close();
  const output = child.stdout.getReader();
  const { value } = await output.read();
  assert.equal(new TextDecoder().decode(value), "ready\n");
  return async () => {
    child.kill("SIGKILL");
    await child.status;
    await output.cancel();
  };
}

Deno.test("what a killed program left half written is swept; what a living one writes is not", () =>
  inFolder(async (folder) => {
    const own = await platform.makeTemporaryFolder(folder);
    const kill = await writerIn(folder), writing = list(folder);
    assert.equal(writing.length, 2 + 2 * 2, `${writing}`);
    await platform.sweep(folder);
    assert.deepEqual(list(folder), writing);

    await kill();
    // from before there were locks; and what is not ours
    await Deno.mkdir(`${folder}/.partial-1a2b3c4d`);
    await Deno.mkdir(`${folder}/.hidden`);
    await platform.sweep(folder);
    const name = own.slice(folder.length + 1);
    assert.deepEqual(list(folder), [".hidden", name, `${name}.lock`]);

    await platform.remove(own);
    assert.deepEqual(list(folder), [".hidden"]);
    await platform.sweep(`${folder}/none`);
  }));

Deno.test("where no links can be made, a file still takes nobody's name", () =>
  inFolder(async (folder) => {
    const { link } = fs;
    fs.link = () => Promise.reject(new Error("no links here"));
    try {
      const path = `${folder}/file`;
      const attempts = await Promise.allSettled(
        ["a", "b", "c", "d"].map((text) => platform.writeWhole(path, text, { replace: false })),
      );
      const lost = attempts.filter((attempt) => attempt.status === "rejected");
      assert.equal(lost.length, 3);
      for (const { reason } of lost) assert.equal(platform.fault(reason), "exists");
      assert.deepEqual(list(folder), ["file"]);
      const won = attempts.findIndex(({ status }) => status === "fulfilled");
      assert.equal(await platform.readText(path), "abcd"[won]);
    } finally {
      fs.link = link;
    }
  }));

Deno.test("folders are made, listed and removed, also where there is nothing to do", () =>
  inFolder(async (folder) => {
    await platform.makeFolder(`${folder}/a/b`);
    await platform.makeFolder(`${folder}/a/b`);
    await platform.writeFile(`${folder}/a/file`, "");
    await Deno.symlink("nowhere", `${folder}/a/link`);
    const found = await Array.fromAsync(platform.list(`${folder}/a`));
    assert.deepEqual(found.sort((x, y) => x.name < y.name ? -1 : 1), [
      { name: "b", kind: "folder" },
      { name: "file", kind: "file" },
      { name: "link", kind: "other" },
    ]);
    assert.ok(await platform.exists(`${folder}/a/link`));
    assert.ok(!await platform.exists(`${folder}/a/none`));
    await platform.remove(`${folder}/a`);
    await platform.remove(`${folder}/a`);
    assert.deepEqual(list(folder), []);
  }));

Deno.test("a folder may be used where nobody need be asked for it", () =>
  inFolder(async (folder) => {
    assert.equal(platform.mayUse(folder), true);
    const script = `import { platform } from "${import.meta.resolve("../../platform/mod.ts")}";
      console.log(platform.mayUse(${JSON.stringify(folder)}));`;
    const under = async (...permissions: string[]) => {
      const url = `data:application/typescript,${encodeURIComponent(script)}`;
      const args = ["run", "--no-check", "--quiet", "--no-lock", ...permissions, url];
      const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
      return new TextDecoder().decode(stdout).trim();
    };
    assert.equal(await under(`--allow-read`, `--allow-write=${folder}`), "true");
    assert.equal(await under(`--allow-read`), "false");
    assert.equal(await under(`--allow-read`, `--allow-write=${folder}/other`), "false");
  }));

Deno.test("faults of the system are told from ours, with reasons in words", () =>
  inFolder(async (folder) => {
    const errorOf = (call: () => Promise<unknown>) => call().then(() => assert.fail(), (e) => e);
    await platform.writeFile(`${folder}/file`, "");
    for (
      const [call, fault, reason] of [
        [() => platform.readFile(`${folder}/none`), "missing", "there is no such file"],
        [() => platform.readFile(folder), "other", "it is a folder"],
        [() => platform.makeFolder(`${folder}/file`), "exists", "a file is in the way"],
        [() => platform.makeFolder(`${folder}/file/a`), "other", "a file is in the way"],
      ] as const
    ) {
      const error = await errorOf(call);
      assert.deepEqual([platform.fault(error), platform.reason(error)], [fault, reason]);
    }
    const forbidden = new Deno.errors.NotCapable(
      `Requires read access to "x", run again with the --allow-read flag`,
    );
    assert.equal(platform.fault(forbidden), "forbidden");
    assert.equal(platform.reason(forbidden), "Deno may not read it without --allow-read");
    const full = Object.assign(new Error("No space left on device (os error 28): write 'x'"), {
      code: "ENOSPC",
    });
    assert.equal(platform.fault(full), "full");
    assert.equal(platform.reason(full), "No space left on device");
    const ours = [
      new Error("ours"),
      new DOMException("stop", "AbortError"),
      Object.assign(new Error("of an option"), { code: "option" }),
      "text",
    ];
    for (const error of ours) assert.equal(platform.fault(error), undefined, String(error));
    assert.equal(platform.reason("text"), "text");
    assert.equal(platform.reason(new TypeError()), "TypeError");
  }));

Deno.test("a file is added to, over several openings, and emptied", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`, bytes = (text: string) => new TextEncoder().encode(text);
    for (const [before, text] of [[0, "abc"], [3, "de"]] as const) {
      await using file = await platform.openAppend(path);
      assert.equal(file.bytes, before);
      await file.write(bytes(text));
      await file.sync();
    }
    assert.equal(await platform.readText(path), "abcde");
    await using file = await platform.openAppend(path);
    await file.clear();
    await file.write(bytes("f"));
    assert.equal(await platform.readText(path), "f");
  }));

Deno.test("one holds a lock, the next waits until it is let go, or is told to stop", () =>
  inFolder(async (folder) => {
    const path = `${folder}/locks/one.lock`, order: string[] = [];
    const first = await platform.lock(path);
    const stopped = new AbortController();
    const impatient = platform.lock(path, {
      signal: stopped.signal,
      onWait: () => stopped.abort(new Error("enough")),
    });
    await assert.rejects(impatient, /enough/);
    const waiting = Promise.withResolvers<void>();
    const second = platform.lock(path, { onWait: waiting.resolve }).then((lock) => {
      order.push("second");
      return lock;
    });
    await waiting.promise;
    order.push("first");
    await first[Symbol.asyncDispose]();
    await (await second)[Symbol.asyncDispose]();
    assert.deepEqual(order, ["first", "second"]);
    assert.deepEqual(list(`${folder}/locks`), ["one.lock"]);
  }));

Deno.test("a link leads to a file; where there can be none, that is told", () =>
  inFolder(async (folder) => {
    await platform.writeFile(`${folder}/file`, "text");
    assert.ok(await platform.linkTo("file", `${folder}/link`));
    assert.equal(await platform.readText(`${folder}/link`), "text");
    assert.equal(await platform.realPath(`${folder}/link`), await Deno.realPath(`${folder}/file`));
    await assert.rejects(platform.linkTo("file", `${folder}/link`), fault("exists"));
    const { symlink } = fs;
    fs.symlink = () => Promise.reject(new Error("no links here"));
    try {
      assert.equal(await platform.linkTo("file", `${folder}/other`), false);
    } finally {
      fs.symlink = symlink;
    }
    await platform.copyFile(`${folder}/link`, `${folder}/copy`);
    assert.equal((await Deno.lstat(`${folder}/copy`)).isFile, true);
    assert.deepEqual(list(folder), ["copy", "file", "link"]);
  }));

Deno.test("the environment is read where that is allowed", () => {
  Deno.env.set("PHOSPHENE_TEST", "1");
  assert.equal(platform.env("PHOSPHENE_TEST"), "1");
  Deno.env.delete("PHOSPHENE_TEST");
  assert.equal(platform.env("PHOSPHENE_TEST"), undefined);
});

Deno.test("a connection that fails says why", async () => {
  const error = await fetch("http://phosphene.invalid/").catch((error) => error);
  assert.match(platform.reason(error), /^dns error: /);
});

Deno.test("hashes are SHA-256, at once and in pieces", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(10_000));
  const wanted = createHash("sha256").update(bytes).digest("hex");
  assert.equal(await platform.sha256(bytes), wanted);
  assert.equal(await platform.sha256(bytes.subarray(5)), await platform.sha256(bytes.slice(5)));
  const hash = platform.startSha256();
  for (let at = 0; at < bytes.length; at += 999) hash.update(bytes.subarray(at, at + 999));
  assert.equal(hash.hex(), wanted);
});

Deno.test("what is packed unpacks, up to a limit", async () => {
  const bytes = new Uint8Array(5000).fill(7), packed = await platform.deflate(bytes);
  assert.ok(packed.length < 100);
  assert.deepEqual(new Uint8Array(await platform.inflate(packed, 5000)), bytes);
  await assert.rejects(platform.inflate(packed, 4999), RangeError);
  const damaged = platform.inflate(packed.subarray(0, 10), 5000);
  await assert.rejects(damaged, (error) => !(error instanceof RangeError));
  assert.equal(platform.crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

Deno.test("a pause lets timers through, and a value follows its call alone", async () => {
  let rang = false;
  setTimeout(() => rang = true, 0);
  await platform.pause();
  assert.ok(rang);
  const local = platform.asyncLocal<string>();
  const follow = (name: string) =>
    local.run(name, async () => {
      await platform.pause();
      return local.get();
    });
  assert.deepEqual(await Promise.all(["a", "b"].map(follow)), ["a", "b"]);
  assert.equal(local.get(), undefined);
});

Deno.test("a path has the URL that an import takes", () =>
  inFolder(async (folder) => {
    const path = `${folder}/a b#%.ts`;
    await platform.writeFile(path, "export default 7;");
    assert.equal((await import(platform.fileUrl(path).href)).default, 7);
    assert.equal(platform.fileUrl("a.ts").href, platform.fileUrl(`${Deno.cwd()}/a.ts`).href);
  }));

Deno.test("a package's files are found", async () => {
  const url = platform.packageFile("@resvg/resvg-wasm", "index_bg.wasm");
  assert.equal((await platform.stat(url)).kind, "file");
});

Deno.test("a helper hears all that it is told, in order, also while it is still being loaded", async () => {
  const heard: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    const helper = platform.startHelper(new URL("./_slow_helper.ts", import.meta.url), {
      hear(message) {
        heard.push(message);
        if (message === "heard end") resolve();
      },
      broke: reject,
    });
    setTimeout(() => helper.tell(2), 100);
    for (const message of [0, 1]) helper.tell(message);
    setTimeout(() => helper.tell("end"), 600);
  });
  assert.deepEqual(heard, ["heard 0", "heard 1", "heard 2", "heard end"]);
});

Deno.test("a helper hears what nobody catches in it, and goes on", async () => {
  const heard: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    const helper = platform.startHelper(new URL("./_throwing_helper.ts", import.meta.url), {
      hear(message) {
        heard.push(message);
        helper.tell("end");
        if (message === "goes on") resolve();
      },
      broke: reject,
    });
    helper.tell("throw");
  });
  assert.deepEqual(heard, ["caught: out of luck", "goes on"]);
});
