import { z } from "zod";

const TextPart = z.object({ type: z.literal("text"), text: z.string() });

const Content = z
  .union([z.string(), z.array(TextPart)])
  .transform((content) => (typeof content === "string" ? content : content.map(({ text }) => text).join("")));

/** The part of OpenAI's chat completion request that is served; fields beyond it are ignored, as OpenAI's servers do. */
export const ChatRequest = z.object({
  model: z.string().min(1),
  messages: z
    .array(
      z.object({
        role: z.preprocess(
          (role) => (role === "developer" ? "system" : role),
          z.enum(["system", "user", "assistant"]),
        ),
        content: Content,
      }),
    )
    .min(1)
    .max(200)
    .refine((messages) => messages.at(-1)?.role === "user", "the last message must be the user's"),
  stream: z.boolean().nullish(),
  max_tokens: z.int().min(1).max(4096).nullish(),
  max_completion_tokens: z.int().min(1).max(4096).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  n: z.literal(1, "only one answer per request").nullish(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;
