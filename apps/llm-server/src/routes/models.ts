import type { RequestHandler } from "express";
import type { ChatModel } from "../chat-model.ts";

/** GET /v1/models */
export function listModels(model: ChatModel): RequestHandler {
  const created = Math.floor(Date.now() / 1000);
  return (_request, response) => {
    response.json({
      object: "list",
      data: [{ id: model.name, object: "model", created, owned_by: "mobile-ai-agent" }],
    });
  };
}
