import { open } from "node:fs/promises";
import { bodyTooLate, HttpProblem, inTime } from "@mobile-ai-agent/service-kit";
import type { Request } from "express";

export interface ReceiveLimits {
  readonly maxBytes: number;
  /** Milliseconds in which something has to come. */
  readonly idle: number;
}

/**
 * Writes a request's body to a new file.
 *
 * @throws HttpProblem 413 when it is larger than `maxBytes`, whatever its Content-Length says; 408 when nothing comes
 *   for too long; 400 when it is empty
 */
export async function receive(request: Request, path: string, limits: ReceiveLimits): Promise<void> {
  const { maxBytes } = limits;
  if (Number(request.get("content-length")) > maxBytes) throw tooLarge(request, maxBytes);
  let bytes = 0;
  const file = await open(path, "wx", 0o600);
  try {
    for await (const chunk of chunksOf(request, limits.idle)) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(request, maxBytes);
      await file.appendFile(chunk);
    }
  } finally {
    await file.close();
  }
  if (bytes === 0) throw new HttpProblem(400, "Bad Request", "the body is empty: send the file as the body");
}

async function* chunksOf(request: Request, idle: number): AsyncGenerator<Buffer> {
  // The connection stays when the body is refused midway: it has yet to carry the answer.
  const chunks = request.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const { done, value } = await inTime(chunks.next(), idle, () =>
        bodyTooLate(`nothing of the file has come for ${idle / 1000} seconds: send it again`),
      );
      if (done) return;
      yield value;
    }
  } finally {
    // Else nothing drains what is left. Not waited for: it ends only when the chunk comes that is not there.
    chunks.return?.().catch(() => {});
  }
}

function tooLarge(request: Request, maxBytes: number): HttpProblem {
  // What still comes is let by, as long as the server lets a request take: closed on, a client or proxy that is still
  // sending would see a broken connection instead of the answer.
  request.resume();
  const detail = `a file may have ${maxBytes} bytes: send a smaller one`;
  return new HttpProblem(413, "Content Too Large", detail);
}
