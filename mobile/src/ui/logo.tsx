import Svg, { Circle, Path } from "react-native-svg";
import { useTheme } from "./theme-context.tsx";

/** The same drawing as the icons in assets. */
export function Logo({ size }: { size: number }) {
  const { colors } = useTheme();
  return (
    <Svg width={size} height={size} viewBox="0 0 64 64" aria-hidden>
      <Path d={BUBBLE} fill={colors.accent} />
      <Path d={SPARK} fill={colors.onAccent} />
      <Circle cx={43.5} cy={20.5} r={3.4} fill={colors.onAccent} />
    </Svg>
  );
}

/** A speech bubble whose corner points to who speaks. */
const BUBBLE =
  "M32 6C17 6 6 16.4 6 30c0 6.4 2.5 12.2 6.7 16.5L10 57.2c-.4 1.6 1.2 2.9 2.7 2.2l10.6-5.2C26 54.7 29 55 32 55c15 0 26-11 26-25S47 6 32 6Z";
const SPARK =
  "M29 17c1.5 8.4 4.6 11.5 13 13-8.4 1.5-11.5 4.6-13 13-1.5-8.4-4.6-11.5-13-13 8.4-1.5 11.5-4.6 13-13Z";
