import type { BackupReport } from "./back-up.ts";
import type { DrillReport } from "./drill.ts";
import { describeOrphans, type RestoreReport } from "./restore.ts";

export function describeBackup({ manifest, removed }: BackupReport): string {
  const total = (fact: "count" | "bytes") =>
    manifest.collections.reduce((sum, entry) => sum + entry[fact], 0);
  const seconds = (Date.parse(manifest.completed_at) - Date.parse(manifest.created_at)) / 1000;
  return [
    `backup ${manifest.stamp} of ${manifest.database}: ${manifest.collections.length} collections, ` +
      `${total("count")} documents, ${total("bytes")} bytes, made in ${seconds} s, read back and verified`,
    ...removed.map((stamp) => `backup ${stamp} was older than the retention and is removed`),
  ].join("\n");
}

export function describeRestore({ manifest, orphans, swapped }: RestoreReport): string {
  const lines = manifest.collections.map(
    ({ name, count }) => `${name}: ${count} documents, as in the manifest`,
  );
  lines.push(orphans.length === 0 ? "no orphans" : `orphans: ${describeOrphans(orphans)}`);
  lines.push(
    swapped
      ? `backup ${manifest.stamp} is in place: ${manifest.database} is as it was at ${manifest.created_at}`
      : `backup ${manifest.stamp} can be restored; the live database is as it was (--swap replaces it)`,
  );
  return lines.join("\n");
}

export function describeDrill(report: DrillReport): string {
  const point = report.recovery_point_seconds;
  return [
    `backup ${report.backup}: ${report.documents} documents in ${report.collections} collections came back as they were`,
    report.orphans.length === 0 ? "no orphans" : `orphans: ${describeOrphans(report.orphans)}`,
    `recovery point: ${point === null ? "there was no backup before" : `${point} s`}`,
    `recovery time: ${report.recovery_time_seconds} s`,
  ].join("\n");
}
