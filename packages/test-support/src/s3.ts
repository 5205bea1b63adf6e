import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startDaemon } from "./daemon.ts";
import { freePort } from "./port.ts";

const ACCESS_KEY = "test-access";
const SECRET_KEY = "test-secret";

/**
 * A real server of S3's protocol (versitygw) over a temporary folder on a free port of 127.0.0.1, with a bucket.
 *
 * @returns `env`: the credentials and the region, where an AWS SDK looks for them
 */
export async function startS3(): Promise<{
  endpoint: string;
  bucket: string;
  env: Record<string, string>;
  stop(): Promise<void>;
}> {
  const port = await freePort();
  const bucket = "objects";
  const { stop } = await startDaemon((directory) => {
    // A folder is a bucket. What it knows of objects goes beside it: not every file system takes attributes.
    const [buckets, attributes] = [join(directory, "buckets"), join(directory, "attributes")];
    for (const path of [join(buckets, bucket), attributes]) mkdirSync(path, { recursive: true });
    return {
      command: process.env.VERSITYGW_BINARY ?? "versitygw",
      args: ["--port", `127.0.0.1:${port}`, "--quiet", "posix", "--sidecar", attributes, buckets],
      env: { ROOT_ACCESS_KEY_ID: ACCESS_KEY, ROOT_SECRET_ACCESS_KEY: SECRET_KEY },
      port,
      ifMissing: "run the tests through `npm test`, which builds it, or set VERSITYGW_BINARY",
    };
  });
  const env = { AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY, AWS_REGION: "us-east-1" };
  return { endpoint: `http://127.0.0.1:${port}`, bucket, env, stop };
}
