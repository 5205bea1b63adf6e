import {
  createContext,
  type ReactNode,
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
  const [serverUrl, setServerUrl] = useState<string>();
  const [fault, setFault] = useState<string>();

  useEffect(() => {
    void ready
      .then(() => loadServerUrl(store))
      .then((kept) => setServerUrl(kept ?? defaultServerUrl()))
      .catch((error: Error) => setFault(error.message));
  }, [store, ready]);

  const services = useMemo(() => serverUrl && createServices(serverUrl, store), [serverUrl, store]);

  useEffect(() => {
    if (services) void services.auth.restore();
  }, [services]);

  const value = useMemo(() => {
    if (!services) return undefined;
    return {
      ...services,
      async changeServerUrl(url: string) {
        if (url === services.serverUrl) return;
        await services.auth.signOut();
        await saveServerUrl(store, url);
        setServerUrl(url);
      },
    };
  }, [services, store]);

  if (fault) return <EmptyState title="The app can't start" text={fault} />;
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
