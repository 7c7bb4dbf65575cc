/** How large any network that is read from a file may be. */

/** No layer's value may have more numbers (a picture of 4096×4096 has not): more is a mistake. */
export const MAX_NUMBERS = 2 ** 26;
/** Nor may all together. */
export const MAX_ALL_NUMBERS = 2 ** 31;
/** The picture's side where the network leaves it open. */
export const DEFAULT_SIDE = 224;
/** Classes, or channels of a map of them: more than any list of names has. */
export const MAX_CLASSES = 2 ** 20;
/** Places of an axis from which numbers are taken one by one. */
export const MAX_INDICES = 2 ** 20;
