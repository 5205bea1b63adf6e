import { z } from "zod";

/** What the caller's runs have used of the language model, and may use yet. */
export const Usage = z.strictObject({
  day: z.iso.date().describe("of UTC"),
  used: z
    .int()
    .nonnegative()
    .describe("tokens of prompts and answers today, those of answers under way included"),
  limit: z.int().positive().describe("tokens a day"),
  remaining: z.int().nonnegative(),
  resets_at: z.iso.datetime().describe("when the next day begins"),
});
export type Usage = z.infer<typeof Usage>;
