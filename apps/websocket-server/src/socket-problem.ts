import type { SocketError } from "@mobile-ai-agent/contracts";

/** Thrown in a handler, it becomes the `error` of the acknowledgement; `message` is shown to a person. */
export class SocketProblem extends Error {
  readonly code: SocketError["code"];

  constructor(code: SocketError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SocketProblem";
    this.code = code;
  }
}
