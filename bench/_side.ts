/**
 * Measures one side of a question in this process, which does nothing else, and prints what it found.
 *
 *     deno run -A bench/_side.ts QUESTION SIDE ARGUMENT SETTINGS
 */
import { QUESTIONS } from "./_questions.ts";

const [id, side, argument, settings] = Deno.args;
const { question } = await QUESTIONS[id]();
const figures = await question.sides![side](JSON.parse(argument), JSON.parse(settings));
console.log(JSON.stringify(figures));
Deno.exit(0);
