import { Text as NativeText, type TextProps } from "react-native";
import type { Colors } from "./theme.ts";
import { TYPE } from "./theme.ts";
import { useTheme } from "./theme-context.tsx";

interface Props extends TextProps {
  readonly kind?: keyof typeof TYPE;
  readonly color?: keyof Colors;
  readonly bold?: boolean;
}

export function Text({ kind = "body", color = "text", bold = false, style, ...rest }: Props) {
  const { colors } = useTheme();
  const weight = bold || kind === "title" || kind === "heading" ? "600" : "400";
  return (
    <NativeText
      {...rest}
      style={[TYPE[kind], { color: colors[color], fontWeight: weight }, kind === "title" && TIGHT, style]}
    />
  );
}

const TIGHT = { letterSpacing: -0.5 };
