import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { unprocessable } from "./unprocessable.ts";

const run = promisify(execFile);

/** What every phone and browser plays. */
export const AUDIO_TYPE = "audio/mp4";
/** Recordings of five minutes take a few seconds. */
const TIMEOUT_MS = 120_000;
/** Bytes at once: a file may ask for any number. */
const MAX_ALLOCATION = 64 * 1024 * 1024;
/** EBU R 128's loudness would be too quiet for a phone's loudspeaker: this is what podcasts have. */
const LOUDNESS = "loudnorm=I=-16:TP=-1.5:LRA=11";
/** Before the loudness, which is most of the work. */
const ONE_CHANNEL = "aformat=channel_layouts=mono";

export interface AudioOptions {
  readonly ffmpeg: string;
  /** Path of the recording; `output` is made beside it. */
  readonly input: string;
  readonly output: string;
  readonly demuxer: string;
  readonly maxSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Makes a recording anew as AAC in MP4: one channel, 48 kHz, of even loudness, without metadata.
 *
 * @returns its length in seconds
 * @throws HttpProblem 422 when it is longer than `maxSeconds`, or can't be decoded; the signal's reason when aborted
 */
export async function convertAudio(options: AudioOptions): Promise<number> {
  const { ffmpeg, input, output, demuxer, maxSeconds, signal } = options;
  const { stdout } = await decode(ffmpeg, signal, [
    ...["-max_alloc", String(MAX_ALLOCATION), "-threads", "1", "-filter_threads", "1"],
    ...["-protocol_whitelist", "file,pipe", "-f", demuxer, "-i", input],
    // A second more than is taken shows that it is too long, and the rest is not decoded.
    ...["-map", "0:a:0", "-map_metadata", "-1", "-map_chapters", "-1", "-t", String(maxSeconds + 1)],
    ...["-af", `${ONE_CHANNEL},${LOUDNESS}`, "-ar", "48000", "-c:a", "aac", "-b:a", "64k"],
    ...["-movflags", "+faststart", "-f", "mp4", output],
  ]);
  const microseconds = [...stdout.matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1];
  const seconds = Number(microseconds ?? 0) / 1_000_000;
  if (seconds > maxSeconds) {
    throw unprocessable(`the recording is longer than ${maxSeconds} s: send a shorter one`);
  }
  if (seconds === 0) throw unprocessable("there is no sound in the recording");
  return seconds;
}

async function decode(ffmpeg: string, signal: AbortSignal, args: readonly string[]) {
  const silent = ["-nostdin", "-hide_banner", "-loglevel", "error", "-progress", "pipe:1", "-y"];
  try {
    // Of the environment it needs only where programs are.
    const env = { PATH: process.env.PATH };
    return await run(ffmpeg, [...silent, ...args], {
      env,
      signal,
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
  } catch (cause) {
    signal.throwIfAborted();
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      throw new Error(`${ffmpeg} is not there: set FFMPEG_PATH`, { cause });
    }
    throw unprocessable("the recording can't be read: it is damaged, or has no sound", cause);
  }
}
