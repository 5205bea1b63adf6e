import { describe, expect, it } from "vitest";
import { createLogger } from "./logger.ts";
import { requestContext } from "./request-context.ts";

const MESSAGE = Symbol.for("message");

function lines(log: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const logger = createLogger("test");
  for (const transport of logger.transports) transport.silent = true;
  const out: Record<string, unknown>[] = [];
  logger.on("data", (info) => out.push(JSON.parse(info[MESSAGE])));
  log(logger);
  return out;
}

describe("createLogger", () => {
  it("redacts secrets at any depth, and nothing else", () => {
    const [line] = lines((logger) =>
      logger.info("hello", {
        headers: { authorization: "Bearer abc", Cookie: "a=b" },
        users: [{ password: "hunter2", name: "ann" }],
        refresh_token: "xyz",
        sessionToken: "xyz",
        tokens: 12,
      }),
    );
    expect(line).toMatchObject({
      service: "test",
      message: "hello",
      headers: { authorization: "[redacted]", Cookie: "[redacted]" },
      users: [{ password: "[redacted]", name: "ann" }],
      refresh_token: "[redacted]",
      sessionToken: "[redacted]",
      tokens: 12,
    });
  });

  it("writes an error with its stack and cause", () => {
    const error = new Error("outer", { cause: new Error("inner") });
    const [line] = lines((logger) => logger.error("failed", { error }));
    expect(line?.error).toMatchObject({
      message: "outer",
      stack: expect.stringContaining("logger.test.ts"),
      cause: { message: "inner" },
    });
  });

  it("carries the id of the request", () => {
    const [inside, outside] = lines((logger) => {
      requestContext.run({ requestId: "request-1" }, () => logger.info("inside"));
      logger.info("outside");
    });
    expect(inside?.request_id).toBe("request-1");
    expect(outside).not.toHaveProperty("request_id");
  });
});
