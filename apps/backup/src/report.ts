import type { BackupReport } from "./back-up.ts";
import type { DrillReport } from "./drill.ts";
import type { Erased } from "./erased.ts";
import type { Manifest } from "./manifest.ts";
import { describeOrphans, type RestoreReport } from "./restore.ts";

export function describeBackup({ manifest, dataKeys, erasures, removed }: BackupReport): string {
  return [
    describeVerified(manifest),
    `${dataKeys} data keys and notes of destroyed ones in the archive beside the backups`,
    ...(erasures > 0 ? [`${erasures} erased users are gone from that archive with this run`] : []),
    ...removed.map((stamp) => `backup ${stamp} was older than the retention and is removed`),
  ].join("\n");
}

/** @param manifest of a backup that was read and is as it says */
export function describeVerified(manifest: Manifest): string {
  const total = (fact: "count" | "bytes") =>
    manifest.collections.reduce((sum, entry) => sum + entry[fact], 0);
  const seconds = (Date.parse(manifest.completed_at) - Date.parse(manifest.created_at)) / 1000;
  return (
    `backup ${manifest.stamp} of ${manifest.database}: ${manifest.collections.length} collections, ` +
    `${total("count")} documents, ${total("bytes")} bytes, made in ${seconds} s, read back and verified`
  );
}

export function describeRestore({ manifest, orphans, erased, swapped }: RestoreReport): string {
  const lines = manifest.collections.map(
    ({ name, count }) => `${name}: ${count} documents, as in the manifest`,
  );
  lines.push(orphans.length === 0 ? "no orphans" : `orphans: ${describeOrphans(orphans)}`);
  lines.push(describeErased(erased));
  lines.push(
    swapped
      ? `backup ${manifest.stamp} is in place: ${manifest.database} is as it was at ${manifest.created_at}`
      : `backup ${manifest.stamp} can be restored; the live database is as it was (--swap replaces it)`,
  );
  return lines.join("\n");
}

function describeErased({ documents, lost }: Erased): string {
  const gone = `${documents} documents of users who were erased, whose keys are destroyed`;
  return lost === 0 ? gone : `${gone}; ${lost} MORE HAVE NO DATA KEY and can't be read`;
}

export function describeDrill(report: DrillReport): string {
  const point = report.recovery_point_seconds;
  return [
    `backup ${report.backup}: ${report.documents} documents in ${report.collections} collections came back as they were`,
    report.orphans.length === 0 ? "no orphans" : `orphans: ${describeOrphans(report.orphans)}`,
    `${report.erased} documents of users who were erased, whose keys are destroyed`,
    `recovery point: ${point === null ? "there was no backup before" : `${point} s`}`,
    `recovery time: ${report.recovery_time_seconds} s`,
  ].join("\n");
}
