import { authenticateAsync, hasHardwareAsync, isEnrolledAsync } from "expo-local-authentication";

/** Whether the device can tell its owner by a finger or a face. */
export async function canUnlock(): Promise<boolean> {
  return (await hasHardwareAsync()) && (await isEnrolledAsync());
}

/** A finger, a face, or else the device's own code. */
export async function unlock(): Promise<boolean> {
  const result = await authenticateAsync({ promptMessage: "Open your conversations" });
  return result.success;
}
