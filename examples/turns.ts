/**
 * Runs take turns, a step each: two at once, and a question between two steps.
 *
 *     deno run -A examples/turns.ts
 */
import {
  attribute,
  currentBackend,
  execute,
  gradCam,
  loadImage,
  loadModel,
  predict,
  rise,
  saliency,
  useBackend,
} from "../mod.ts";

const model = await loadModel("phosphene-resnet");
const image = await loadImage(new URL("images/cat-4.png", import.meta.url));

// a run keeps the backend that it starts on; without this line the fastest that works is taken
await useBackend("wasm");

const both = await Promise.all([
  attribute(saliency, { model, image }),
  attribute(gradCam, { model, image }),
]);
console.log(both.map(({ technique, backend }) => `${technique.id} on ${backend.name}`).join(", "));

const steps = execute(rise, { model, image, options: { masks: 200 } });
let next = await steps.next();
for (; !next.done; next = await steps.next()) {
  const [best] = await predict(model, image); // the run waits meanwhile
  console.log(`${next.value.step} of ${next.value.of} masks; the network says ${best.label}`);
}
console.log(`done: ${next.value.technique.title}, still on ${currentBackend()?.name}`);
