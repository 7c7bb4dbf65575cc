import assert from "node:assert/strict";
import fc from "../_support/property.ts";
import { complete, scan, type Vocabulary } from "../../web/completion.ts";

const field = (name: string, role?: string, required = true) => ({
  ...{ name, role, required },
  description: `The ${name}`,
});
const WORDS: Vocabulary = {
  objectives: [
    { id: "channel", summary: "A channel", takes: [field("layer", "layer"), field("channel")] },
    {
      id: "neuron",
      summary: "A unit",
      takes: [field("layer", "layer"), field("channel"), field("row", undefined, false)],
    },
    { id: "logit", summary: "A score", takes: [field("class", "class")] },
    { id: "log_probability", summary: "Its logarithm", takes: [field("class", "class")] },
    {
      id: "interpolation",
      summary: "A strip",
      takes: [field("from", "objective"), field("to", "objective")],
    },
    { id: "tv", summary: "Roughness", takes: [] },
    { id: "lp", summary: "A power", takes: [field("p", undefined, false)] },
    {
      id: "mine",
      summary: "Of a plugin",
      takes: [{ ...field("mode", undefined, false), choices: ["soft", "hard edge"] }],
    },
  ],
  layers: ["conv1", "layer3", "layer3.0", "layer3.1", "layer4", "top/relu", "odd name"],
  classes: ["cat", "fire-engine", "golden retriever", "tench, Tinca tinca", "7", "crane", "Crane"],
};

/** What is offered where `|` stands. */
function at(marked: string) {
  const cursor = marked.indexOf("|"), text = marked.replace("|", "");
  const completion = complete(text, cursor, WORDS);
  return {
    ...completion,
    labels: completion?.suggestions.map(({ label }) => label),
    /** The text once an offer is chosen, with the cursor. */
    chosen(label: string) {
      const { from, to, suggestions } = completion!;
      const offer = suggestions.find((suggestion) => suggestion.label === label);
      assert.ok(offer, `${label} is not among ${suggestions.map(({ label }) => label).join()}`);
      return `${text.slice(0, from)}${offer.text}|${text.slice(to)}`;
    },
  };
}

const ALL = WORDS.objectives.map(({ id }) => id);

Deno.test("names of objectives are offered where one can stand", () => {
  for (const text of ["|", "  |", "-|", "0.5*|", "(|", "tv + |", "channel(layer3, 1) - 1e-3*|"]) {
    assert.deepEqual(at(text).labels, ALL, text);
    assert.equal(at(text).likely, false, text);
  }
  assert.deepEqual(at("lo|").labels, ["logit", "log_probability"]);
  assert.deepEqual(at("0.5*PROB|").labels, ["log_probability"]);
  assert.equal(at("lo|").likely, true);
  const { takes, about } = at("neu|").suggestions![0];
  assert.deepEqual([takes, about], ["(layer, channel, row?)", "A unit"]);
  for (const text of ["0.5|", "1e-|", "tv |", "tv)|", "nothing|", "channel(layer3, 1)|", '"|']) {
    assert.equal(at(text).labels, undefined, text);
  }
  assert.equal(at("tv|").labels, undefined); // it stands there already
});

Deno.test("a chosen name replaces the word at the cursor and opens its brackets once", () => {
  assert.equal(at("chan|").chosen("channel"), "channel(|");
  assert.equal(at("2*ch|anel + tv").chosen("channel"), "2*channel(| + tv");
  assert.equal(at("ch|(layer3, 1)").chosen("channel"), "channel|(layer3, 1)");
  assert.equal(at("t|").chosen("tv"), "tv|");
  assert.equal(at("l|").chosen("lp"), "lp|");
});

Deno.test("within brackets, what the place wants is offered", () => {
  assert.deepEqual(at("channel(|").labels, [...WORDS.layers, "channel=", "batch="]);
  assert.deepEqual(at("channel( LAY|").labels, ["layer3", "layer3.0", "layer3.1", "layer4"]);
  assert.deepEqual(at("neuron(layer=relu|").labels, ["top/relu"]);
  assert.deepEqual(at("channel(layer3[0]|").labels, []);
  assert.equal(at("channel(layer3, |").about, "The channel");
  assert.deepEqual(at("channel(layer3, |").labels, ["batch="]);
  assert.deepEqual(at("neuron(layer3, r|").labels, ["row="]);
  assert.deepEqual(at("neuron(layer3, 1, row=|").labels, []);
  assert.deepEqual(at("neuron(layer3, 1, row=2, batch=0, |").labels, []);
  assert.deepEqual(at("mine(|").labels, ["soft", "hard edge", "batch="]);
  assert.deepEqual(at("tv(|").labels, ["batch="]);
  assert.equal(at("unknown(|").labels, undefined);
  assert.equal(
    at("channel(layer3, 1, 2, 3, |").chosen("batch="),
    "channel(layer3, 1, 2, 3, batch=|",
  );
  assert.equal(at("channel(layer3, 1, ba|=0)").chosen("batch="), "channel(layer3, 1, batch|=0)");
});

Deno.test("what is chosen goes on to the next place, or closes the brackets", () => {
  assert.equal(at("channel(lay|").chosen("layer3.1"), "channel(layer3.1, |");
  assert.equal(at("channel(lay|er4, 12)").chosen("layer3"), "channel(layer3|, 12)");
  assert.equal(
    at("channel(channel=1, layer=|").chosen("layer4"),
    "channel(channel=1, layer=layer4)|",
  );
  assert.equal(at("channel(odd|").chosen("odd name"), 'channel("odd name", |');
  assert.equal(at("logit(ca| + tv").chosen("cat"), "logit(cat)| + tv");
  assert.equal(at("mine(h|").chosen("hard edge"), 'mine("hard edge")|');
});

Deno.test("names of classes are quoted where they must be, or given by number", () => {
  assert.deepEqual(at("logit(|").labels, [...WORDS.classes, "batch="]);
  assert.equal(at("logit(fire|").chosen("fire-engine"), "logit(fire-engine)|");
  assert.equal(at("logit(ret|)").chosen("golden retriever"), 'logit("golden retriever"|)');
  assert.equal(at("logit(golden ret|)").chosen("golden retriever"), 'logit("golden retriever"|)');
  assert.equal(
    at("logit(gol|den retriever) + tv").chosen("golden retriever"),
    'logit("golden retriever"|) + tv',
  );
  assert.equal(at("logit(tench|").chosen("tench, Tinca tinca"), 'logit("tench, Tinca tinca")|');
  assert.equal(at("logit(7|").chosen("7"), 'logit("7")|');
  assert.equal(at("logit(crane|").chosen("Crane"), "logit(#6)|");
});

Deno.test("quotes that are open or closed, before and behind the cursor", () => {
  assert.equal(at('logit("gol|').chosen("golden retriever"), 'logit("golden retriever")|');
  assert.equal(
    at('logit("gol|den") + tv').chosen("golden retriever"),
    'logit("golden retriever"|) + tv',
  );
  assert.equal(
    at('logit("gol|) + logit("cat")').chosen("golden retriever"),
    'logit("golden retriever"|) + logit("cat")',
  );
  assert.equal(at('logit("tench, T|').chosen("tench, Tinca tinca"), 'logit("tench, Tinca tinca")|');
  assert.deepEqual(at('logit("cat"|)').labels, ["cat"]);
  assert.equal(at('logit("a) + |').labels?.length, 0);
  assert.deepEqual(at('logit("a)") + |').labels, ALL);
});

Deno.test("objectives within objectives", () => {
  assert.deepEqual(at("interpolation(|").labels, [...ALL, "to=", "batch="]);
  assert.deepEqual(at("interpolation(2*(tv + |").labels, ALL);
  assert.deepEqual(at("interpolation(logit(cat), to=|").labels, ALL);
  assert.deepEqual(at("interpolation(logit(c|").labels, [
    "cat",
    "crane",
    "Crane",
    "tench, Tinca tinca",
  ]);
  assert.equal(
    at("interpolation(logit(cat), channel(layer4|").chosen("layer4"),
    "interpolation(logit(cat), channel(layer4, |",
  );
  assert.equal(at("interpolation(tv, tv) + |").labels?.length, ALL.length);
});

Deno.test("a word that stands whole is not changed by the way", () => {
  const { labels, likely } = at("channel(layer3|, 12)");
  assert.deepEqual(labels, ["layer3.0", "layer3.1"]);
  assert.equal(likely, false);
});

Deno.test("complete arguments are told with what they are for", () => {
  const { complete } = scan(
    'channel(layer3, 1) - mine("x, y") * lp(p=[1, 2]) + q(7',
    WORDS.objectives,
  );
  assert.deepEqual(
    complete.map(({ thing, field, text }) => [thing?.id, field?.name, text]),
    [["channel", "layer", "layer3"], ["channel", "channel", "1"], ["mine", "mode", '"x, y"'], [
      "lp",
      "p",
      "[1, 2]",
    ]],
  );
});

Deno.test("any text at all: what is offered stands at the cursor and goes on from it", () => {
  const part = fc.constantFrom(
    ...["channel", "logit", "interpolation", "tv", "lay", "cat", "batch=", "1e-3", " ", ",", "("],
    ...[")", '"', "[", "]", "+", "-", "*", "=", ".", "é", "\t", "\\", "$&"],
  );
  const text = fc.oneof(fc.array(part, { maxLength: 30 }).map((all) => all.join("")), fc.string());
  fc.assert(fc.property(text, fc.nat(), (text, n) => {
    const cursor = n % (text.length + 1), found = complete(text, cursor, WORDS);
    if (!found) return;
    const { from, to, suggestions } = found;
    assert.ok(0 <= from && from <= cursor && cursor <= to && to <= text.length);
    const typed = text.slice(from, cursor).replace(/^"|"$/g, "").toLowerCase();
    for (const { label, text: written } of suggestions) {
      assert.ok(label.toLowerCase().includes(typed));
      assert.notEqual(written, text.slice(from, to));
    }
  }));
});
