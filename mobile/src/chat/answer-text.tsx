import { Lexer, type Token, type Tokens } from "marked";
import { memo, type ReactNode } from "react";
import { Linking, ScrollView, StyleSheet, View } from "react-native";
import { Text } from "../ui/text.tsx";
import { RADIUS, SPACE } from "../ui/theme.ts";
import { useTheme } from "../ui/theme-context.tsx";

/**
 * Markdown as the model writes it: paragraphs, headings, lists, quotes, code, links. HTML is shown as the text it is, and
 * pictures as their words: loading one would tell a stranger what the model was made to put into its address.
 */
export const AnswerText = memo(function AnswerText({ text }: { text: string }) {
  return <View style={styles.blocks}>{new Lexer({ gfm: true }).lex(text).map(block)}</View>;
});

function block(token: Token, index: number): ReactNode {
  const key = `${index}`;
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      return (
        <Text key={key} kind="heading">
          {inline((token as Tokens.Heading).tokens)}
        </Text>
      );
    case "code":
      return <CodeBlock key={key} text={(token as Tokens.Code).text} />;
    case "list":
      return <List key={key} list={token as Tokens.List} />;
    case "blockquote":
      return <Quote key={key}>{(token as Tokens.Blockquote).tokens.map(block)}</Quote>;
    case "hr":
      return <Rule key={key} />;
    default:
      return (
        <Text key={key}>{"tokens" in token && token.tokens ? inline(token.tokens) : token.raw.trim()}</Text>
      );
  }
}

function inline(tokens: readonly Token[]): ReactNode[] {
  return tokens.map((token, index) => {
    const key = `${index}`;
    const inner = "tokens" in token && token.tokens ? inline(token.tokens) : undefined;
    switch (token.type) {
      case "strong":
        return (
          <Text key={key} bold>
            {inner}
          </Text>
        );
      case "em":
        return (
          <Text key={key} style={styles.em}>
            {inner}
          </Text>
        );
      case "codespan":
        return <CodeSpan key={key} text={(token as Tokens.Codespan).text} />;
      case "link":
        return (
          <Link key={key} href={(token as Tokens.Link).href}>
            {inner}
          </Link>
        );
      case "br":
        return "\n";
      case "image":
      case "escape":
        return (token as Tokens.Image).text;
      default:
        return inner ?? token.raw;
    }
  });
}

function List({ list }: { list: Tokens.List }) {
  const first = typeof list.start === "number" ? list.start : 1;
  return (
    <View role="list" style={styles.list}>
      {list.items.map((item, index) => {
        // Items are only ever added at the end.
        const key = `${index}`;
        return (
          <View key={key} role="listitem" style={styles.item}>
            <Text color="muted" style={styles.marker}>
              {list.ordered ? `${first + index}.` : "•"}
            </Text>
            <View style={styles.itemBody}>{item.tokens.map(block)}</View>
          </View>
        );
      })}
    </View>
  );
}

function CodeBlock({ text }: { text: string }) {
  const { colors } = useTheme();
  return (
    <ScrollView
      horizontal
      style={[styles.code, { backgroundColor: colors.code, borderColor: colors.border }]}
    >
      <Text kind="label" selectable style={styles.mono}>
        {text}
      </Text>
    </ScrollView>
  );
}

function CodeSpan({ text }: { text: string }) {
  const { colors } = useTheme();
  return (
    <Text kind="label" style={[styles.mono, styles.span, { backgroundColor: colors.code }]}>
      {text}
    </Text>
  );
}

function Quote({ children }: { children: ReactNode }) {
  const { colors } = useTheme();
  return <View style={[styles.quote, { borderColor: colors.accent }]}>{children}</View>;
}

function Rule() {
  const { colors } = useTheme();
  return <View style={[styles.rule, { backgroundColor: colors.border }]} />;
}

function Link({ href, children }: { href: string; children: ReactNode }) {
  if (!/^https?:\/\//i.test(href)) return children;
  return (
    <Text role="link" color="accent" style={styles.link} onPress={() => void Linking.openURL(href)}>
      {children}
    </Text>
  );
}

const styles = StyleSheet.create({
  blocks: { gap: SPACE.m },
  em: { fontStyle: "italic" },
  link: { textDecorationLine: "underline" },
  list: { gap: SPACE.xs },
  item: { flexDirection: "row", gap: SPACE.s },
  itemBody: { flex: 1, gap: SPACE.xs },
  marker: { minWidth: 18 },
  mono: { fontFamily: "monospace" },
  span: { borderRadius: SPACE.xs, paddingHorizontal: SPACE.xs },
  code: { borderRadius: RADIUS.s, borderWidth: 1, padding: SPACE.m },
  quote: { borderLeftWidth: 3, paddingLeft: SPACE.m, gap: SPACE.s },
  rule: { height: 1 },
});
