const swc = [
  "@swc/jest",
  { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" }, sourceMaps: "inline" },
];

/** One project per tier: what a tier needs from the machine differs, how its tests are written does not. */
const tier = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  transform: { "^.+\\.[jt]s$": swc },
  // These come as ES modules only, which jest cannot load from CommonJS as Node can.
  transformIgnorePatterns: ["/node_modules/(?!(@kubernetes/client-node|openid-client|oauth4webapi|jose)/)"],
  ...extra,
});

/** Its tests share one control plane, which is there only while they run. */
const cluster = tier("cluster", {
  globalSetup: "<rootDir>/tests/cluster/support/setup.ts",
  globalTeardown: "<rootDir>/tests/cluster/support/teardown.ts",
  setupFilesAfterEnv: ["<rootDir>/tests/cluster/support/worker.ts"],
});

/** Networks that really run, one at a time: each takes the whole machine. */
const drill = tier("drill", {
  globalSetup: "<rootDir>/tests/cluster/support/setup.ts",
  globalTeardown: "<rootDir>/tests/cluster/support/teardown.ts",
});

module.exports = {
  projects: [
    tier("unit"),
    tier("model"),
    tier("manifests"),
    tier("graph"),
    tier("browser"),
    tier("fabric"),
    tier("gateway"),
    tier("storage"),
    tier("replication"),
    cluster,
    drill,
  ],
};
