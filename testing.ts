/**
 * What plugins are tested with: the contract that the library's own techniques are held to, with
 * small networks and pictures.
 *
 * ```ts
 * import { checkPlugin } from "./testing.ts";
 * ```
 *
 * @module
 */
export {
  checkPlugin,
  type CheckRequest,
  checkTechnique,
  type Limits,
  properties,
  smallNetworks,
  type Verdict,
} from "./conformance/mod.ts";
export {
  branched,
  families,
  grayOne,
  modelOf,
  picture,
  type Small,
} from "./conformance/networks.ts";
export { synthetic, syntheticNetwork } from "./conformance/synthetic.ts";
export { loadPlugin, type Plugin } from "./run/plugins/mod.ts";
