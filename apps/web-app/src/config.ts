import { baseConfig } from "@mobile-ai-agent/service-kit";
import { z } from "zod";

export const webAppConfig = z.object({
  ...baseConfig.shape,
  PUBLIC_DIR: z.string().min(1).default("public").describe("folder of the app's web build"),
});
export type WebAppConfig = z.infer<typeof webAppConfig>;
