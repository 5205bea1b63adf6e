import { join } from "node:path";
import { type ExecaError, execa } from "execa";
import type { StepContext } from "../progress.ts";
import { CommandFailure, lastLines } from "../ui/failure.ts";
import type { PublishedImages } from "./published-images.ts";

/** Who may have signed: a workflow, as Sigstore's certificate names it. */
export interface Signer {
  /** `https://github.com/OWNER/REPOSITORY/.github/workflows/images.yml@refs/heads/main` */
  readonly identity: string;
  readonly issuer: string;
}

/**
 * Signs each image and attests what is in it, with the identity of the workflow that runs this: no key is kept anywhere.
 *
 * @param folder with `<name>.cdx.json` for each image
 * @see https://docs.sigstore.dev/cosign/signing/overview/
 */
export async function signImages(images: PublishedImages, folder: string, ctx: StepContext): Promise<void> {
  for (const [name, { reference }] of Object.entries(images)) {
    ctx.report(`signing ${reference}`);
    await cosign(["sign", "--yes", reference], ctx);
    const contents = ["--type", "cyclonedx", "--predicate", join(folder, `${name}.cdx.json`)];
    await cosign(["attest", "--yes", ...contents, reference], ctx);
  }
}

/** @throws CommandFailure naming the image that `signer` has not signed, or whose contents it has not attested. */
export async function verifyImages(images: PublishedImages, signer: Signer, ctx: StepContext): Promise<void> {
  const who = ["--certificate-identity", signer.identity, "--certificate-oidc-issuer", signer.issuer];
  for (const { reference } of Object.values(images)) {
    ctx.report(`verifying ${reference}`);
    await cosign(["verify", ...who, reference], ctx);
    await cosign(["verify-attestation", "--type", "cyclonedx", ...who, reference], ctx);
  }
}

async function cosign(args: readonly string[], ctx: StepContext): Promise<void> {
  try {
    await execa("cosign", args, { stdin: "ignore", cancelSignal: ctx.signal });
  } catch (error) {
    ctx.signal.throwIfAborted();
    const { code, stderr, shortMessage } = error as ExecaError;
    if (code === "ENOENT") {
      throw new CommandFailure("cosign is missing: install it as docs.sigstore.dev says, then repeat");
    }
    const reason = lastLines(String(stderr ?? ""), 8, "\n  ") || shortMessage;
    throw new CommandFailure(`cosign ${args[0]} of ${args.at(-1)} failed:\n  ${reason}`);
  }
}
