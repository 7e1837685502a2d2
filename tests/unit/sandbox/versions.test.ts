import { compareVersions, parseVersion, versionFits } from "../../../sandbox/toolchain/versions";

test.each([
  ["Kubernetes v1.36.3\n", [1, 36, 3]],
  ["etcd Version: 3.6.16\nGit SHA: 0a1b2c3\nGo Version: go1.26.8\n", [3, 6, 16]],
  ["kwok version v0.8.0 go1.26.8 (linux/amd64)\n", [0, 8, 0]],
  ["v3.259.0\n", [3, 259, 0]],
  ["v3.260.0-alpha.x1b2c3", [3, 260, 0]],
  ["go version go1.27 linux/amd64\n", [1, 27, 0]],
])("reads the version in %j", (text, version) => {
  expect(parseVersion(text)).toEqual(version);
});

test.each(["", "unknown flag: --version", "v3", "Kubernetes v$Format"])("finds no version in %j", (text) => {
  expect(parseVersion(text)).toBeUndefined();
  expect(versionFits(text, "1.36.3", "minor")).toBe(false);
});

test("versions are ordered by number, not by text", () => {
  expect(compareVersions([3, 10, 0], [3, 9, 9])).toBeGreaterThan(0);
  expect(compareVersions([1, 26, 0], [1, 26, 8])).toBeLessThan(0);
  expect(compareVersions([1, 26, 8], [1, 26, 8])).toBe(0);
});

test.each([
  ["Kubernetes v1.36.0", true],
  ["Kubernetes v1.36.9", true],
  ["Kubernetes v1.35.3", false],
  ["Kubernetes v1.37.0", false],
  ["Kubernetes v2.36.3", false],
])("%s in place of 1.36.3 by its minor version: %p", (found, fits) => {
  expect(versionFits(found, "1.36.3", "minor")).toBe(fits);
});

test.each([
  ["v3.248.0", true],
  ["v3.300.1", true],
  ["v3.247.9", false],
  ["v3.99.0", false],
  ["v4.0.0", false],
  ["v2.999.0", false],
])("%s where 3.248.0 is the oldest that will do: %p", (found, fits) => {
  expect(versionFits(found, "3.259.0", { atLeast: "3.248.0" })).toBe(fits);
});
