import type { AuditLog } from "@mobile-ai-agent/audit-log";
import { hasEnded } from "@mobile-ai-agent/contracts";
import type { RunRecordStore } from "@mobile-ai-agent/conversation-store";
import { handleRun } from "../handle-run.ts";
import type { RunDependencies } from "../run-dependencies.ts";
import { settingsOf } from "./journal.ts";
import { createRecorder } from "./recorder.ts";
import { recordingOf } from "./recording.ts";

/** What a run in the cluster has besides: where it is put on record. */
export interface RecordingDependencies extends RunDependencies {
  readonly audit: AuditLog;
  readonly records: RunRecordStore;
}

/**
 * As `handleRun`, and writes down all that enters the run from outside, so that it can be replayed; the audit log vouches
 * for the record with its hash.
 *
 * @throws as `handleRun`, and when the record can't be stored
 */
export async function handleRecordedRun(
  runId: string,
  signal: AbortSignal,
  dependencies: RecordingDependencies,
): Promise<void> {
  const { audit, records, logger } = dependencies;
  const recorder = createRecorder({ records, runId, settings: settingsOf(dependencies), logger });
  recorder.watch("stop", signal);
  const { recording, seen } = recordingOf(dependencies, recorder);
  try {
    await handleRun(runId, signal, recording);
    recorder.end();
  } catch (error) {
    recorder.end(String(Object(error).message ?? error));
    await recorder.flush().catch((cause) => logger.warn("a run's record was not written", { cause }));
    throw error;
  }
  const { part: parts, hash: record } = await recorder.flush();
  const { run, status } = seen();
  if (!run || !status || !hasEnded(status)) return;
  audit.record({
    ...{ action: "run.ended", actor: { kind: "service", id: "agent-orchestrator" } },
    ...{ subject: { kind: "run", id: run.id }, outcome: status === "completed" ? "success" : "failure" },
    details: { session: run.sessionId, status, record, parts },
  });
}
