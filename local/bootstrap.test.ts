import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const PROGRAM = `
if (process.argv[2] === "wait") {
  process.on("SIGTERM", () => process.exit(42));
  setInterval(() => {}, 1000);
} else process.exitCode = Number(process.argv[2] ?? 0);
console.log(JSON.stringify({ args: process.argv.slice(2), path: process.env.PATH }));
`;
/** Counts its calls and does of \`npm ci\` what the bootstrap looks at; fails while there is a file \`broken\`. */
const NPM = `#!/bin/sh
echo "$@" >> npm-calls
if [ -e slow ]; then exec sleep 60; fi
if [ -e broken ]; then echo "the registry is on fire"; exit 7; fi
sleep 0.3
rm -rf node_modules
mkdir -p "node_modules/$PINNED/bin"
touch node_modules/.package-lock.json
ln -s "$NODE" "node_modules/$PINNED/bin/node"
`;

describe("bootstrap", () => {
  let root: string;
  let cache: string;
  const calls = async () =>
    (await readFile(join(root, "npm-calls"), "utf8").catch(() => "")).split("\n").filter(Boolean);
  const env = () => ({
    PATH: [join(root, "bin"), process.env.PATH].join(delimiter),
    NODE: process.execPath,
    PINNED: `node-${process.platform}-${process.arch}`,
    XDG_CACHE_HOME: cache,
  });
  const start = (...args: string[]) =>
    execa(process.execPath, [join(root, "local/bootstrap.mjs"), ...args], {
      env: env(),
      extendEnv: false,
      reject: false,
      stdin: "ignore",
    });

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "bootstrap-"));
    cache = join(root, "cache");
    for (const folder of ["local", "bin"]) await mkdir(join(root, folder));
    await copyFile(join(import.meta.dirname, "bootstrap.mjs"), join(root, "local/bootstrap.mjs"));
    await writeFile(join(root, "local/main.ts"), PROGRAM);
    await writeFile(join(root, "package.json"), '{ "type": "module" }');
    await writeFile(join(root, "package-lock.json"), "first");
    await writeFile(join(root, "bin/npm"), NPM);
    await chmod(join(root, "bin/npm"), 0o755);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it("says what is missing when the installed Node can't start", async () => {
    await writeFile(join(root, "bin/broken-node"), "#!/bin/sh\necho exec format error >&2\nexit 126\n", {
      mode: 0o755,
    });
    const broken = await execa(process.execPath, [join(root, "local/bootstrap.mjs")], {
      env: { ...env(), NODE: join(root, "bin/broken-node") },
      extendEnv: false,
      reject: false,
    });
    expect(broken.exitCode).toBe(1);
    expect(broken.stderr).toMatch(/does not start: exec format error/);
  });

  it("installs before the first command, and not before the second", async () => {
    expect((await start()).exitCode).toBe(0);
    expect((await start()).exitCode).toBe(0);
    expect(await calls()).toEqual([expect.stringMatching(/^ci .*--loglevel=error.*--include=dev/)]);
  });

  it("installs again when the lock file has changed", async () => {
    await start();
    await writeFile(join(root, "package-lock.json"), "second");
    await start();
    expect(await calls()).toHaveLength(2);
  });

  it("installs once for two commands that start together", async () => {
    const both = await Promise.all([start(), start()]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await calls()).toHaveLength(1);
  });

  it("shows what npm said when it fails, runs nothing, and tries again the next time", async () => {
    await writeFile(join(root, "broken"), "");
    const { exitCode, stdout, stderr } = await start();
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("the registry is on fire");
    await rm(join(root, "broken"));
    expect((await start()).exitCode).toBe(0);
  });

  it("takes over the lock of an installation that was killed", async () => {
    await start();
    const { stdout: deadProcess } = await execa(process.execPath, ["-p", "process.pid"]);
    const folder = join(cache, "mobile-ai-agent");
    const [log] = (await readdir(folder)).filter((name) => name.endsWith(".log"));
    await writeFile(join(folder, String(log).replace(/log$/, "lock")), deadProcess);
    await writeFile(join(root, "package-lock.json"), "second");
    expect((await start()).exitCode).toBe(0);
    expect(await calls()).toHaveLength(2);
  });

  it("stops npm when it is stopped, and leaves no lock", async () => {
    await writeFile(join(root, "slow"), "");
    const child = start();
    await expect.poll(calls, { timeout: 5_000 }).toHaveLength(1);
    child.kill("SIGINT");
    expect((await child).exitCode).toBe(130);
    expect((await readdir(join(cache, "mobile-ai-agent"))).filter((name) => name.endsWith(".lock"))).toEqual(
      [],
    );
  });

  it("hands over the arguments and the exit status, with the pinned Node first on PATH", async () => {
    const { exitCode, stdout } = await start("3", "--", "--flag", "two words");
    expect(exitCode).toBe(3);
    const { args, path } = JSON.parse(stdout);
    expect(args).toEqual(["3", "--", "--flag", "two words"]);
    expect(path.split(delimiter).slice(0, 2)).toEqual([
      join(root, "node_modules", env().PINNED, "bin"),
      join(root, "node_modules/.bin"),
    ]);
  });

  it("hands on SIGTERM and ends as the command does", async () => {
    const child = start("wait");
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.kill("SIGTERM");
    expect((await child).exitCode).toBe(42);
  });
});
