/** The layout's arrows: contracts <- service-kit <- conversation-store <- apps; guard <- apps; infra, policies and local apart. */
const deny = (name, from, to, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: from, pathNot: "(\\.test\\.ts$|/testing/)" },
  to: { path: to },
});

export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    deny(
      "contracts-is-a-leaf",
      "^packages/contracts/",
      "^(packages/(?!contracts)|apps|infra|local|benchmarks|tests)/",
      "Wire types depend on nothing of ours.",
    ),
    deny(
      "kit-knows-contracts-only",
      "^packages/service-kit/",
      "^(packages/(?!contracts|service-kit)|apps|infra|local|benchmarks|tests)/",
      "The kit serves every app, so it knows none.",
    ),
    deny(
      "store-knows-contracts-and-kit",
      "^packages/conversation-store/",
      "^(apps|infra|local|benchmarks|tests)/",
      "Data access knows no app.",
    ),
    deny(
      "guard-is-pure",
      "^packages/guard/",
      "^(packages/(?!guard)|apps|infra|local|benchmarks|tests)/",
      "The guard judges texts and knows nothing else.",
    ),
    deny("no-app-imports-another", "^apps/([^/]+)/", "^apps/(?!$1/)", "Services talk over the network."),
    deny(
      "apps-know-no-infrastructure",
      "^apps/",
      "^(infra|local|benchmarks|tests)/",
      "A service runs anywhere.",
    ),
    deny(
      "infra-is-a-plain-program",
      "^infra/",
      "^(apps|local|tests|policies|packages/(?!contracts))/",
      "The Pulumi program works without this machine's driver.",
    ),
    deny(
      "local-drives-infra-by-its-entry",
      "^local/",
      "^(apps|policies|infra/(?!index\\.ts|services\\.ts))",
      "The driver knows the program, not its insides.",
    ),
    deny(
      "policies-judge-from-outside",
      "^policies/([^/]+)/",
      "^(packages|apps|infra|local|tests|policies/(?!$1/|rule-kit/|testing/))",
      "A rule that knows the program would pass what the program does.",
    ),
    {
      name: "test-support-in-tests-only",
      severity: "error",
      from: {
        pathNot: "(\\.test\\.ts$|/testing/|^packages/test-support/|^benchmarks/|^tests/)",
      },
      to: { path: "^(packages/test-support|policies/testing)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    parser: "swc",
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
