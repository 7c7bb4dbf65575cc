/** The tensors of a whole pickled module, by the names that its state dict would have. */
import { Inert } from "./pickle.ts";

/** More modules than any network has; a module may stand in many places. */
const MAX_MODULES = 2 ** 16;

/** What was set on an object: its `__dict__`, also where slots stand beside it. */
export function attributesOf({ state }: Inert): Map<unknown, unknown> {
  const attributes = Array.isArray(state) ? state[0] : state;
  return attributes instanceof Map ? attributes : new Map();
}

/** An attribute that is a dict. */
function dictOf(
  attributes: Map<unknown, unknown>,
  name: string,
): Map<unknown, unknown> | undefined {
  const found = attributes.get(name);
  return found instanceof Map ? found : found instanceof Inert ? found.items : undefined;
}

/**
 * The parameters and buffers of a `torch.nn.Module`, or of a TorchScript one, and of all modules in
 * it; undefined where an object is none.
 *
 * @param fail is told of a module without end
 * @returns Name, such as `layer1.0.conv1.weight`, to whatever stands there: a tensor, as a rule.
 */
export function moduleTensors(
  root: Inert,
  fail: (reason: string) => never,
): Map<string, unknown> | undefined {
  if (!isModule(root)) return undefined;
  const tensors = new Map<string, unknown>(), path = new Set<Inert>();
  let modules = 0;
  const visit = (module: Inert, prefix: string) => {
    if (path.has(module)) return; // a module that holds itself
    if (++modules > MAX_MODULES) fail(`it has more than ${MAX_MODULES} modules`);
    path.add(module);
    const attributes = attributesOf(module), inner = dictOf(attributes, "_modules");
    const kept = dictOf(attributes, "_buffers") ?? [],
      left = attributes.get(
        "_non_persistent_buffers_set",
      );
    const own = inner
      ? [
        ...dictOf(attributes, "_parameters") ?? [],
        ...[...kept].filter(([name]) => !(left instanceof Set && left.has(name))),
        ...inner,
      ]
      : attributes; // TorchScript has all of them side by side
    for (const [name, value] of own) {
      if (value instanceof Inert && isModule(value)) visit(value, `${prefix}${name}.`);
      else if (!(value instanceof Inert)) tensors.set(`${prefix}${name}`, value);
    }
    path.delete(module);
  };
  visit(root, "");
  return tensors;
}

const isModule = (object: Inert): boolean =>
  object.name.startsWith("__torch__.") || dictOf(attributesOf(object), "_modules") !== undefined;
