/** What `phosphene new` writes beside the plugin: its test, its tasks, its README. */

/** A kind of plugin that there are templates of. */
export type Kind = "technique" | "model" | "metric";

/** The test that holds the plugin to the contract. */
export const test = (id: string, testing: string): string =>
  `/** Holds the plugin to the contract that Phosphene's own techniques keep. */
import { checkPlugin, loadPlugin } from "${testing}";

Deno.test("${id} keeps the contract", async () => {
  const plugin = await loadPlugin(new URL("${id}.ts", import.meta.url).href);
  for await (const { subject, check, on = "itself", passed, found } of checkPlugin(plugin)) {
    if (!passed) throw new Error(\`\${subject}, \${check}, on \${on}: \${found}\`);
  }
});
`;

const COMMANDS: Readonly<Record<Kind, (id: string) => string>> = {
  technique: (id) => `${id} --plugin ./${id}.ts`,
  model: (id) => `predict --model ${id} --plugin ./${id}.ts`,
  metric: (id) => `plugin check ./${id}.ts`,
};

/** The tasks: \`deno task try\`, \`check\`, \`test\`. */
export function tasks(kind: Kind, id: string, cli: string): string {
  const phosphene = `deno run -A ${cli}`;
  return JSON.stringify(
    {
      tasks: {
        try: `${phosphene} ${COMMANDS[kind](id)}`,
        check: `${phosphene} plugin check ./${id}.ts`,
        test: "deno test -A",
      },
      fmt: { lineWidth: 160, proseWrap: "preserve" },
    },
    null,
    2,
  ) + "\n";
}

const SHOWN: Readonly<Record<Kind, (id: string) => string>> = {
  technique: (id) =>
    `Explains a picture; the technique is then also in the gallery's form and in \`compare\`:\n\n` +
    "```sh\n" +
    `phosphene ${id} cat.png --plugin ./${id}.ts\n` +
    `phosphene compare cat.png --techniques ${id},saliency --plugin ./${id}.ts\n` +
    `phosphene gallery --plugin ./${id}.ts\n` +
    "```",
  model: (id) =>
    `The weights in \`${id}.safetensors\` are random: put yours in their place.\n\n` +
    "```sh\n" +
    `phosphene predict cat.png --model ${id} --plugin ./${id}.ts\n` +
    `phosphene grad-cam cat.png --model ${id} --plugin ./${id}.ts\n` +
    "```",
  metric: (id) =>
    "```sh\n" +
    `phosphene judge cat.png --techniques saliency,grad-cam --plugin ./${id}.ts --metrics ${id}\n` +
    "```\n\n" +
    "In a script:\n\n" +
    "```ts\n" +
    `await loadPlugin("./${id}.ts");\n` +
    `const { value } = await judge(await attribute("saliency", { model, image }), "${id}");\n` +
    "```",
};

/** The README. */
export const readme = (kind: Kind, id: string, title: string): string =>
  `# ${title}

A ${kind} for Phosphene, in \`${id}.ts\`.

${SHOWN[kind](id)}

Listed in a \`phosphene.json\`, \`{ "plugins": ["./${id}.ts"] }\`, it is there in this folder without
\`--plugin\`.

\`deno task check\` holds it to the contract that Phosphene's own keep, \`deno task test\` does so as a
test, and \`deno task try\` runs it.
`;
