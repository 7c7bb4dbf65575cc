/** The name of a picture that was sent. */

/** Without folders and control characters, and not too long. */
export const plainName = (name: string): string =>
  // deno-lint-ignore no-control-regex -- they have no place in a name
  name.split(/[\\/]/).at(-1)!.replace(/[\x00-\x1f\x7f]/g, "").slice(0, 120)
    .toWellFormed() || "picture";
