import { Stack } from "expo-router";
import * as SplashScreen from "expo-splash-screen";
import { StatusBar } from "expo-status-bar";
import { useEffect } from "react";
import { SafeAreaProvider } from "react-native-safe-area-context";
import { z } from "zod";
import { LockGate } from "../lock/lock-gate.tsx";
import { enablePinning } from "../pinning/enable-pinning";
import { ServicesProvider, useAuthState, useServices } from "../services-context.tsx";
import { openDeviceStore } from "../storage/device-store";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ThemeProvider, useTheme } from "../ui/theme-context.tsx";

// The page's content security policy allows no compiled strings, which the schemas would otherwise try.
z.config({ jitless: true });
void SplashScreen.preventAutoHideAsync();
// Before the first request: nothing is sent to whoever can't show one of the keys.
const pinned = enablePinning();
const store = openDeviceStore();

const FAULTS = {
  unreachable: "The platform can't be reached",
  unreadable: "The app can't start",
} as const;

export default function RootLayout() {
  return (
    <SafeAreaProvider>
      <ThemeProvider store={store}>
        <ServicesProvider store={store} ready={pinned}>
          <Screens />
        </ServicesProvider>
      </ThemeProvider>
    </SafeAreaProvider>
  );
}

function Screens() {
  const { colors, dark } = useTheme();
  const { auth } = useServices();
  const state = useAuthState();
  const starting = state.status === "starting";

  useEffect(() => {
    if (!starting) SplashScreen.hide();
  }, [starting]);

  if (starting) return null;
  if (state.status === "unreachable" || state.status === "unreadable")
    return (
      <EmptyState title={FAULTS[state.status]} text={state.detail}>
        <Button label="Try again" onPress={() => void auth.restore()} />
      </EmptyState>
    );
  return (
    <LockGate>
      <StatusBar style={dark ? "light" : "dark"} />
      <Stack screenOptions={{ headerShown: false, contentStyle: { backgroundColor: colors.background } }}>
        <Stack.Protected guard={state.status === "signed-in"}>
          <Stack.Screen name="(main)" />
        </Stack.Protected>
        <Stack.Protected guard={state.status === "signed-out"}>
          <Stack.Screen name="(auth)" />
        </Stack.Protected>
      </Stack>
    </LockGate>
  );
}
