import type { UserEvents } from "@mobile-ai-agent/conversation-store";
import type { RunOwners } from "./run-owners.ts";
import { roomOf, type UserSocketServer } from "./socket-types.ts";

/**
 * Passes on what has changed to the sockets of its user on this replica; each replica hears of everything.
 *
 * @returns ends it
 */
export function relayUserEvents(
  io: UserSocketServer,
  events: UserEvents,
  owners: RunOwners,
): Promise<() => void> {
  return events.subscribe(
    ({ userId, exceptSocket, event }) => {
      owners.hear(userId, event);
      const { name, payload } = event;
      const devices = io.local.to(roomOf({ sub: userId }));
      const others = exceptSocket === undefined ? devices : devices.except(exceptSocket);
      // The union pairs each name with its payload, which `emit` can't see.
      others.emit(name, payload as never);
    },
    () => io.local.emit("sync:needed"),
  );
}
