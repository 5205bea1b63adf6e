import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { createLogger } from "./logger.ts";
import { runInContext } from "./request-context.ts";

const MESSAGE = Symbol.for("message");

function lines(log: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const logger = createLogger("test", "info", "laptop");
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

  it("says where each line is from, and of which request and trace", () => {
    const [inside, outside] = lines((logger) => {
      runInContext({ requestId: "request-1" }, () => logger.warn("inside"));
      logger.info("outside");
    });
    const origin = { service: "test", hostname: hostname(), environment: "laptop" };
    expect(inside).toMatchObject({ ...origin, level: "warn", request_id: "request-1" });
    expect(inside?.trace_id).toMatch(/^[0-9a-f]{32}$/);
    expect(outside).toMatchObject({ ...origin, level: "info" });
    expect(outside).not.toHaveProperty("request_id");
    expect(outside).not.toHaveProperty("trace_id");
  });
});
