import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** What is sent of one file. */
interface DocsFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly compressed: Buffer;
}

export interface Docs {
  readonly page: DocsFile;
  /** By name. */
  readonly files: ReadonlyMap<string, DocsFile>;
  /** Over all files; it is in their addresses, so that these change with the contents. */
  readonly version: string;
}

/** Of the package: the renderer without its frame, whose bar asks for other documents. */
const PACKAGED = { "swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript" } as const;

/** In a file of its own: the page's policy admits no script that is written into it. */
const START = `\
SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
`;

const pageOf = (version: string) => `\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Mobile AI Agent API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/api/docs/${version}/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="/api/docs/${version}/swagger-ui-bundle.js"></script>
    <script src="/api/docs/${version}/start.js"></script>
  </body>
</html>
`;

/**
 * Reads and compresses the page that shows the API's description, and what it loads. Takes some hundred milliseconds and
 * about three megabytes, which a gateway spends when somebody asks for the page first.
 *
 * @throws when the package's files are not there
 */
export async function readDocs(): Promise<Docs> {
  // Its other modules would load the renderer itself.
  const { default: absolutePath } = await import("swagger-ui-dist/absolute-path.js");
  const packaged = await Promise.all(
    Object.entries(PACKAGED).map(async ([name, type]) => {
      return [name, await makeFile(type, await readFile(join(absolutePath(), name)))] as const;
    }),
  );
  const files = new Map([...packaged, ["start.js", await makeFile("text/javascript", Buffer.from(START))]]);
  const version = hashOf([...files].map(([name, { etag }]) => `${name} ${etag}`).join());
  return { page: await makeFile("text/html", Buffer.from(pageOf(version))), files, version };
}

async function makeFile(type: string, plain: Buffer): Promise<DocsFile> {
  return {
    type: `${type}; charset=utf-8`,
    etag: `"${hashOf(plain)}"`,
    plain,
    compressed: await promisify(gzip)(plain),
  };
}

function hashOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("base64url").slice(0, 22);
}
