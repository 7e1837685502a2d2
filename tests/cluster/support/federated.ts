import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SiteManifests } from "../../../lib/constructs/manifests";
import type { Patience } from "../../../lib/deploy/federation/watch";
import type { Engine } from "../../../lib/federation/render";
import { TestStack, writeProgram } from "./stack";

/** What a stack deploys to a federation. */
export interface FederatedDeployment {
  readonly engine: Engine;
  readonly host?: { readonly name: string; readonly kubeconfig: string } | undefined;
  /** By site, its kubeconfig. */
  readonly kubeconfigs: ReadonlyMap<string, string>;
  readonly sites: readonly SiteManifests[];
  readonly patience?: Patience;
  readonly adopt?: boolean;
}

/** A Pulumi project that hands what {@link deploys} says to lib/deploy. */
export const federatedStack = (): Promise<TestStack> => TestStack.make(deploysGivenFederation);

/** What the next commands of a stack deploy. */
export function deploys(
  stack: TestStack,
  { engine, host, kubeconfigs, sites, patience, adopt }: FederatedDeployment,
): void {
  const plain = sites.map(({ site, objects, dependencies }) => ({
    access: { name: site, kubeconfig: kubeconfigs.get(site) },
    manifests: { site, objects, dependencies: [...dependencies] },
  }));
  const options = { ...(patience === undefined ? {} : { patience }), ...(adopt === undefined ? {} : { adopt }) };
  writeFileSync(
    join(stack.folder, "deployment.json"),
    JSON.stringify({ federation: { engine, host }, sites: plain, options }),
  );
}

function deploysGivenFederation(folder: string): void {
  writeProgram(folder, [
    `import { readFileSync } from "node:fs";`,
    `import { deployFederation } from ${JSON.stringify(resolve("lib/deploy/federation/deploy"))};`,
    `const { federation, sites, options } = JSON.parse(readFileSync("deployment.json", "utf8"));`,
    `for (const { manifests } of sites) manifests.dependencies = new Map(manifests.dependencies);`,
    `export = async () => {`,
    `  await deployFederation(federation, sites, options);`,
    `};`,
  ]);
}
