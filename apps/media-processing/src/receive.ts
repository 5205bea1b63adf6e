import { open } from "node:fs/promises";
import { HttpProblem } from "@mobile-ai-agent/service-kit";
import type { Request } from "express";

/**
 * Writes a request's body to a new file.
 *
 * @throws HttpProblem 413 when it is larger than `maxBytes`, whatever its Content-Length says; 400 when it is empty
 */
export async function receive(request: Request, path: string, maxBytes: number): Promise<void> {
  if (Number(request.get("content-length")) > maxBytes) throw tooLarge(request, maxBytes);
  let bytes = 0;
  const file = await open(path, "wx", 0o600);
  try {
    // The connection stays when the body is refused midway: it has yet to carry the answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(request, maxBytes);
      await file.appendFile(chunk);
    }
  } finally {
    await file.close();
  }
  if (bytes === 0) throw new HttpProblem(400, "Bad Request", "the body is empty: send the file as the body");
}

function tooLarge(request: Request, maxBytes: number): HttpProblem {
  // What still comes is let by, as long as the server lets a request take: closed on, a client or proxy that is still
  // sending would see a broken connection instead of the answer.
  request.resume();
  const detail = `a file may have ${maxBytes} bytes: send a smaller one`;
  return new HttpProblem(413, "Content Too Large", detail);
}
