import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { parseAllDocuments } from "yaml";
import type { DefinitionFile } from "./files.ts";

const DOWNLOAD_LIMIT_MS = 30_000;

/** A CustomResourceDefinition as its file has it. */
export interface Definition {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: a schema of any kind
  readonly spec: any;
}

/**
 * Reads definitions: from a folder with copies, or from where their projects publish them.
 *
 * @throws RunError when a file can't be had, or is not the one that the program was made for.
 */
export async function readDefinitions(file: DefinitionFile, folder?: string): Promise<Definition[]> {
  const text = await (folder ? readFile(join(folder, file.name), "utf8") : download(file)).catch(
    (cause: Error) => {
      throw new RunError(
        `${file.name} can't be read (${cause.message}): check the network, or download ${file.url} and name its ` +
          "folder in mobile-ai-agent:definitionsFolder",
      );
    },
  );
  const found = createHash("sha256").update(text).digest("hex");
  if (found !== file.sha256) {
    const source = folder ? join(folder, file.name) : file.url;
    throw new RunError(
      `${source} has the checksum ${found}, not ${file.sha256}: don't use it; take the file from ${file.url}`,
    );
  }
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Definition | null)
    .filter((document) => document !== null);
}

async function download({ url }: DefinitionFile): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_LIMIT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return await response.text();
}
