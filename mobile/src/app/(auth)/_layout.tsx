import { Stack } from "expo-router";
import { useTheme } from "../../ui/theme-context.tsx";

export const unstable_settings = { initialRouteName: "sign-in" };

export default function AuthLayout() {
  const { colors } = useTheme();
  return (
    <Stack screenOptions={{ headerShown: false, contentStyle: { backgroundColor: colors.background } }} />
  );
}
