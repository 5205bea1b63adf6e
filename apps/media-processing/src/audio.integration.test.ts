import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";
import { convertAudio } from "./audio.ts";
import { audio } from "./testing/samples.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "audio-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const options = (input: string, demuxer: string, signal = new AbortController().signal) => ({
  ...{ ffmpeg: "ffmpeg", input, output: `${input}.m4a`, demuxer, maxSeconds: 300, signal },
});

/** Processes that have the path in their arguments. */
async function processesOf(path: string): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(path));
}

it("takes a recording of nearly five minutes, in one channel", async () => {
  const input = await file("long", await audio("-af", "apad=whole_dur=299", "-ar", "8000", "wav"));
  expect(await convertAudio(options(input, "wav"))).toBeCloseTo(299, 0);
});

it("kills ffmpeg when the client goes away", async () => {
  const input = await file("aborted", await audio("-af", "apad=whole_dur=299", "-ar", "48000", "wav"));
  const controller = new AbortController();
  const converted = convertAudio(options(input, "wav", controller.signal));
  await eventually(async () => (await processesOf(input)).length > 0, { intervalMs: 5 });
  controller.abort(new Error("the client went away"));
  await expect(converted).rejects.toThrow("the client went away");
  await eventually(async () => (await processesOf(input)).length === 0, { timeoutMs: 500 });
});

it.each([
  ["a playlist", "hls", (secret: string) => `#EXTM3U\n#EXTINF:10,\nfile://${secret}\n#EXT-X-ENDLIST\n`],
  ["a list of files", "concat", (secret: string) => `ffconcat version 1.0\nfile '${secret}'\n`],
])("reads nothing that %s names", async (_what, name, write) => {
  const secret = await file("secret.wav", await audio("wav"));
  const input = await file(name, write(secret));
  for (const demuxer of ["mp3", "aac", "wav", "ogg", "mov", "matroska", "flac"]) {
    await expect(convertAudio(options(input, demuxer)), demuxer).rejects.toMatchObject({ status: 422 });
  }
});

it("says that the program is missing, which is no fault of the recording", async () => {
  const input = await file("tone", await audio("wav"));
  const converted = convertAudio({ ...options(input, "wav"), ffmpeg: "/no/ffmpeg" });
  await expect(converted).rejects.toThrow("/no/ffmpeg is not there: set FFMPEG_PATH");
});
