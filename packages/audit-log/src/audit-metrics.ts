import { Counter, Gauge, type Registry } from "prom-client";

export interface AuditMetrics {
  stored(count: number): void;
  lost(count: number): void;
  checkpoint(sequence: number): void;
  fault(): void;
}

/** Without a registry, as in a command, nothing is kept. @param waiting how many events are to be stored yet */
export function createAuditMetrics(registry: Registry | undefined, waiting: () => number): AuditMetrics {
  const registers = registry ? [registry] : [];
  new Gauge({
    name: "audit_pending_entries",
    help: "Events that are to be stored yet",
    registers,
    collect() {
      this.set(waiting());
    },
  });
  const stored = new Counter({ name: "audit_entries", help: "Events that were stored", registers });
  const lost = new Counter({
    name: "audit_lost_entries",
    help: "Events that were not stored: the database was away for too long",
    registers,
  });
  const checkpoint = new Gauge({
    name: "audit_checkpoint_sequence",
    help: "Number of this process's last checkpoint; it never falls while nothing was taken back",
    registers,
  });
  const faults = new Counter({
    name: "audit_faults",
    help: "Checkpoints of this process that were gone from the database",
    registers,
  });
  return {
    stored: (count) => stored.inc(count),
    lost: (count) => lost.inc(count),
    checkpoint: (sequence) => checkpoint.set(sequence),
    fault: () => faults.inc(),
  };
}
