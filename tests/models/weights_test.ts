import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { UserError } from "../../core/errors.ts";
import { writeSafetensors } from "../../core/safetensors.ts";
import { values } from "../../core/values.ts";
import { bindStateDict, loadWeights, parseWeights } from "../../models/weights/mod.ts";
import type { ParameterSpec, StateDict } from "../../models/weights/mod.ts";
import { absence, hasShared, own, shared } from "../_support/reference.ts";
import {
  call,
  dict,
  fixture,
  integer,
  latin1,
  legacyHead,
  legacyMagic,
  legacyPth,
  name,
  pickle,
  storage,
  tensor,
  text,
  tuple,
  zip,
  zippedPth,
} from "./_pth.ts";

type Plain = [key: string, shape: number[], numbers: number[]][];
const plain = (tensors: StateDict): Plain =>
  [...tensors].map(([key, tensor]) => [key, [...tensor.shape], [...tensor]]);
const range = (count: number, step = 1) => Array.from({ length: count }, (_, i) => i * step);
const fround = (...numbers: number[]) => numbers.map(Math.fround);

function refuses(bytes: Uint8Array, fault: RegExp): void {
  assert.throws(() => parseWeights(bytes, "w.pth"), (error) => {
    assert(error instanceof UserError, `${fault}: ${(error as Error)?.stack}`);
    assert.match(error.message, fault);
    assert.match(error.message, /"w\.pth"/);
    return true;
  });
}

const small: Plain = [
  ["conv.weight", [2, 3, 2, 2], range(24, 1 / 8)],
  ["bn.running_var", [2], [0.5, 2]],
  ["bn.num_batches_tracked", [], [7]],
  ["fc.bias", [3], fround(-1.5, 3.25, 1e-3)],
];

for (const file of ["zip", "legacy", "zip_protocol4", "legacy_protocol4"]) {
  Deno.test(`${file}.pth: a state dict with its _metadata`, () => {
    assert.deepEqual(plain(parseWeights(fixture(`${file}.pth`), file)), small);
  });
}

for (const file of ["checkpoint", "checkpoint_legacy"]) {
  // { epoch, arch, args: argparse.Namespace, best: np.float64, device, dtype, size: torch.Size,
  //   history, seed: 2**70, optimizer with a tensor, state_dict of nn.Parameters as "module.…" }
  Deno.test(`${file}.pth: the state dict among all that trainers save`, () => {
    const wanted = small.map(([key, ...rest]) => [`module.${key}`, ...rest]);
    assert.deepEqual(plain(parseWeights(fixture(`${file}.pth`), file)), wanted);
  });
}

for (const file of ["dtypes", "dtypes_legacy"]) {
  Deno.test(`${file}.pth: every number format, widened`, () => {
    assert.deepEqual(plain(parseWeights(fixture(`${file}.pth`), file)), [
      ["half", [3], [0.0999755859375, -2, 65504]], // of [0.1, -2, 65504]
      ["bfloat16", [3], [0.10009765625, -2, 3.00405527047391e38]], // of [0.1, -2, 3e38]
      ["double", [2], fround(0.1, -2)],
      ["long", [2], [-3, 2 ** 24]],
      ["int", [2], [-3, 7]],
      ["short", [2], [-3, 7]],
      ["char", [2], [-3, 7]],
      ["byte", [2], [3, 255]],
      ["bool", [3], [1, 0, 1]],
    ]);
  });
}

for (const file of ["views", "views_legacy"]) {
  // All but "empty" and "channels_last" are views of one t = torch.arange(12.).reshape(3, 4).
  Deno.test(`${file}.pth: views, shared storages and strides`, () => {
    assert.deepEqual(plain(parseWeights(fixture(`${file}.pth`), file)), [
      ["transposed", [4, 3], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]],
      ["slice", [2, 2], [5, 6, 9, 10]],
      ["row", [4], [8, 9, 10, 11]],
      ["tied", [3, 4], range(12)],
      ["expanded", [4], [5, 5, 5, 5]],
      ["empty", [0, 3], []],
      ["scalar", [], [7]],
      ["channels_last", [1, 4, 2, 2], range(16)],
    ]);
  });
}

Deno.test("a state dict is found one and two levels deep, and before stray tensors", () => {
  const one = (x: string) => dict({ w: tensor(storage(x, 1), 0, [1], [1]) });
  const data = { a: "\0\0\x80\x3f", b: "\0\0\0\x40" };
  const cases = [
    dict({ model: one("b") }),
    dict({ model: dict({ state_dict: one("b") }), epoch: integer(3) }),
    dict({ mean: tensor(storage("a", 1), 0, [], []), net: one("b") }),
    dict({ model: dict({ name: text("x") }), w: tensor(storage("b", 1), 0, [1], [1]) }),
    dict({ 3: "N", w: tensor(storage("b", 1), 0, [1], [1]) }),
  ];
  for (const value of cases) {
    assert.deepEqual(plain(parseWeights(zippedPth(value, data), "x")), [["w", [1], [2]]]);
  }
});

Deno.test("pickles of Python 2 and of other protocols are understood", () => {
  const weight = tensor(storage("0", 2), 0, [2], [1]);
  const data = { 0: "\0\0\x80\x3f\0\0\0\x40" };
  const cases = [
    // OrderedDict([["w", weight]]) as Python 2 has it, and its short strings
    call(name("collections", "OrderedDict"), `](](U\x01w${weight}ee`),
    // protocol 0: text all through, with a memo
    `(dp0\nVw\np1\n${weight}p2\nsS'b'\nI01\nsS"n"\nF1.5\nsV l\nL3L\nsg1\ng2\ns`,
    // protocol 4: memoized, frames, names from the stack
    `}\x94\x95\0\0\0\0\0\0\0\0\x8c\x01w\x94${weight}s(\x8c\x01sNu\x8c\x03set\x8f(K\x01K\x02\x90s`,
    // what surrounds a value and is thrown away
    `N200(NN1(0${dict({ w: weight })}`,
  ];
  for (const value of cases) {
    const got = plain(parseWeights(zippedPth(value, data), "x"));
    assert.deepEqual(got, [["w", [2], [1, 2]]], JSON.stringify(value.slice(0, 60)));
  }
});

Deno.test("ZIP archives with zip64 fields or a comment are read", () => {
  const value = dict({ w: tensor(storage("0", 1), 0, [], []) });
  for (const options of [{ zip64: true }, { comment: "PK\x05\x06, they say" }, {}]) {
    const bytes = zippedPth(value, { 0: "\0\0\x80\x3f" }, options);
    assert.deepEqual(plain(parseWeights(bytes, "x")), [["w", [], [1]]]);
  }
});

Deno.test("a pickle that wants to run something is refused by the name of it, and runs nothing", () => {
  const marker = `${Deno.makeTempDirSync()}/ran`;
  const shell = `touch ${marker}`;
  const attacks: [string, string][] = [
    ["os.system", call(name("os", "system"), text(shell))],
    ["posix.system", call(`${text("posix")}${text("system")}\x93`, text(shell))],
    ["builtins.eval", call(name("builtins", "eval"), text("1"))],
    ["torch.storage._load_from_bytes", call(name("torch.storage", "_load_from_bytes"), "C\x01.")],
    ["builtins.exec", `${name("builtins", "exec")}${tuple()}\x81`],
    ["subprocess.Popen", `${name("subprocess", "Popen")}${tuple()}}\x92`],
  ];
  for (const [culprit, value] of attacks) {
    const escaped = culprit.replaceAll(".", "\\.");
    const fault = new RegExp(
      `Python's "${escaped}".*Nothing of the file was executed.*safetensors`,
    );
    refuses(zippedPth(value), fault);
    refuses(zippedPth(dict({ state_dict: value })), fault);
    refuses(legacyPth(value), fault);
    refuses(latin1(pickle(value)), fault); // in place of the magic number
    refuses(latin1(legacyHead + pickle("}") + pickle(value)), fault); // in place of the storages
  }
  assert.throws(() => Deno.statSync(marker), Deno.errors.NotFound);
  Deno.removeSync(marker.slice(0, -"/ran".length));
});

/** Of make_modules.py: what its network's state dict holds, each tensor by its first number. */
const whole: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ["features.0.", "again."].flatMap((at) => [
      [`${at}conv.weight`, 2.25],
      [`${at}norm.weight`, 3],
      [`${at}norm.bias`, 3.375],
      [`${at}norm.running_mean`, 3.75],
      [`${at}norm.running_var`, 4.125],
      [`${at}norm.num_batches_tracked`, 0],
    ]),
  ),
  "fc.weight": 4.5,
  "fc.bias": 5.25,
};
const firsts = (file: string) =>
  Object.fromEntries([...parseWeights(fixture(file), file)].map(([key, [first]]) => [key, first]));

for (const file of ["whole", "whole_legacy", "whole_learner"]) {
  Deno.test(`${file}.pth: a whole pickled module has its state dict's tensors`, () => {
    assert.deepEqual(firsts(`${file}.pth`), whole);
  });
}

Deno.test("a module in another has its name before it", () => {
  const inside = Object.entries(whole).map(([key, first]) => [`module.${key}`, first]);
  assert.deepEqual(firsts("whole_parallel.pth"), Object.fromEntries(inside));
});

for (const file of ["script.pt", "trace.pt"]) {
  Deno.test(`${file}: TorchScript's weights`, () => {
    const { scratch, ...rest } = firsts(file); // TorchScript keeps every buffer
    assert.equal(scratch, 0);
    assert.deepEqual(rest, {
      "conv.weight": 0,
      "norm.weight": 0.75,
      "norm.bias": 1.125,
      "norm.running_mean": 1.5,
      "norm.running_var": 1.875,
      "norm.num_batches_tracked": 0,
    });
  });
}

Deno.test("objects of classes that are not known are inert", () => {
  const view = tensor(storage("0", 2), 0, [2], [1]), data = { 0: "12345678" };
  const thing = `${name("my.module", "Thing")}${tuple()}\x81`;
  // calling what a call gave, setting items and state, appending: nothing happens
  const odd = call(call(name("builtins", "getattr"), thing, text("run")), integer(1));
  const built = `${thing}${dict({ a: odd })}b`;
  assert.equal(parseWeights(zippedPth(dict({ odd, thing, built, w: view }), data), "w").size, 1);
  refuses(zippedPth(thing), /no state dict, but an object of "my\.module\.Thing" without tensors/);
  refuses(zippedPth(call(name("torch", "FloatStorage"), integer(1e12))), /without tensors/);
});

Deno.test("a module that holds itself, or one many times over, ends", () => {
  const module = (modules: string) =>
    `${name("torch.nn", "Module")}${tuple()}\x81${dict({ _modules: modules })}b`;
  // q and h: the pickle keeps a value, and recalls it
  const circle = `${name("torch.nn", "Module")}${tuple()}\x81q\x00${
    dict({ _modules: dict({ me: "h\x00" }) })
  }b`;
  refuses(zippedPth(circle), /without tensors/);
  let doubled = module(dict({})), depth = 0;
  for (; depth < 40; depth++) {
    doubled = module(
      `}(${text("a")}${doubled}q${String.fromCharCode(depth)}${text("b")}h${
        String.fromCharCode(depth)
      }u`,
    );
  }
  refuses(zippedPth(doubled), /more than 65536 modules/);
});

Deno.test("a checkpoint without tensors is refused with what it has", () => {
  refuses(
    fixture("no_tensors.pth"),
    /no state dict, but 2 entries without tensors: "epoch", "names"/,
  );
  refuses(
    zippedPth(tensor(storage("0", 2), 0, [2], [1]), { 0: "12345678" }),
    /one tensor of shape \[2\]/,
  );
  refuses(zippedPth(integer(3)), /is no dict/);
  refuses(writeSafetensors({}).slice(), /"w.pth": it holds no tensors/);
});

Deno.test("lies of a checkpoint are refused before they cost memory", () => {
  const data = { 0: "\0".repeat(16) };
  const of = (...args: Parameters<typeof tensor>) => zippedPth(dict({ w: tensor(...args) }), data);
  const four = storage("0", 4);
  refuses(of(four, 0, [5], [1]), /"w" reaches beyond its storage of 4 numbers/);
  refuses(of(four, 1, [2, 2], [2, 1]), /reaches beyond/);
  refuses(of(four, 5, [0], [1]), /reaches beyond/);
  refuses(of(four, 0, [2], [2 ** 52]), /reaches beyond/);
  refuses(of(four, 0, [1e9], [0]), /claims 1000000000 numbers, more than are there/);
  refuses(of(four, 0, [2 ** 52, 2 ** 52], [0, 0]), /claims 2.*e\+31 numbers/);
  refuses(of(four, 0, Array(9).fill(1), Array(9).fill(1)), /of 9 axes, at most 8 are read/);
  refuses(of(four, 0, [4], [1, 1]), /a tensor in a way/);
  refuses(of(four, 0, [-4], [1]), /a tensor in a way/);
  refuses(of(four, 0, [4], [-1]), /a tensor in a way/);
  refuses(of(four, -1, [4], [1]), /a tensor in a way/);
  refuses(of("N", 0, [4], [1]), /a tensor in a way/);
  refuses(of(storage("0", 2 ** 40), 0, [4], [1]), /should have 4398046511104 bytes, has 16/);
  refuses(of(storage("0", 5), 0, [4], [1]), /storage "0" should have 20 bytes, has 16/);
  refuses(of(storage("0", -1), 0, [4], [1]), /describes storage "0" in a way/);
  refuses(of(storage("1", 4), 0, [4], [1]), /data of storage "1" is missing/);
  refuses(of(storage("0", 4, "Size"), 0, [4], [1]), /describes storage "0" in a way/);
  refuses(
    zippedPth(tuple(four, storage("0", 2, "DoubleStorage")), data),
    /describes storage "0" in two ways/,
  );
  refuses(zippedPth(`${tuple(text("object"), "N")}Q`), /something other than numbers/);

  const lengths: [string, RegExp][] = [
    ["X\xff\xff\xff\xff", /something of 4294967295 bytes, but the file has/],
    ["B\xff\xff\xff\x7f", /something of 2147483647 bytes/],
    ["\x8e\xff\xff\xff\xff\xff\xff\xff\xff", /something of 18446744073709552000 bytes/],
    ["\x8d\0\0\0\0\0\0\x10\0", /something of 4503599627370496 bytes/],
    ["\x8b\xff\xff\xff\x7f", /an integer of 2147483647 bytes/],
    [`${tuple(text("storage"), name("torch", "FloatStorage"), text("0"))}Q`, /in a way/],
  ];
  for (const [value, fault] of lengths) {
    refuses(zippedPth(value), fault);
    refuses(latin1(legacyHead + pickle(value)), fault);
  }
  const eight = "\x04\0\0\0\0\0\0\0", lots = "\xff".repeat(8);
  const w = dict({ w: tensor(four, 0, [4], [1]) });
  assert.deepEqual(plain(parseWeights(legacyPth(w, ["0"], eight + data[0]), "x")), [
    ["w", [4], [0, 0, 0, 0]],
  ]);
  refuses(legacyPth(w, ["0"], lots + data[0]), /storage "0" should have 4 numbers, has 1844/);
  refuses(legacyPth(w, ["0"], eight + "123"), /something of 16 bytes, but the file has 3 left/);
  refuses(legacyPth(w, [], ""), /the data of storage "0" is missing/);
  refuses(legacyPth(w, ["1"], eight + data[0]), /has "1" out of place/);
  refuses(legacyPth(w, ["0", "0"], (eight + data[0]).repeat(2)), /has "0" out of place/);
});

Deno.test("a small pickle cannot grow into a large one", () => {
  // a tuple of twice the last one, 64 times over, where text is asked for
  const doubled = `)${"2\x86".repeat(64)}`;
  refuses(
    zippedPth(`(${text("storage")}${name("torch", "FloatStorage")}${doubled}NK\x01tQ`),
    /describes storage … in a way/,
  );
  refuses(zippedPth(`}${doubled}Ns`), /entries without tensors: …/);
  refuses(latin1(legacyMagic + pickle(doubled)), /its protocol is …/);
  // one list of pairs, given to many calls
  const pairs = `](${"KkKv\x86".repeat(20_000)}eq\0`;
  const odict = `${name("collections", "OrderedDict")}q\x01`;
  refuses(zippedPth(`(${odict}${pairs}${"h\x01h\0\x85R".repeat(20_000)}t`), /is no dict/);
  // many small objects
  refuses(zippedPth("N0".repeat(2 ** 20) + "N"), /more than 2097152 steps/);
  for (const made of ["}", "N\x85"]) {
    refuses(zippedPth(`N${`${made}0`.repeat(2 ** 19 + 1)}`), /more than 524288 lists and dicts/);
  }
  const counted = `${name("collections", "Counter")}q\0)q\x01`;
  refuses(
    zippedPth(`${counted}${"h\0h\x01R".repeat(2 ** 19)}`),
    /more than 524288 lists and dicts/,
  );
  // one storage under many names
  const bytes = "\0".repeat(4096), names = range(64).map(String);
  const many = dict(Object.fromEntries(names.map((key) => [
    key,
    tensor(storage(key, 4096, "ByteStorage"), 0, [4096], [1]),
  ])));
  refuses(
    zippedPth(many, Object.fromEntries(names.map((key) => [key, bytes]))),
    /storages overlap/,
  );
});

Deno.test("what a pickle does to a shape or its strides once a tensor has them changes nothing", () => {
  const list = (key: number, ...items: string[]) =>
    `](${items.join("")}eq${String.fromCharCode(key)}`;
  const shaped = call(
    name("torch._utils", "_rebuild_tensor_v2"),
    storage("0", 2),
    integer(0),
    list(1, integer(2)),
    list(2, integer(1)),
    "\x89",
  );
  const data = { 0: "\0\0\x80\x3f\0\0\0\x40" };
  const huge = `\x8a\x09${"\xff".repeat(8)}\x7f`,
    later = ["N", "\x88", huge, "G\x3f\xe0\0\0\0\0\0\0"];
  for (const item of [...later, integer(-1), integer(7), text("x"), "]", "}"]) {
    for (const lists of [[1], [2], [1, 2]]) {
      const changes = lists.map((key) => `h${String.fromCharCode(key)}${item}a0`).join("");
      const value = `}(${text("w")}${shaped}${changes}u`;
      assert.deepEqual(plain(parseWeights(zippedPth(value, data), "x")), [["w", [2], [1, 2]]]);
    }
  }
});

Deno.test("damaged pickles are refused", () => {
  const cases: [string, RegExp][] = [
    ["\x82\x01", /operation 0x82 is unknown/],
    ["\x80\x06", /protocol 6 is unknown/],
    ["", /takes more than it has put/],
    ["(\x85", /takes more than it has put/],
    ["t", /a mark is missing/],
    ["h\x07", /recalls 7/],
    ["a", /takes more/],
    ["NNa", /not a list/],
    ["NNNs", /not a dict/],
    ["}(Nu", /key without a value/],
    ["N)R", /not a function/],
    [`${name("torch", "Size")}NR`, /calls torch\.Size without arguments/],
    ["NN\x93", /a name is not text/],
    ["Ix\n", /a number is none/],
    ["F\n", /a number is none/],
    [call(name("collections", "OrderedDict"), integer(3)), /not made of pairs/],
    ["S", /has no end/],
  ];
  for (const [value, fault] of cases) refuses(zippedPth(value), fault);
  refuses(latin1(pickle(`${tuple(text("storage"))}Q`)), /data outside of itself/);
  refuses(latin1(pickle("}")), /not one that torch\.save wrote/);
});

Deno.test("archives that are no checkpoint are refused", () => {
  const data = pickle("}");
  refuses(zip([["a/data.pkl", data]]).subarray(0, -1), /without its end: a broken download/);
  refuses(zip([["readme", "hello"]]), /0 "data\.pkl"/);
  refuses(zip([["a/data.pkl", data], ["b/data.pkl", data]]), /2 "data\.pkl"/);
  refuses(zip([["a/data.pkl", data], ["a/data.pkl", data]]), /"a\/data\.pkl" twice/);
  refuses(zip([["a/data.pkl", data]], { method: 8 }), /compressed.*save it again/);
  refuses(zip([["a/data.pkl", data]], { flags: 1 }), /encrypted/);
  refuses(zip([["a/data.pkl", data], ["a/byteorder", "big"]]), /not little-endian/);
  refuses(
    latin1(legacyHead.replace("little_endian\x88", "little_endian\x89") + pickle("}")),
    /not little-endian/,
  );
});

Deno.test("what a file is shows in its content, not in its name", () => {
  const one = values(new Float32Array([1]), [1]);
  // A header of 128 bytes begins with pickle's own first byte.
  const firsts = range(64, 8).map((length) => {
    const bytes = writeSafetensors({ w: one }, { pad: "x".repeat(length) });
    assert.deepEqual(plain(parseWeights(bytes, "w.pth")), [["w", [1], [1]]]);
    return bytes[0];
  });
  assert(firsts.includes(0x80));
  refuses(new Uint8Array(), /it is empty/);
  refuses(latin1("<!doctype html><html>"), /a web page/);
  refuses(latin1("version https://git-lfs.github.com/spec/v1\noid sha256:0"), /Git LFS pointer/);
  refuses(latin1("\x89HDF\r\n\x1a\n"), /HDF5/);
  refuses(latin1("hello, world"), /neither.*read from \.safetensors, \.pth and \.th/);
});

Deno.test("weights load from a path, a file URL and an address, hashed", async () => {
  const bytes = fixture("zip.pth");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const url = new URL("../fixtures/weights/zip.pth", import.meta.url);
  const path = url.pathname;
  for (const source of [path, url, url.href]) {
    const file = await loadWeights(source);
    assert.deepEqual(plain(file.tensors), small);
    assert.equal(file.sha256, sha256);
    assert.equal(file.source, String(source));
  }
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) =>
      new URL(request.url).pathname === "/zip.pth"
        ? new Response(bytes as BodyInit, { headers: { "content-length": `${bytes.length}` } })
        : new Response("no", { status: 404, statusText: "Not Found" }),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const progress: [number, number?][] = [];
  const file = await loadWeights(`${origin}/zip.pth`, {
    onProgress: (...seen) => progress.push(seen),
  });
  assert.deepEqual(plain(file.tensors), small);
  assert.equal(file.sha256, sha256);
  assert.deepEqual(progress.at(-1), [bytes.length, bytes.length]);

  await assert.rejects(loadWeights(`${origin}/none.pth`), {
    name: "UserError",
    message: `Cannot download "${origin}/none.pth": the server answered 404 Not Found`,
  });
});

Deno.test("a download that breaks off, or reaches nobody, is the user's to hear of", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const answered = (async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    await connection.write(latin1("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789"));
  })();
  await assert.rejects(loadWeights(`http://127.0.0.1:${port}/w.pth`), {
    name: "UserError",
    message: /^Cannot download ".*": .* \(it broke off after 10 bytes\)$/,
  });
  await answered;
  // a port that was free a moment ago may be another's by now; nobody listens at the first
  await assert.rejects(loadWeights("http://127.0.0.1:1/w.pth"), {
    name: "UserError",
    message: /^Cannot download/,
  });
});

Deno.test("an aborted load rejects with the signal's reason", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    let timer: ReturnType<typeof setInterval>;
    return new Response(
      new ReadableStream({
        start: (controller) =>
          void (timer = setInterval(() => controller.enqueue(new Uint8Array(10)), 5)),
        cancel: () => clearInterval(timer),
      }),
    );
  });
  const url = `http://127.0.0.1:${server.addr.port}/endless.pth`;
  const controller = new AbortController(), reason = new Error("enough");
  const load = loadWeights(url, {
    signal: controller.signal,
    onProgress: (received) => received > 20 && controller.abort(reason),
  });
  await assert.rejects(load, reason);
  await assert.rejects(loadWeights(url, { signal: controller.signal }), reason);
});

Deno.test("a progress listener's own error passes through", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("x".repeat(100)),
  );
  const bug = new TypeError("ours");
  const load = loadWeights(`http://127.0.0.1:${server.addr.port}/`, {
    onProgress: () => {
      throw bug;
    },
  });
  await assert.rejects(load, bug);
});

Deno.test("paths that are no file are refused", async () => {
  const folder = new URL("../fixtures/weights", import.meta.url);
  await assert.rejects(loadWeights(folder.pathname), {
    name: "UserError",
    message: /it is a folder, not a file/,
  });
  await assert.rejects(loadWeights("nowhere/w.pth"), {
    name: "UserError",
    message: 'Cannot load weights from "nowhere/w.pth": there is no such file',
  });
});

const expected = new Map<string, ParameterSpec>(small.map(([key, shape]) => [key, { shape }]));
expected.delete("bn.num_batches_tracked");
const given = (prefix = "", entries: Plain = small): StateDict =>
  new Map(entries.map(([key, shape, numbers]) => [
    prefix + key,
    values(new Float32Array(numbers), shape),
  ]));

Deno.test("binding strips what all keys share, drops counters and keeps the wanted order", () => {
  const reversed = new Map([...expected].reverse());
  for (const prefix of ["", "module.", "model.", "state_dict.module.", "model.module.backbone."]) {
    const bound = bindStateDict(given(prefix), reversed, "tiny");
    assert.deepEqual([...bound.keys()], [...reversed.keys()]);
    assert.deepEqual([...bound.get("fc.bias")!], fround(-1.5, 3.25, 1e-3));
  }
  // "fc." is shared too, and is known with it
  const fc = new Map([["fc.bias", { shape: [3] }]]);
  assert.deepEqual([...bindStateDict(given("", small.slice(3)), fc, "tiny").keys()], ["fc.bias"]);
});

Deno.test("binding says all that does not fit at once, long lists cut", () => {
  const tensors = given("module.", [
    ["conv.weight", [2, 3, 4], range(24)],
    ["fc.bias", [3], [1, 2, 3]],
    ...range(20).map((i): Plain[number] => [`extra.${i}`, [1], [0]]),
  ]);
  assert.throws(() => bindStateDict(tensors, expected, "resnet20"), {
    name: "UserError",
    message: "Cannot load these 22 parameters into resnet20, which has 3: " +
      "1 missing: bn.running_var; " +
      "20 surplus: extra.0, extra.1, extra.2, extra.3, extra.4, extra.5, extra.6, extra.7 " +
      "and 12 more; 1 of another shape: conv.weight is [2, 3, 4], not [2, 3, 2, 2]",
  });
  assert.throws(() => bindStateDict(new Map(), expected, "tiny"), /these 0 .* 3 missing/);
});

/** The small network behind a prefix, its numbers times something. */
const times = (factor: number): Plain =>
  small.map(([key, shape, numbers]) => [key, shape, numbers.map((n) => n * factor)]);
const both = (...dicts: StateDict[]): StateDict => new Map(dicts.flatMap((d) => [...d]));

Deno.test("what lies outside of the network's prefix is left out and told of", () => {
  const others = given("", [
    ["criterion.weight", [10], range(10)],
    ["optimizer.state.0.exp_avg", [2], [1, 2]],
  ]);
  for (const prefix of ["", "module.", "model.", "net.", "backbone.", "state_dict.model.module."]) {
    for (const tensors of [both(given(prefix), others), both(others, given(prefix))]) {
      const notes: string[] = [];
      const bound = bindStateDict(tensors, expected, "tiny", (note) => notes.push(note));
      assert.deepEqual([...bound.keys()], [...expected.keys()], prefix);
      assert.equal(notes.length, 1);
      assert.match(notes[0], /2 that it has no place for: criterion\.weight, optimizer\.state/);
    }
  }
  const notes: string[] = [];
  bindStateDict(given("model."), expected, "tiny", (note) => notes.push(note));
  assert.deepEqual(notes, []);
});

Deno.test("what lies behind the network's own prefix is another network's, and refused", () => {
  const more = (key: string) => given("", [[key, [1], [0]]]);
  for (const prefix of ["", "model."]) {
    const tensors = both(given(prefix), more(`${prefix}head.weight`));
    assert.throws(() => bindStateDict(tensors, expected, "tiny"), /1 surplus: head\.weight/);
  }
});

Deno.test("two networks that would do are named, unless they are one", () => {
  const pairs = [["model.", "ema."], ["", "ema."], ["state_dict.", "state_dict_ema.module."]];
  for (const [a, b] of pairs) {
    const twins = both(given(a), given(b, times(2)));
    assert.throws(() => bindStateDict(twins, expected, "tiny"), (error: Error) => {
      assert.match(error.message, /would both do and hold different numbers/);
      return error.message.includes(`"${b}…"`) && error.name === "UserError";
    });
    const one = bindStateDict(both(given(a), given(b)), expected, "tiny");
    assert.deepEqual([...one.keys()], [...expected.keys()]);
  }
  // of another number of classes: nobody can tell which is meant
  const student = given(
    "student.",
    small.map(([key, shape, numbers]) =>
      key === "fc.bias" ? [key, [2], [1, 2]] : [key, shape, numbers]
    ),
  );
  const teacher = both(given("teacher."), student);
  assert.throws(() => bindStateDict(teacher, expected, "tiny"), /"student…"|"student\.…"/);
});

Deno.test("state dicts beside each other keep their names; others than usual are found", () => {
  const one = (x: string) => dict({ w: tensor(storage(x, 1), 0, [1], [1]) });
  const data = { a: "\0\0\x80\x3f", b: "\0\0\0\x40" };
  const read = (value: string) => plain(parseWeights(zippedPth(value, data), "x"));
  assert.deepEqual(read(dict({ model: one("a"), model_ema: one("b") })), [
    ["model.w", [1], [1]],
    ["model_ema.w", [1], [2]],
  ]);
  assert.deepEqual(read(dict({ ema: one("b"), epoch: integer(3) })), [["w", [1], [2]]]);
  assert.deepEqual(read(dict({ student: one("b"), epoch: integer(3) })), [["w", [1], [2]]]);
  const optimizer = dict({ state: `}K\0${one("a")}s` });
  assert.deepEqual(read(dict({ optimizer, model: one("b") })), [["w", [1], [2]]]);
  // a dict that holds itself, by many names
  const knot = `}q\x07(${range(200).map((i) => `${text(`k${i}`)}h\x07`).join("")}u`;
  refuses(zippedPth(knot), /entries without tensors/);
});

const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);

Deno.test("a training script's legacy checkpoint gives PyTorch's numbers", async () => {
  const { tensors } = await loadWeights(own.path("models/narrow.th"));
  const expected = own.json<{
    names: string[];
    tensors: Record<string, { shape: number[]; first: number[]; sum: number }>;
    magnitude: number;
  }>("expected/narrow.json");
  assert.deepEqual([...tensors.keys()], expected.names);
  for (const [name, { shape, first, sum: total }] of Object.entries(expected.tensors)) {
    const tensor = tensors.get(name)!;
    assert.deepEqual(tensor.shape, shape);
    assert.deepEqual([...tensor.subarray(0, 2)], first);
    assert(Math.abs(sum(tensor) - total) < 1e-9, name);
  }
  const magnitude = sum([...tensors.values()].map((tensor) => sum(tensor.map(Math.abs))));
  assert(Math.abs(magnitude - expected.magnitude) < 1e-6, `${magnitude}`);
});

Deno.test({
  name: `resnet20-12fca82f.th gives PyTorch's numbers${absence}`,
  ignore: !hasShared,
  fn: async () => {
    const { tensors, sha256 } = await loadWeights(shared.path("models/resnet20-12fca82f.th"));
    assert.equal(sha256.slice(0, 8), "12fca82f");
    assert.equal(tensors.size, 97);
    assert.deepEqual([...tensors.keys()].slice(0, 2), ["module.conv1.weight", "module.bn1.weight"]);
    // shape, first numbers and sum as torch.load (1.13) has them
    const cases: [string, number[], number[], number][] = [
      [
        "conv1.weight",
        [16, 3, 3, 3],
        [-0.13818146288394928, -0.1624176800251007],
        1.3100982000032673,
      ],
      ["bn1.bias", [16], [1.1128888130187988, 0.9408729672431946], 4.791820557788014],
      ["linear.weight", [10, 64], [-1.0598125457763672, 0.5688578486442566], -0.04562738863751292],
      ["linear.bias", [10], [0.19355906546115875, -0.3431008756160736], 3.4442171454429626e-5],
    ];
    for (const [key, shape, first, total] of cases) {
      const tensor = tensors.get(`module.${key}`)!;
      assert.deepEqual(tensor.shape, shape);
      assert.deepEqual([...tensor.subarray(0, 2)], first);
      assert(Math.abs(sum(tensor) - total) < 1e-9, key);
    }
    const magnitude = sum([...tensors.values()].map((tensor) => sum(tensor.map(Math.abs))));
    assert(Math.abs(magnitude - 21349.562590950623) < 1e-6, `${magnitude}`);
  },
});
