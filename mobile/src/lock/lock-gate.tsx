import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { AppState } from "react-native";
import { useAuthState, useServices } from "../services-context.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { isLockOn } from "./lock.ts";
import { unlock } from "./unlock";

/** Who comes back sooner needs no finger. */
const GRACE_MS = 60_000;

/** Shows nothing of a signed-in user until the device knows its owner, where they asked for that. */
export function LockGate({ children }: { children: ReactNode }) {
  const { store } = useServices();
  const signedIn = useAuthState().status === "signed-in";
  const [locked, setLocked] = useState<boolean>();
  const left = useRef<number>(undefined);

  const tryUnlock = useCallback(async () => {
    if (await unlock()) setLocked(false);
  }, []);

  useEffect(() => {
    void isLockOn(store).then(setLocked);
  }, [store]);

  useEffect(() => {
    const app = AppState.addEventListener("change", async (state) => {
      if (state !== "active") left.current ??= Date.now();
      else if (left.current !== undefined) {
        const away = Date.now() - left.current;
        left.current = undefined;
        if (away > GRACE_MS && (await isLockOn(store))) setLocked(true);
      }
    });
    return () => app.remove();
  }, [store]);

  const shut = signedIn && locked;
  useEffect(() => {
    if (shut) void tryUnlock();
  }, [shut, tryUnlock]);

  if (locked === undefined) return null;
  if (!shut) return children;
  return (
    <EmptyState title="Locked" text="Your conversations open when the device knows you.">
      <Button label="Unlock" onPress={() => void tryUnlock()} />
    </EmptyState>
  );
}
