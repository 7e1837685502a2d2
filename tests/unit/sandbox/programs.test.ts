import { readFileSync } from "node:fs";
import { join } from "node:path";

import packageJson from "../../../package.json";
import { familyFolder, toolCache } from "../../../sandbox/toolchain/cache";
import { familySource } from "../../../sandbox/toolchain/go";
import {
  authorityPrograms,
  controlPlanePrograms,
  enginePrograms,
  type FamilyName,
  families,
  familyOf,
  federationPrograms,
  gatewayPrograms,
  nodePrograms,
  type ProgramName,
  programOf,
  programs,
} from "../../../sandbox/toolchain/programs";
import { versionFits } from "../../../sandbox/toolchain/versions";

const names = Object.keys(programs) as ProgramName[];
const familyNames = Object.keys(families) as FamilyName[];

const pinnedNames = names.filter((name) => programOf(name).module !== undefined);

test.each(pinnedNames)("the version of %s is the one that its go.mod pins", (name) => {
  const { family, module = "", version } = programOf(name);
  const goMod = readFileSync(join(familySource(family), "go.mod"), "utf8");
  const pinned = new RegExp(`^\\s*(?:require )?${module.replaceAll(".", "\\.")} v(\\S+)$`, "m").exec(goMod)?.[1];
  // The provider is served only by its commits: 4.25.0 is the pseudo-version of its release commit.
  expect(pinned).toBe(name === "pulumi-resource-kubernetes" ? "4.0.0-20260115033456-f47bc2d6f199" : version);
});

test("every Kubernetes library is replaced by the release of the control plane", () => {
  const goMod = readFileSync(join(familySource("control-plane"), "go.mod"), "utf8");
  const replaced = [...goMod.matchAll(/^\s*(k8s\.io\/\S+) => (\S+) v(\S+)$/gm)];
  expect(replaced).toHaveLength(33);
  for (const [, from, to, version] of replaced) {
    expect(to).toBe(from);
    expect(`1.${version?.replace(/^0\./, "")}`).toBe(programs["kube-apiserver"].version);
  }
});

test("the servers state the version that they are, in every symbol that clients read", () => {
  const { stamps } = familyOf("control-plane");
  const [major, minor] = programs["kube-apiserver"].version.split(".");
  for (const symbols of ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"])
    expect(stamps).toMatchObject({
      [`${symbols}.gitVersion`]: `v${programs["kube-apiserver"].version}`,
      [`${symbols}.gitMajor`]: major,
      [`${symbols}.gitMinor`]: minor,
      [`${symbols}.gitTreeState`]: "clean",
    });
});

test("engine and provider go with the SDKs of package.json", () => {
  expect(programs["pulumi-resource-kubernetes"].version).toBe(packageJson.dependencies["@pulumi/kubernetes"]);
  expect(programs.pulumi.onPath.accept.atLeast).toBe(packageJson.dependencies["@pulumi/pulumi"]);
});

test.each(names)("our own build of %s would be accepted on PATH, where it can be asked", (name) => {
  const { onPath, version } = programOf(name);
  if (onPath) expect(versionFits(`v${version}`, version, onPath.accept)).toBe(true);
  else expect(name).toMatch(/^(pulumi-resource-kubernetes|coredns|pause|karmada-.*|kubefed-.*)$/);
});

test("nothing is built that neither the sandbox nor the engine runs", () => {
  const federation = [...federationPrograms.karmada, ...federationPrograms.kubefed, ...gatewayPrograms];
  const run = [...controlPlanePrograms, ...nodePrograms, ...authorityPrograms, ...enginePrograms, ...federation];
  expect(run.sort()).toEqual([...names].sort());
  expect(new Set(names.map((name) => programOf(name).family))).toEqual(new Set(familyNames));
});

describe("the cache", () => {
  const inputs = {
    family: "kwok",
    files: { "go.mod": "module x\n", "go.sum": "a h1:b\n" },
    goVersion: "go version go1.26.8 linux/amd64\n",
  } as const;
  const folder = familyFolder(inputs);

  test("keeps a family in a folder that names it", () => {
    expect(folder).toMatch(/^kwok-[0-9a-f]{12}$/);
    expect(familyFolder({ ...inputs, files: { "go.sum": "a h1:b\n", "go.mod": "module x\n" } })).toBe(folder);
  });

  test.each([
    ["go.mod", { ...inputs, files: { ...inputs.files, "go.mod": "module y\n" } }],
    ["go.sum", { ...inputs, files: { ...inputs.files, "go.sum": "a h1:c\n" } }],
    ["a main of our own", { ...inputs, files: { ...inputs.files, "main.go": "package main\n" } }],
    ["the content's place", { ...inputs, files: { "go.mod": "module x\ngo.sum", "go.sum": "a h1:b\n" } }],
    ["Go's version", { ...inputs, goVersion: "go version go1.26.9 linux/amd64\n" }],
    ["the architecture", { ...inputs, goVersion: "go version go1.26.8 linux/arm64\n" }],
  ])("is another one for another %s", (_what, changed) => {
    expect(familyFolder(changed)).not.toBe(folder);
  });

  test("differs by build flags, even for the same files", () => {
    // The plain ones are built alike; what tells them apart is their go.mod.
    const plain: readonly FamilyName[] = ["coredns", "pause", "kubefed"];
    const others = familyNames.filter((family) => !plain.includes(family));
    const hashes = others.map((family) => familyFolder({ ...inputs, family }).slice(-12));
    expect(new Set(hashes).size).toBe(others.length);
  });

  test("is where the XDG specification wants it", () => {
    expect(toolCache({ XDG_CACHE_HOME: "/caches" })).toBe("/caches/fabric-topologies/tools");
    expect(toolCache({})).toMatch(/\/\.cache\/fabric-topologies\/tools$/);
    expect(toolCache({ XDG_CACHE_HOME: "relative" })).toBe(toolCache({}));
  });
});
