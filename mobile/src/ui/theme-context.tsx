import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { useColorScheme, useWindowDimensions } from "react-native";
import { type BlobStore, readText, writeText } from "../storage/blob-store.ts";
import { type Appearance, type Colors, DARK, LIGHT, WIDE } from "./theme.ts";

const KEY = "settings.appearance";

interface Theme {
  readonly dark: boolean;
  readonly colors: Colors;
  readonly appearance: Appearance;
  readonly setAppearance: (appearance: Appearance) => void;
}

const ThemeContext = createContext<Theme | undefined>(undefined);

/** Light or dark as the system has it, unless the person chose one. */
export function ThemeProvider({ store, children }: { store: BlobStore; children: ReactNode }) {
  const system = useColorScheme();
  const [appearance, setAppearance] = useState<Appearance>("system");

  useEffect(() => {
    const take = (kept: string | undefined) => {
      if (kept === "light" || kept === "dark") setAppearance(kept);
    };
    // As the system has it, while the device can't read what was chosen.
    readText(store, KEY).then(take, () => undefined);
  }, [store]);

  const theme = useMemo((): Theme => {
    const dark = (appearance === "system" ? system : appearance) === "dark";
    return {
      dark,
      colors: dark ? DARK : LIGHT,
      appearance,
      setAppearance(next) {
        setAppearance(next);
        // Until the app ends, where the device can't store it.
        writeText(store, KEY, next).catch(() => undefined);
      },
    };
  }, [appearance, system, store]);
  return <ThemeContext value={theme}>{children}</ThemeContext>;
}

export function useTheme(): Theme {
  const theme = useContext(ThemeContext);
  if (!theme) throw new Error("useTheme: there is no ThemeProvider above");
  return theme;
}

/** Whether there is room for the conversations beside the chat. */
export function useIsWide(): boolean {
  return useWindowDimensions().width >= WIDE;
}
