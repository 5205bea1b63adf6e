import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GATEWAY_API, VERTICAL_AUTOSCALER } from "./files.ts";
import { readDefinitions } from "./read.ts";

const text =
  "# a comment\n---\nkind: CustomResourceDefinition\nmetadata: { name: a }\n---\nmetadata: { name: b }\n";
const sha256 = createHash("sha256").update(text).digest("hex");
let folder: string;
let url: string;
const server = createServer((request, response) => {
  response.writeHead(request.url === "/there.yaml" ? 200 : 404).end(text);
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "definitions-"));
  await writeFile(join(folder, "there.yaml"), text);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const file = (name: string, checksum = sha256) => ({ name, url: `${url}/${name}`, sha256: checksum });

test("every document of a file is a definition, from a folder as from its project", async () => {
  for (const source of [folder, undefined]) {
    const found = await readDefinitions(file("there.yaml"), source);
    expect(found.map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
  }
});

test("a file that is not the one that the program was made for is refused", async () => {
  const other = file("there.yaml", "0".repeat(64));
  await expect(readDefinitions(other)).rejects.toThrow(`has the checksum ${sha256}`);
  await expect(readDefinitions(other, folder)).rejects.toThrow("don't use it");
});

test("what can't be had is told with a way out", async () => {
  await expect(readDefinitions(file("away.yaml"))).rejects.toThrow(/answered 404.*definitionsFolder/);
  await expect(readDefinitions(file("away.yaml"), folder)).rejects.toThrow("away.yaml can't be read");
});

test("each file has a name of its own and a checksum", () => {
  const files = [...GATEWAY_API, ...VERTICAL_AUTOSCALER];
  expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
  for (const { name, url: source, sha256: checksum } of files) {
    expect(source.endsWith(name)).toBe(true);
    expect(checksum).toMatch(/^[0-9a-f]{64}$/);
  }
});
