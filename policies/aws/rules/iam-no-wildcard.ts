import { type Props, resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { parseDocument, statementsOf } from "../documents.ts";

const POLICIES = [
  "policy:Policy",
  "rolePolicy:RolePolicy",
  "userPolicy:UserPolicy",
  "groupPolicy:GroupPolicy",
];
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const EVERYTHING = ["*", "*:*"];

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege */
export const iamNoWildcard = resourceRule({
  name: "iam-no-wildcard",
  description:
    "A role that may do everything makes every flaw of its holder one of the account. Name the actions that are needed.",
  enforcementLevel: "mandatory",
  types: [...POLICIES.map((name) => `aws:iam/${name}`), ATTACHMENT],
  *check(props, type) {
    if (type === ATTACHMENT) {
      if (!String(props.policyArn).endsWith(":policy/AdministratorAccess")) return;
      const value = "<ARN of a policy with the actions that are needed>";
      const example = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy";
      yield {
        wrong: "the role may do everything",
        fix: [{ path: ["policyArn"], value, example }],
      };
      return;
    }
    const document = parseDocument(props.policy);
    if (!document) return;
    const broad = statementsOf(document).filter(({ value }) => allowsEverything(value));
    if (broad.length === 0) return;
    yield {
      wrong: `${broad.map(({ path }) => path.join(" ")).join(" and ")} allows every action`,
      fix: [
        {
          path: ["policy"],
          value: narrowed(document, "<service:Action>"),
          example: narrowed(document, "s3:GetObject"),
        },
      ],
    };
  },
});

/** `NotAction` allows all but a few. */
function allowsEverything({ Effect, Action = [], NotAction }: Props): boolean {
  if (Effect !== "Allow") return false;
  return NotAction !== undefined || [Action].flat().some((action) => EVERYTHING.includes(action));
}

function narrowed(document: Props, action: string): string {
  const Statement = statementsOf(document).map(({ value }) => {
    if (!allowsEverything(value)) return value;
    const { NotAction: _, ...rest } = value;
    return { ...rest, Action: action };
  });
  return JSON.stringify({ ...document, Statement });
}
