/** The layout's arrows: contracts <- service-kit <- audit-log, content-cipher <- conversation-store <- apps; guard <- apps; infra, policies and local apart. */
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
      "^(packages/(?!contracts/)[^/]+|apps|infra|local|benchmarks|tests)/",
      "Wire types depend on nothing of ours.",
    ),
    deny(
      "kit-knows-contracts-only",
      "^packages/service-kit/",
      "^(packages/(?!(contracts|service-kit)/)[^/]+|apps|infra|local|benchmarks|tests)/",
      "The kit serves every app, so it knows none.",
    ),
    deny(
      "cipher-knows-the-kit-only",
      "^packages/content-cipher/",
      "^(packages/(?!(service-kit|content-cipher)/)[^/]+|apps|infra|local|benchmarks|tests)/",
      "What seals contents need not know what they are.",
    ),
    deny(
      "erasure-knows-contracts-and-kit",
      "^packages/erasure/",
      "^(packages/(?!(contracts|service-kit|erasure)/)[^/]+|apps|infra|local|benchmarks|tests)/",
      "What is erased is a list of names; whoever owns a store erases it.",
    ),
    deny(
      "store-knows-contracts-and-kit",
      "^packages/conversation-store/",
      "^(apps|infra|local|benchmarks|tests)/",
      "Data access knows no app.",
    ),
    deny(
      "audit-knows-the-kit-only",
      "^packages/audit-log/",
      "^(packages/(?!(audit-log|service-kit|contracts)/)[^/]+|apps|infra|local|benchmarks|tests)/",
      "What is recorded about everybody depends on nobody.",
    ),
    deny(
      "objects-know-nobody",
      "^packages/object-store/",
      "^(packages/(?!object-store/)[^/]+|apps|infra|local|benchmarks|tests)/",
      "Where bytes are kept has nothing to do with whose they are.",
    ),
    deny(
      "guard-is-pure",
      "^packages/guard/",
      "^(packages/(?!guard/)[^/]+|apps|infra|local|benchmarks|tests)/",
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
      "the-app-knows-contracts-only",
      "^mobile/",
      "^(packages/(?!contracts/)[^/]+|apps|infra|local|tests|policies)/",
      "Devices see the platform from outside.",
    ),
    {
      name: "no-node-on-devices",
      severity: "error",
      comment: "Phones and browsers have no node: modules.",
      from: { path: "^mobile/src/", pathNot: "(\\.test\\.ts$|^mobile/src/testing/)" },
      to: { dependencyTypes: ["core"] },
    },
    deny(
      "nothing-imports-the-app",
      "^(apps|packages|infra|local|policies)/",
      "^mobile/",
      "It is built and served as files.",
    ),
    deny(
      "infra-is-a-plain-program",
      "^infra/",
      "^(apps|local|tests|policies|packages/(?!contracts/)[^/]+)/",
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
      to: { path: "^(packages/test-support|policies/testing|mobile/src/testing)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist(-ios|-android)?/" },
    parser: "swc",
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
