/** What a machine may lack, and what `.ci/run` installs. */

/**
 * Whether a test is left out because this machine lacks what it needs. Where `CI=true` nothing may
 * be lacking: the test runs, and fails.
 */
export const leftOutWithout = (present: boolean): boolean =>
  !present && Deno.env.get("CI") !== "true";
