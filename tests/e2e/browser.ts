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
  /** What the page's policy refused, and what went wrong in its scripts. */
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
      executablePath: "/usr/bin/chromium",
      args: ARGS,
      env: { ...process.env, HOME: home },
      viewport: { width: 412, height: 915 },
    });
    return new Browser(context, home);
  }

  /** @returns a page whose faults are collected */
  async page(): Promise<Page> {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => this.faults.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) this.faults.push(message.text());
    });
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    await rm(this.#home, { recursive: true, force: true });
  }
}

/** In a test: if it fails, a picture of the page stays with the logs. */
export function picturesOf(page: Page): void {
  onTestFailed(async ({ task }) => {
    await mkdir(PICTURES, { recursive: true });
    await page.screenshot({ path: join(PICTURES, `browser-${task.name.replace(/\W+/g, "-")}.png`) });
  });
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
