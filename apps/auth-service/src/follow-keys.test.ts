import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@mobile-ai-agent/service-kit";
import { createIssuer, eventually } from "@mobile-ai-agent/test-support";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { followKeys } from "./follow-keys.ts";
import { readKeySet } from "./key-set.ts";

let folder: string;
let cleanup: (() => void)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "keys-"));
  cleanup = [];
});
afterEach(async () => {
  for (const close of cleanup) close();
  await rm(folder, { recursive: true });
});

let version = 0;
/** Swaps the files as the kubelet does those of a Secret: a link to a new folder takes the place of the old one. */
async function mount(content: string): Promise<void> {
  version += 1;
  const data = `..version-${version}`;
  await mkdir(join(folder, data));
  await writeFile(join(folder, data, "private.pem"), content);
  await symlink(data, join(folder, "..new"));
  await rename(join(folder, "..new"), join(folder, "..data"));
  await symlink("..data/private.pem", join(folder, "private.pem")).catch(() => {});
}

async function follow(initial: string) {
  await mount(initial);
  const set = readKeySet(initial);
  if (!set) throw new Error("the first keys are not usable");
  const logger = createLogger("test", "none");
  const keys = followKeys({ initial: set, file: join(folder, "private.pem"), logger, pollMs: 20 });
  cleanup.push(keys.close);
  return keys;
}

const [current, next, third] = [createIssuer(), createIssuer(), createIssuer()];
const published = ({ jwks }: { jwks: { keys: readonly { kid: string }[] } }) =>
  jwks.keys.map(({ kid }) => kid);

describe("followKeys", () => {
  it("signs with the first key and publishes all, also after they were rotated", async () => {
    const keys = await follow(current.privateKey + next.privateKey);
    expect(keys.current().signing.kid).toBe(current.kid);
    expect(published(keys.current())).toEqual([current.kid, next.kid]);
    await mount(next.privateKey + third.privateKey + current.privateKey);
    await eventually(() => keys.current().signing.kid === next.kid);
    expect(published(keys.current())).toEqual([next.kid, third.kid, current.kid]);
  });

  it.each([
    ["is empty", ""],
    ["is cut off", next.privateKey.slice(0, 100)],
    ["has another kind of key", next.publicKey],
    ["has something besides keys", `${next.privateKey}hunter2`],
  ])("keeps its keys while the file %s", async (_name, faulty) => {
    const keys = await follow(current.privateKey);
    await mount(faulty);
    // Long enough for several looks at the file.
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(published(keys.current())).toEqual([current.kid]);
    await mount(next.privateKey);
    await eventually(() => keys.current().signing.kid === next.kid);
  });
});
