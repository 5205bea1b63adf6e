import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDir } from "@mobile-ai-agent/local/instance";
import { execa } from "execa";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { onTestFailed } from "vitest";

/** Where pictures of failures stay, also after the platform is gone. */
const PICTURES = join(cacheDir(), "logs");

const ARGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

/** The system's Chromium with a home of its own, in which the platform's authority is trusted like any other. */
export class Browser implements AsyncDisposable {
  readonly context: BrowserContext;
  /** What the page's policy refused, what went wrong in scripts, and what the console called an error. */
  readonly faults: string[] = [];
  readonly #home: string;

  private constructor(context: BrowserContext, home: string) {
    this.context = context;
    this.#home = home;
  }

  /** @param caCertificate PEM */
  static async open(caCertificate: string): Promise<Browser> {
    const home = await mkdtemp(join(tmpdir(), "browser-"));
    await trust(home, caCertificate);
    const context = await chromium.launchPersistentContext(join(home, "profile"), {
      executablePath: "chromium",
      args: ARGS,
      env: { ...process.env, HOME: home },
      viewport: { width: 412, height: 915 },
    });
    return new Browser(context, home);
  }

  /** @returns a page whose faults are collected; a test that fails leaves a picture of it */
  async page(name: string): Promise<Page> {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => this.faults.push(`${name}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.faults.push(`${name}: ${message.text()}`);
    });
    onTestFailed(async () => {
      if (page.isClosed()) return;
      await mkdir(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `browser-${name}.png`), fullPage: true });
    });
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    await rm(this.#home, { recursive: true, force: true });
  }
}

/** Chromium takes what its user trusts from there, besides its own list. */
async function trust(home: string, caCertificate: string): Promise<void> {
  const database = join(home, ".pki/nssdb");
  await mkdir(database, { recursive: true });
  const file = join(home, "authority.pem");
  await writeFile(file, caCertificate);
  await execa("certutil", ["-d", `sql:${database}`, "-N", "--empty-password"]);
  await execa("certutil", ["-d", `sql:${database}`, "-A", "-t", "C,,", "-n", "platform", "-i", file]);
}
