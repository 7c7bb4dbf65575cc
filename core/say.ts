/**
 * How sentences name options. Messages and notes write an option's schema name between backticks,
 * which reads well in a script and in a manifest, beside the options of the same names:
 *
 * > A smaller `learningRate` would hold. `bias: spread` hands that on.
 *
 * The command line shows these as `--learning-rate` and `--bias spread`, a page by its labels.
 */

/**
 * Names an option in a sentence, or an option with a value that would work.
 *
 * @example
 * ```ts
 * option("learningRate"); // `learningRate`
 * option("bias", "spread"); // `bias: spread`
 * ```
 */
export const option = (name: string, value?: string): string =>
  value === undefined ? `\`${name}\`` : `\`${name}: ${value}\``;

/** How somebody writes an option, and an option with a value. */
export type Naming = (name: string, value?: string) => string;

/** Quoted text stays as it is: it is the user's. A quote that is never closed goes on to the end. */
const NAMED = /"(?:[^"\\\n]|\\.)*"?|`([a-z][A-Za-z0-9]*)(?:: ([^`\n]*))?`/g;

/**
 * A sentence, or an error's message, with its options named in another way.
 *
 * @example
 * ```ts
 * say("A larger `epsilon` is steadier.", (name) => `--${name}`); // A larger --epsilon is steadier.
 * ```
 */
export const say = (sentence: string | Error, naming: Naming): string =>
  (typeof sentence === "string" ? sentence : sentence.message)
    .replace(
      NAMED,
      (whole, name?: string, value?: string) => name === undefined ? whole : naming(name, value),
    );
