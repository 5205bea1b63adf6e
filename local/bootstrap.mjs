/**
 * Starts a command before anything is installed: on any Node ≥ 20 and without dependencies it installs the project's
 * own, the pinned Node among them, and runs `local/main.ts` on that Node.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
const PINNED_NODE = 26;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, "node_modules");
/** The checksum of the lock file that node_modules was made from. */
const RECORD = join(MODULES, ".mobile-ai-agent-lock");
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "mobile-ai-agent");
/** Outside node_modules, which `npm ci` empties. */
const LOCK = join(CACHE, `install-${createHash("sha256").update(ROOT).digest("hex").slice(0, 12)}.lock`);
const LOG = LOCK.replace(/lock$/, "log");

class Failure extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

try {
  checkNode();
  if (installReason()) await withLock(install);
  await run(findNode(), process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

function checkNode() {
  if (nodeMajor() >= OLDEST_NODE) return;
  throw new Failure(
    `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE} or newer from nodejs.org or your ` +
      "distribution, then repeat the command",
  );
}

function nodeMajor() {
  return Number(process.versions.node.split(".")[0]);
}

/** @returns why node_modules can't be used as it is, or undefined when it can. */
function installReason() {
  if (!existsSync(join(MODULES, ".package-lock.json"))) return "nothing is installed yet";
  if (read(RECORD) !== lockChecksum()) return "package-lock.json has changed";
  return undefined;
}

function lockChecksum() {
  return createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
}

async function install() {
  // Another command may have installed while this one waited for the lock.
  const reason = installReason();
  if (!reason) return;
  const progress = showProgress(`Installing dependencies (${reason})`);
  try {
    // The command line wins over what the environment says: `npm --silent` and NODE_ENV=production reach us by it.
    const options = ["--no-audit", "--no-fund", "--loglevel=error", "--include=dev", "--include=optional"];
    const code = await npm(["ci", ...options]);
    if (code !== 0) {
      throw new Failure(`\nnpm ci failed with exit status ${code}:\n${head(read(LOG) ?? "")}\nlog: ${LOG}`);
    }
    ensureNodeStarts(findNode());
    writeFileSync(RECORD, lockChecksum());
  } finally {
    progress.stop();
  }
}

/** The pinned Node is linked to libatomic, which a minimal system lacks. */
function ensureNodeStarts(node) {
  const { status, stderr } = spawnSync(node, ["--version"], { encoding: "utf8" });
  if (status === 0) return;
  const fix = "apt-get install -y --no-install-recommends libatomic1";
  if (!stderr?.includes("libatomic")) throw new Failure(`${node} does not start: ${stderr}`);
  if (process.getuid?.() !== 0) {
    throw new Failure(`\nthe pinned Node needs libatomic: run \`sudo ${fix}\`, then repeat the command`);
  }
  const { status: installed, stderr: reason } = spawnSync("sh", ["-c", `apt-get update -qq && ${fix}`], {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (installed !== 0) {
    throw new Failure(
      `\nthe pinned Node needs libatomic, which can't be installed: ${reason ?? "no apt-get here"}`,
    );
  }
}

/** @returns npm's exit status; what it says goes to the log. */
function npm(args) {
  const log = openSync(LOG, "w", 0o600);
  // npm tells its scripts where it lies, so that it need not be on PATH.
  const script = process.env.npm_execpath;
  const useScript = script && /npm-cli\.c?js$/.test(script) && existsSync(script);
  const [command, prefix] = useScript ? [process.execPath, [script]] : ["npm", []];
  const child = spawn(command, [...prefix, ...args], { cwd: ROOT, stdio: ["ignore", log, log] });
  closeSync(log);
  let stopped = false;
  const stop = () => {
    stopped = true;
    child.kill("SIGTERM");
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return new Promise((resolve, reject) => {
    child.once("error", () =>
      reject(new Failure("npm is missing: install it beside Node, then repeat the command")),
    );
    child.once("close", (code) => {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      if (stopped) reject(new Failure("\nstopped; the same command installs the dependencies anew", 130));
      else resolve(code ?? 1);
    });
  });
}

/** The pinned Node, or this one where it is as new and the platform has no package of it. */
function findNode() {
  const pinned = join(MODULES, `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(pinned)) return pinned;
  if (nodeMajor() >= PINNED_NODE) return process.execPath;
  throw new Failure(
    `there is no packaged Node ${PINNED_NODE} for ${process.platform}/${process.arch}: install Node ${PINNED_NODE} ` +
      "from nodejs.org, then repeat the command. The built-in cluster needs Linux; elsewhere use `--context NAME` " +
      "with a cluster you have",
  );
}

/** Runs the real program in our place: same terminal, same arguments, same end. */
function run(node, args) {
  const path = [dirname(node), join(MODULES, ".bin"), process.env.PATH].filter(Boolean).join(delimiter);
  const env = { ...process.env, PATH: path };
  // Set and empty it means "no" to most programs, and nothing at all to node-llama-cpp, which would not start.
  if (env.CI === "") delete env.CI;
  const child = spawn(node, [join(ROOT, "local", "main.ts"), ...args], { stdio: "inherit", env });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGINT", () => {
    // Ctrl-C has reached the child already, and a second one would end it at once.
    if (!inForeground()) child.kill("SIGINT");
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Failure(`${node} can't be run: ${error.message}`)));
    child.once("close", (code, signal) => {
      process.exitCode = code ?? 128 + constants.signals[signal];
      resolve(undefined);
    });
  });
}

/** Whether the terminal sends its signals to this process group: fields 5 and 8 of /proc/PID/stat, proc(5). */
function inForeground() {
  const stat = read("/proc/self/stat");
  if (stat === undefined) return Boolean(process.stdin.isTTY);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[2] === fields[5];
}

/** Runs `work` while no other command installs; waits for one that does. A dead one's lock is taken over. */
async function withLock(work) {
  mkdirSync(CACHE, { recursive: true });
  let progress;
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw new Failure(`${LOCK} can't be written: ${error.message}`);
    }
    const holder = Number(read(LOCK));
    // An empty file is one that is being written at this moment, or that a crash left so.
    if (holder ? !isRunning(holder) : progress) rmSync(LOCK, { force: true });
    progress ??= showProgress(`Waiting for another installation (process ${holder || "unknown"})`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  progress?.stop();
  try {
    await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** A line with the elapsed time; on standard error, since a command's output may be read by a program. */
function showProgress(text) {
  const started = Date.now();
  const { isTTY } = process.stderr;
  const seconds = () => Math.round((Date.now() - started) / 1000);
  if (!isTTY) process.stderr.write(`${text} …\n`);
  const timer = isTTY && setInterval(() => process.stderr.write(`\r${text} … ${seconds()} s`), 200);
  return {
    stop() {
      clearInterval(timer);
      process.stderr.write(isTTY ? `\r${text}: ${seconds()} s \n` : `${text}: ${seconds()} s\n`);
    },
  };
}

function read(file) {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** npm says first what is wrong, and then how it is used. */
function head(text) {
  return text.split("\n").slice(0, 25).join("\n");
}
