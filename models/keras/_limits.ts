/** How large a layers-model may be. */

/** Layers, and uses of them, those of models within the model included: five times the largest's. */
export const MAX_LAYERS = 20_000;
/** What all these read: the layers of a dense block read all those before. */
export const MAX_LINKS = 10 * MAX_LAYERS;
