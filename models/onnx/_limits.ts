/** How large an ONNX model may be. */

/** A protobuf message cannot be larger. */
export const MAX_FILE_BYTES = 2 ** 31;
/** All external data together. */
export const MAX_DATA_BYTES = 2 ** 32;
/** Files of external data: one as a rule, one for each weight at most. */
export const MAX_DATA_FILES = 4096;
/** Nodes: ten times the largest classifiers'. */
export const MAX_NODES = 50_000;
/** What they all read. */
export const MAX_LINKS = 10 * MAX_NODES;
/** Axes of any tensor. */
export const MAX_RANK = 12;
/** Letters of a name. */
export const MAX_NAME = 1000;
/** Numbers that are worked out while a model is loaded, all together. */
export const MAX_FOLDED = 2 ** 28;
