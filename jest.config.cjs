const swc = [
  "@swc/jest",
  { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" }, sourceMaps: "inline" },
];

/** One project per tier: what a tier needs from the machine differs, how its tests are written does not. */
const tier = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  transform: { "^.+\\.ts$": swc },
  ...extra,
});

module.exports = {
  projects: [tier("unit"), tier("manifests"), tier("graph"), tier("fabric"), tier("cluster")],
};
