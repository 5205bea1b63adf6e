import type { RequestHandler } from "express";
import type { ChatModel } from "../chat-model.ts";

/**
 * GET /v1/models: those that answer, in the order in which they are asked. Beyond OpenAI's fields, `capabilities` tells
 * whether a model takes `tools`, and whether it continues an `assistant` message at the end (`prefill`).
 */
export function listModels(models: readonly ChatModel[]): RequestHandler {
  const created = Math.floor(Date.now() / 1000);
  return (_request, response) => {
    const data = models.map(({ name, abilities }) => {
      return { id: name, object: "model", created, owned_by: "mobile-ai-agent", capabilities: abilities };
    });
    response.json({ object: "list", data });
  };
}
