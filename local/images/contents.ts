import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { StepContext } from "../progress.ts";

interface ListedImage {
  readonly name: string;
  readonly tag: string;
  /** Docker archive. */
  readonly archive: string;
}

/**
 * Lists what is in an image (Debian and npm packages, those inside a bundle too, Node, Go modules of an executable) as
 * a software bill of materials in CycloneDX 1.6.
 *
 * @param options `syft`: path of its executable; `folder`: where `<name>.cdx.json` is written
 */
export async function listContents(
  { name, tag, archive }: ListedImage,
  { syft, folder }: { syft: string; folder: string },
  ctx: StepContext,
): Promise<void> {
  ctx.report(`listing what is in ${name}`);
  await mkdir(folder, { recursive: true });
  const output = `cyclonedx-json@1.6=${join(folder, `${name}.cdx.json`)}`;
  const args = ["scan", `docker-archive:${archive}`, "--quiet", "--output", output];
  // It reads the lists that the bundles bring with them only when asked to.
  args.push("--select-catalogers", "+sbom-cataloger");
  args.push("--source-name", name, "--source-version", tag);
  await execa(syft, args, { env: { SYFT_CHECK_FOR_APP_UPDATE: "false" }, cancelSignal: ctx.signal });
}
