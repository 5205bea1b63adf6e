import { ClientIdTaken } from "@mobile-ai-agent/conversation-store";
import { HttpProblem } from "@mobile-ai-agent/service-kit";

/** For a write that was not done. @throws HttpProblem 409 when its client id is that of something else, else the error */
export function refuseTakenId(error: unknown): never {
  if (!(error instanceof ClientIdTaken)) throw error;
  const detail =
    "its client_message_id was used for something else in this session: repeat it under a new one";
  throw new HttpProblem(409, "Conflict", detail);
}
