/**
 * What could stand at the cursor in an objective's text: names of objectives and, within their
 * brackets, what their options take. It goes by the grammar of `visualize/expression.ts`, but takes
 * whatever is there as far as it can: who types is not done yet.
 */
import { layerText } from "../visualize/layer_text.ts";

/** One option of an objective. */
export interface Taken {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** What it holds: a layer, a class, another objective; something else where it is absent. */
  readonly role?: string;
  /** The texts that it takes, where these are few. */
  readonly choices?: readonly string[];
}

/** An objective by its name. */
export interface Callable {
  readonly id: string;
  readonly summary: string;
  readonly takes: readonly Taken[];
}

/** The words that a text can be made of, for one model. */
export interface Vocabulary {
  readonly objectives: readonly Callable[];
  readonly layers: readonly string[];
  /** Names of the classes, by number. */
  readonly classes: readonly string[];
}

export interface Suggestion {
  /** What it is called. */
  readonly label: string;
  /** What it would write. */
  readonly text: string;
  /** What it takes, in brackets: `(layer, channel, row?)`. */
  readonly takes?: string;
  /** What it means. */
  readonly about?: string;
}

export interface Completion {
  /** What a suggestion replaces. */
  readonly from: number;
  readonly to: number;
  /** The best first; none where only the user can know, such as a number. */
  readonly suggestions: readonly Suggestion[];
  /** Whether the first is likely meant: something was typed, and is not whole as it stands. */
  readonly likely: boolean;
  /** What the option at the cursor means. */
  readonly about?: string;
}

/** What any objective takes besides its own options. */
const BESIDE: readonly Taken[] = [
  { name: "batch", description: "Only of this image, by number from 0", required: false },
];

/** So many suggestions are given; more are found by typing on. */
const MOST = 100;

const NAME = /^[a-z_]\w*/i;
/** A number, or the beginning of one. */
const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d*)?/i;
const NAMED = /^([a-z_]\w*)\s*=\s*/i;
/** A bracket that is open. */
interface Bracket {
  /** The objective whose arguments stand in it, where it is one that there is. */
  readonly thing?: Callable;
  /** Whether it holds arguments. */
  readonly call: boolean;
  /** Whether an argument begins. */
  fresh: boolean;
  /** Arguments without a name so far, and the names of the others. */
  places: number;
  readonly given: string[];
  /** What the argument at hand is for, and where it begins. */
  field?: Taken;
  from: number;
}

/** An argument that is no objective. */
export interface Argument {
  readonly thing?: Callable;
  readonly field?: Taken;
  readonly text: string;
}

/** Where a text ends. */
interface Place {
  /** Where what stands at its end begins. */
  readonly from: number;
  /** Whether the name of an objective belongs there. */
  readonly operand: boolean;
  /** The bracket around it. */
  readonly bracket?: Bracket;
}

/** Where an argument that is no objective ends; undefined where the text ends before. */
function endOfArgument(text: string, from: number): number | undefined {
  const quoted = /^"[^"]*"?/.exec(text.slice(from))?.[0] ?? "";
  let open = 0;
  for (let at = from + quoted.length; at < text.length; at++) {
    const sign = text[at];
    if (open === 0 && (sign === "," || sign === ")")) return at;
    if (sign === "(" || sign === "[") open++;
    if (sign === ")" || sign === "]") open--;
  }
  return undefined;
}

/**
 * Goes through a text.
 *
 * @returns The arguments that are complete, and where the text ends; no place where an operator or
 * the rest of a number should follow.
 */
export function scan(
  text: string,
  objectives: readonly Callable[],
): { readonly complete: readonly Argument[]; readonly place?: Place } {
  const brackets: Bracket[] = [], complete: Argument[] = [];
  let at = 0, operand = true;
  const rest = () => text.slice(at);
  const skip = () => at += /^\s*/.exec(rest())![0].length;
  const open = (call: boolean, thing?: Callable) => {
    brackets.push({ thing, call, fresh: call, places: 0, given: [], from: at });
    operand = true;
  };
  for (;;) {
    skip();
    const bracket = brackets.at(-1);
    if (bracket?.fresh) {
      const takes = bracket.thing?.takes ?? [], named = NAMED.exec(rest());
      bracket.fresh = false;
      bracket.from = named ? -1 : at;
      bracket.field = named
        ? [...takes, ...BESIDE].find(({ name }) => name === named[1])
        : takes[bracket.places++];
      if (named) {
        bracket.given.push(named[1]);
        at += named[0].length;
      }
      if (bracket.field?.role !== "objective") {
        const end = endOfArgument(text, at), { thing, field } = bracket;
        if (end === undefined) return { complete, place: { from: at, operand: false, bracket } };
        complete.push({ thing, field, text: text.slice(at, end).trim() });
        [at, operand] = [end, false];
      }
    }
    if (at >= text.length) {
      return { complete, place: operand ? { from: at, operand, bracket } : undefined };
    }
    const name = NAME.exec(rest())?.[0], number = NUMBER.exec(rest())?.[0];
    if (name) {
      const from = at;
      at += name.length;
      if (at === text.length) {
        return { complete, place: operand ? { from, operand, bracket } : undefined };
      }
      operand = false;
      skip();
      if (text[at] === "(") {
        at++;
        open(true, objectives.find(({ id }) => id === name));
      }
    } else if (number) {
      at += number.length;
      operand = false;
    } else {
      const sign = text[at++];
      if (sign === "(") open(false);
      else if (sign === ")") {
        brackets.pop();
        operand = false;
      } else {
        if (sign === "," && bracket?.call) bracket.fresh = true;
        operand = /[-+*/,−×]/.test(sign);
      }
    }
  }
}

/** What an objective takes, in brackets. */
const signature = ({ takes }: Callable): string =>
  takes.length
    ? `(${takes.map(({ name, required }) => required ? name : `${name}?`).join(", ")})`
    : "";

/** How a layer or a choice is written; nothing where it cannot be. */
function written(name: string): string | undefined {
  return name.includes('"') ? undefined : layerText(name);
}

/** How classes are written: by number where a name would not do. */
function classesWritten(classes: readonly string[]): Suggestion[] {
  const seen = new Set<string>(), repeated = new Set<string>();
  for (const name of classes.map((label) => label.trim().toLowerCase())) {
    (seen.has(name) ? repeated : seen).add(name);
  }
  return classes.map((label, number) => {
    const name = label.trim();
    if (name === "" || name.includes('"') || repeated.has(name.toLowerCase())) {
      return { label, text: `#${number}` };
    }
    // within quotes it is this very name, never a number
    return { label, text: /^[a-z_][\w-]*$/i.test(name) ? name : `"${name}"` };
  });
}

/** How well a name goes on from what was typed, 0 the best; undefined where it does not. */
function rank(name: string, typed: string): number | undefined {
  const lower = name.toLowerCase(), wanted = typed.toLowerCase();
  if (lower === wanted) return 0;
  if (lower.startsWith(wanted)) return 1;
  const at = lower.indexOf(wanted);
  if (at < 0) return undefined;
  return /[\s_./-]/.test(lower[at - 1]) ? 2 : 3;
}

/** Those suggestions that go on from what was typed, the best first. */
function fitting(suggestions: readonly Suggestion[], typed: string): Suggestion[] {
  return suggestions
    .flatMap((suggestion) => {
      const place = rank(suggestion.label, typed);
      return place === undefined ? [] : [{ suggestion, place }];
    })
    .sort((a, b) => a.place - b.place) // keeps the order of equals
    .map(({ suggestion }) => suggestion);
}

/** What can stand for an option, as it is written. */
function valuesOf(field: Taken, { layers, classes }: Vocabulary): Suggestion[] {
  if (field.role === "class") return classesWritten(classes);
  const names = field.role === "layer" ? layers : field.choices ?? [];
  return names.flatMap((label) => {
    const text = written(label);
    return text === undefined ? [] : [{ label, text }];
  });
}

/** The options of the bracket's objective that are not given yet. */
const missing = ({ thing, places, given }: Bracket): Taken[] =>
  [...(thing?.takes.slice(places) ?? []), ...BESIDE].filter(({ name }) => !given.includes(name));

/** What of the text behind the cursor belongs to what stands at it. */
function tailOf(rest: string, { operand, bracket }: Place, quoted: boolean): string {
  if (operand) return /^\w*/.exec(rest)![0];
  const closed = quoted && /^[^"()]*"/.exec(rest);
  if (closed) return closed[0];
  // names of classes may be several words; only what ends as an argument is taken to be one
  const words = bracket?.field?.role === "class" && /^[\w \t.'-]*(?=[,)])/.exec(rest);
  return words ? words[0].trimEnd() : /^[\w.[\]/-]*/.exec(rest)![0];
}

/**
 * What could stand at a place of a text.
 *
 * @param at Of the cursor.
 * @returns undefined where there is nothing to say.
 */
export function complete(text: string, at: number, words: Vocabulary): Completion | undefined {
  const { place } = scan(text.slice(0, at), words.objectives);
  if (!place) return undefined;
  const { from, operand, bracket } = place, field = bracket?.call ? bracket.field : undefined;
  const typed = text.slice(from, at), quoted = typed.startsWith('"');
  const to = at + tailOf(text.slice(at), place, quoted && !/^".*"/.test(typed)).length;
  const behind = text.slice(to);

  const suggestions: Suggestion[] = [];
  if (operand) {
    for (const thing of words.objectives) {
      const opens = thing.takes.some(({ required }) => required) && !/^\s*\(/.test(behind);
      suggestions.push({
        label: thing.id,
        text: opens ? `${thing.id}(` : thing.id,
        takes: signature(thing),
        about: thing.summary,
      });
    }
  } else if (field) {
    const more = bracket!.thing && missing(bracket!).some(({ required }) => required) ? ", " : ")";
    const end = /^\s*[,)]/.test(behind) ? "" : more;
    for (const { label, text } of valuesOf(field, words)) {
      suggestions.push({ label, text: text + end });
    }
  }
  if (bracket?.thing && bracket.from === from) {
    for (const { name, description } of missing(bracket)) {
      if (!name.toLowerCase().startsWith(typed.toLowerCase())) continue; // a part of it means a value
      const text = /^\s*=/.test(behind) ? name : `${name}=`;
      suggestions.push({ label: `${name}=`, text, about: description });
    }
  }
  const fits = fitting(suggestions, typed.replace(/^"|"$/g, ""));
  const stands = text.slice(from, to), others = fits.filter(({ text }) => text !== stands);
  const about = field?.description;
  if (!others.length && !about) return undefined;
  const likely = typed !== "" && others.length > 0 && others.length === fits.length;
  return { from, to, suggestions: others.slice(0, MOST), likely, about };
}
