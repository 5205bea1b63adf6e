import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { baseConfig, ConfigError, mongoConfig, readConfig } from "./config.ts";

const directory = mkdtempSync(join(tmpdir(), "config-test-"));
afterAll(() => rmSync(directory, { recursive: true }));

const schema = z.object({ ...baseConfig.shape, ...mongoConfig.shape });
const MONGODB_URI = "mongodb://localhost:27017/agent";

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  throw new Error("the configuration was taken");
}

describe("readConfig", () => {
  it("gives defaults, and numbers as numbers", () => {
    const config = readConfig(schema, { MONGODB_URI, METRICS_PORT: "9999", LOG_LEVEL: "" });
    expect(config).toEqual({ PORT: 8000, METRICS_PORT: 9999, LOG_LEVEL: "info", MONGODB_URI });
  });

  it("reads VAR from the file that VAR_FILE names, without the last newline", () => {
    const file = join(directory, "uri");
    writeFileSync(file, `${MONGODB_URI}\n`);
    expect(readConfig(schema, { MONGODB_URI_FILE: file }).MONGODB_URI).toBe(MONGODB_URI);
  });

  it("takes a variable whose own name ends with _FILE as it is", () => {
    const config = readConfig(schema, { MONGODB_URI, MONGODB_TLS_CA_FILE: "/ca.crt" });
    expect(config.MONGODB_TLS_CA_FILE).toBe("/ca.crt");
  });

  it("lists every fault with the variable and the fix", () => {
    const faults = faultsOf({ PORT: "http", METRICS_PORT: "70000", LOG_LEVEL: "loud" });
    expect(faults).toHaveLength(4);
    expect(faults[0]).toBe("PORT: must be a port number; correct PORT");
    expect(faults[3]).toMatch(/^MONGODB_URI: is missing; set MONGODB_URI, or MONGODB_URI_FILE/);
  });

  it("names an unreadable file once, and a variable given twice", () => {
    expect(faultsOf({ MONGODB_URI_FILE: join(directory, "none") })).toEqual([
      expect.stringMatching(/^MONGODB_URI_FILE: .*ENOENT/),
    ]);
    const file = join(directory, "twice");
    writeFileSync(file, MONGODB_URI);
    expect(faultsOf({ MONGODB_URI, MONGODB_URI_FILE: file })).toEqual([
      expect.stringMatching(/^MONGODB_URI: is given twice/),
    ]);
  });

  it("does not repeat a malformed value, which may be secret", () => {
    const file = join(directory, "malformed");
    writeFileSync(file, "postgres://user:hunter2@host/db");
    const faults = faultsOf({ MONGODB_URI_FILE: file }).join();
    expect(faults).toContain("the file that MONGODB_URI_FILE names");
    expect(faults).not.toContain("hunter2");
  });
});
