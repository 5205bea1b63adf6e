import type { Decision } from "@mobile-ai-agent/contracts";
import { useState } from "react";
import { StyleSheet, View } from "react-native";
import { Button } from "../ui/button.tsx";
import { Text } from "../ui/text.tsx";
import { RADIUS, SPACE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";
import { argumentLines, explainRisk, fateOf, withoutHidden } from "./approval-text.ts";
import type { AskedApproval } from "./approvals.ts";

interface Props {
  readonly approval: AskedApproval;
  /** Whether the answer that wanted it is over. */
  readonly hasRunEnded: boolean;
  /** @returns why it could not be decided now */
  readonly onDecide: (id: string, decision: Decision) => Promise<string | undefined>;
}

/** A call that waits for the user: what would be done, exactly, and the two answers, or what has become of it. */
export function ApprovalCard({ approval, hasRunEnded, onDecide }: Props) {
  const { colors } = useTheme();
  const [deciding, setDeciding] = useState<Decision>();
  const [problem, setProblem] = useState<string>();
  const fate = fateOf(approval, hasRunEnded);
  const until = new Date(approval.expires_at).toLocaleTimeString(undefined, { timeStyle: "short" });

  async function decide(decision: Decision) {
    setDeciding(decision);
    setProblem(await onDecide(approval.id, decision));
    setDeciding(undefined);
  }

  return (
    <View
      style={[styles.card, { borderColor: colors.border, backgroundColor: colors.raised }]}
      role="group"
      aria-label="The agent asks for your approval"
      testID="approval"
    >
      <Text kind="label" bold>
        {`May the agent use ${withoutHidden(approval.tool)} of ${withoutHidden(approval.server)}?`}
      </Text>
      <Text kind="caption" color={approval.tainted ? "danger" : "muted"}>
        {explainRisk(approval)}
      </Text>
      <View testID="approval-arguments">
        {argumentLines(approval).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of an approval never change
          <Text key={index} kind="caption" style={styles.code} selectable>
            {line}
          </Text>
        ))}
      </View>
      {fate === undefined ? (
        <>
          {problem && (
            <Text kind="caption" color="danger" role="alert">
              {problem}
            </Text>
          )}
          <View style={styles.answers}>
            <Button
              kind="secondary"
              label="Refuse"
              busy={deciding === "refuse"}
              disabled={deciding === "approve"}
              onPress={() => void decide("refuse")}
              testID="approval-refuse"
            />
            <Button
              label="Approve"
              busy={deciding === "approve"}
              disabled={deciding === "refuse"}
              onPress={() => void decide("approve")}
              testID="approval-approve"
            />
          </View>
          <Text kind="caption" color="muted">{`Without an answer by ${until} it is not done.`}</Text>
        </>
      ) : (
        <Text kind="label" color="muted" role="status" testID="approval-fate">
          {fate}
        </Text>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  card: { borderWidth: 1, borderRadius: RADIUS.l, padding: SPACE.l, gap: SPACE.s },
  code: { fontFamily: "monospace" },
  answers: { flexDirection: "row", gap: SPACE.m },
});
