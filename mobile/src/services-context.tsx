import * as SplashScreen from "expo-splash-screen";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import type { AuthState } from "./auth/auth.ts";
import { defaultServerUrl } from "./config/app-settings.ts";
import { loadServerUrl, saveServerUrl } from "./config/server-url.ts";
import { createServices, type Services } from "./services.ts";
import type { BlobStore } from "./storage/blob-store.ts";
import { Button } from "./ui/button.tsx";
import { EmptyState } from "./ui/empty-state.tsx";

interface Value extends Services {
  readonly changeServerUrl: (url: string) => Promise<void>;
}

const ServicesContext = createContext<Value | undefined>(undefined);

interface Props {
  readonly store: BlobStore;
  /** No request is made before. */
  readonly ready: Promise<void>;
  readonly children: ReactNode;
}

/** Makes the services once the platform's address is known, and anew when the person changes it. */
export function ServicesProvider({ store, ready, children }: Props) {
  const [services, setServices] = useState<Services>();
  const [fault, setFault] = useState<string>();

  const start = useCallback(async () => {
    setFault(undefined);
    try {
      await ready;
      const opened = createServices((await loadServerUrl(store)) ?? defaultServerUrl(), store);
      setServices(opened);
      await opened.auth.restore();
    } catch (error) {
      // The device may not open its storage now: what lies there is still there.
      setFault(error instanceof Error ? error.message : String(error));
      SplashScreen.hide();
    }
  }, [store, ready]);
  useEffect(() => void start(), [start]);

  const value = useMemo(() => {
    if (!services) return undefined;
    return {
      ...services,
      async changeServerUrl(url: string) {
        if (url === services.serverUrl) return;
        await services.auth.signOut();
        await saveServerUrl(store, url);
        await start();
      },
    };
  }, [services, store, start]);

  if (fault)
    return (
      <EmptyState title="The app can't start" text={fault}>
        <Button label="Try again" onPress={() => void start()} />
      </EmptyState>
    );
  return value ? <ServicesContext value={value}>{children}</ServicesContext> : null;
}

export function useServices(): Value {
  const services = useContext(ServicesContext);
  if (!services) throw new Error("useServices: there is no ServicesProvider above");
  return services;
}

export function useAuthState(): AuthState {
  const { auth } = useServices();
  return useSyncExternalStore(auth.subscribe, auth.state, auth.state);
}
