import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";

const kit = new URL("./index.ts", import.meta.url).href;

/** Runs a launcher as a process of its own; `signalAt` is the line that makes us send SIGTERM. */
async function launch(create: string, signalAt?: string): Promise<{ code: number | null; output: string }> {
  const source = `import { readConfig, baseConfig, runService } from ${JSON.stringify(kit)};
    await runService("test", ({ env, logger }) => { ${create} });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    env: { PATH: process.env.PATH, PORT: "none" },
  });
  let output = "";
  let signalled = false;
  child.stdout.on("data", (chunk) => {
    output += chunk;
    if (signalAt && !signalled && output.includes(signalAt)) {
      signalled = true;
      child.kill("SIGTERM");
    }
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  return { code, output };
}

describe("runService", () => {
  it("ends with 1 and says which variable is wrong", async () => {
    const { code, output } = await launch("readConfig(baseConfig, env);");
    expect(code).toBe(1);
    expect(output).toContain("PORT: must be a port number; correct PORT");
  });

  it("drains on SIGTERM and ends with 0", async () => {
    const { code, output } = await launch(
      `const alive = setInterval(() => {}, 1000);
       return { start: async () => {}, stop: async () => { clearInterval(alive); logger.info("drained"); } };`,
      '"started"',
    );
    expect(output).toContain('"drained"');
    expect(code).toBe(0);
  });

  it("stops what a failed start has opened, and ends with 1", async () => {
    const { code, output } = await launch(
      `return { start: () => Promise.reject(new Error("no database")), stop: async () => logger.info("freed") };`,
    );
    expect(code).toBe(1);
    expect(output).toContain("no database");
    expect(output).toContain('"freed"');
  });

  it("ends with 1 after an error that was caught nowhere", async () => {
    const { code } = await launch(
      `return { start: async () => void setTimeout(() => { throw new Error("lost"); }, 1), stop: async () => {} };`,
    );
    expect(code).toBe(1);
  });
});
