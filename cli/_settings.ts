/** The settings of `phosphene.json`. */
import { z } from "../deps/zod.ts";
import { checked } from "../core/checked.ts";

/** What the file may hold. */
const settingsSchema = z.strictObject({
  plugins: z.array(z.string().min(1)).max(1000).default([]),
});

/** What a file's JSON says, or what is wrong with it. */
export const readSettings = (json: unknown) => checked(settingsSchema, json);
