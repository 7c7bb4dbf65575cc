/**
 * TensorFlow.js keeps one stack of scopes, and hands every tensor that anybody makes to the topmost:
 * a scope that lasts over an `await` would free other people's tensors. Here a stack follows the
 * asynchronous call that opened it, so that each frees its own and nobody else's.
 */
import * as tf from "../deps/tfjs.ts";
import { type AsyncLocal, platform } from "../platform/mod.ts";

/** What TensorFlow.js's engine keeps of its scopes. */
interface Stack {
  scopeStack: unknown[];
  activeScope: unknown;
}

interface Own extends Stack {
  over: boolean;
  /** What {@link once} has made, and on which backend. */
  readonly made: Map<object, { readonly backend: object; readonly tensor: tf.Tensor }>;
}

/** What finds the stack of the call at hand; one for all copies of this module in a program. */
interface Stacks {
  readonly local: AsyncLocal<Own>;
  /** The stack of calls that opened none of their own. */
  readonly common: Stack;
}

/** A plugin may bring another copy of the library, but there is one TensorFlow.js. */
const SHARED: unique symbol = Symbol.for("phosphene.scopes");

const state = (tf.engine() as unknown as { state: Stack & { [SHARED]?: Stacks } }).state;
const { local, common } = state[SHARED] ??= shared();

function shared(): Stacks {
  const local = platform.asyncLocal<Own>();
  const common: Stack = { scopeStack: state.scopeStack, activeScope: state.activeScope };
  Object.defineProperties(state, {
    scopeStack: { get: () => here().scopeStack, set: (stack) => here().scopeStack = stack },
    activeScope: { get: () => here().activeScope, set: (scope) => here().activeScope = scope },
  });
  return { local, common };
}

function here(): Stack {
  const own = local.get();
  return own && !own.over ? own : common;
}

/** A scope that lasts over many calls. */
export interface Scope {
  /** Calls `f`: tensors that it and what it awaits make belong to the scope. */
  run<R>(f: () => R): R;
  /** Frees the tensors that were made in it and are left, but for kept ones. */
  end(): void;
}

/** Opens a scope. End it. */
export function openScope(): Scope {
  const own: Own = { scopeStack: [], activeScope: null, over: false, made: new Map() };
  local.run(own, () => tf.engine().startScope());
  return {
    run: (f) => local.run(own, f),
    end() {
      if (own.over) return;
      local.run(own, () => {
        // what an error left open lies above
        while (own.scopeStack.length) tf.engine().endScope();
      });
      own.over = true;
    },
  };
}

/**
 * Makes a tensor once for a key in the scope that the call at hand has opened last, and frees it with
 * that, whatever `tf.tidy` is under way; outside of all scopes, as ever.
 */
export function once(key: object, make: () => tf.Tensor): tf.Tensor {
  const own = local.get(), backend = tf.backend();
  if (!own || own.over) return make();
  const before = own.made.get(key);
  if (before && before.backend === backend && !before.tensor.isDisposed) return before.tensor;
  const { scopeStack, activeScope } = own;
  [own.scopeStack, own.activeScope] = [scopeStack.slice(0, 1), scopeStack[0]];
  try {
    const tensor = make();
    own.made.set(key, { backend, tensor });
    return tensor;
  } finally {
    [own.scopeStack, own.activeScope] = [scopeStack, activeScope];
  }
}
