import type { Message } from "@mobile-ai-agent/contracts";
import type { Device } from "./device.ts";
import { answerTo } from "./told-model.ts";

/** One conversation after the storm. */
export interface Conversation {
  readonly written: readonly string[];
  /** As the platform has it. */
  readonly stored: readonly Message[];
  readonly devices: readonly Device[];
}

/** @returns in words, everything that was lost, doubled, changed or out of order; nothing when all is well */
export function faultsOf({ written, stored, devices }: Conversation): string[] {
  const faults: string[] = [];
  const asked = stored.filter(({ role }) => role === "user");
  if (asked.map(({ content }) => content).join("\n") !== written.join("\n"))
    faults.push(`stored ${asked.length} messages of ${written.length} written, or in another order`);
  stored.forEach(({ sequence }, index) => {
    if (sequence !== index + 1) faults.push(`message ${index + 1} has the sequence number ${sequence}`);
  });
  for (const { run_id, content } of asked) {
    const answers = stored.filter((message) => message.role === "assistant" && message.run_id === run_id);
    if (answers.length !== 1) faults.push(`"${content}" has ${answers.length} answers`);
    for (const answer of answers)
      if (answer.content !== answerTo(content))
        faults.push(`"${content}" has another answer: ${answer.content}`);
  }
  for (const device of devices) faults.push(...faultsOfDevice(device, stored));
  return faults;
}

function faultsOfDevice(device: Device, stored: readonly Message[]): string[] {
  const faults: string[] = [];
  if (device.waiting() > 0) faults.push(`${device.name} could not send ${device.waiting()} messages`);
  if (JSON.stringify(device.messages()) !== JSON.stringify(stored))
    faults.push(`${device.name} shows ${device.messages().length} messages of ${stored.length}, or others`);
  const answers = new Map(
    stored.flatMap((message) =>
      message.role === "assistant" ? [[message.run_id, message.content] as const] : [],
    ),
  );
  for (const { runId, status, text } of device.runs().values()) {
    const answer = answers.get(runId);
    if (status !== "completed") faults.push(`${device.name} has a run that is ${status}`);
    // Of a run that ended while the device was away, and whose events are gone, it has what it had read.
    else if (answer === undefined || !answer.startsWith(text))
      faults.push(`${device.name} was streamed "${text}" of "${answer}"`);
  }
  return faults;
}
