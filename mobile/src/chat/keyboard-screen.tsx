import { useIsFocused, useRouter } from "expo-router";
import type { ReactNode } from "react";
import { KeyboardAvoidingView, Platform, StyleSheet } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { Header } from "../ui/header.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { ArrowLeft } from "../ui/icons.ts";
import { useIsWide } from "../ui/theme-context.tsx";

interface Props {
  readonly title: string;
  readonly right?: ReactNode;
  readonly children: ReactNode;
}

/**
 * A screen whose lower end is written in: it stays above the keyboard. Beside a sidebar it is there only while it is
 * shown: who goes from one conversation to the next leaves no others behind at work.
 */
export function KeyboardScreen({ title, right, children }: Props) {
  const router = useRouter();
  const wide = useIsWide();
  const focused = useIsFocused();
  const { bottom } = useSafeAreaInsets();
  const back = () => (router.canGoBack() ? router.back() : router.replace("/"));
  if (wide && !focused) return null;
  return (
    <KeyboardAvoidingView
      behavior={Platform.OS === "ios" ? "padding" : undefined}
      style={[styles.fill, { paddingBottom: bottom }]}
    >
      <Header
        title={title}
        left={!wide && <IconButton label="Back" icon={ArrowLeft} onPress={back} />}
        right={right}
      />
      {children}
    </KeyboardAvoidingView>
  );
}

const styles = StyleSheet.create({ fill: { flex: 1 } });
