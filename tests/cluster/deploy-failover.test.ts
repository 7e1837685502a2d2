/** While a failover is under way nothing is deployed: it would start ordering nodes whose twins may run (requirement R8). */
import { join } from "node:path";
import { copyFileSync } from "node:fs";
import { pathOf } from "../../agent/kubernetes/objects";
import { failoverObject } from "../../lib/recovery/failover/object";
import { connect, live } from "./support/api";
import { sharedSandbox, type Cluster } from "./support/cluster";
import { ensureKind, settings } from "./support/failover-ground";
import { network } from "./support/network";
import { call } from "./support/request";
import { TestStack } from "./support/stack";

jest.setTimeout(180_000);
const name = "taken-over";
const namespace = `${name}-org1`;
const site = { name: "witness", kubeconfig: "" };
let cluster: Cluster;
let stack: TestStack;

beforeAll(async () => {
  cluster = await sharedSandbox();
  await ensureKind(cluster.config);
  stack = await TestStack.make();
  site.kubeconfig = join(stack.folder, "kubeconfig");
  copyFileSync(cluster.sandbox.kubeconfig, site.kubeconfig);
  stack.deploys(site, network(name));
  expect(await stack.up()).toMatchObject({ exit: 0 });
}, 60 * 60_000);
afterAll(async () => {
  for (const one of ["city", "rehearsal"]) await call(cluster.config, "DELETE", pathOf("failovers", namespace, one));
  await stack.run(["destroy", "--yes"]);
  stack.remove();
});

async function stands(failover: string, phase: string, mode: "real" | "drill" = "real"): Promise<void> {
  const path = pathOf("failovers", namespace, failover);
  const made = failoverObject({ name: failover, namespace }, { ...settings, mode }, {});
  if ((await call(cluster.config, "GET", path)).code === 404)
    expect(await call(cluster.config, "POST", pathOf("failovers", namespace), made)).toMatchObject({ code: 201 });
  const { body } = await call(cluster.config, "GET", path);
  const told = { ...(body as object), status: { phase, epoch: 2 } };
  expect(await call(cluster.config, "PUT", `${path}/status`, told)).toMatchObject({ code: 200 });
}

const changed = (config: string) => network(name, { config });
const configOf = async (): Promise<unknown> => {
  const api = await connect(cluster.sandbox.kubeconfig);
  const objects = await live(api, network(name));
  api.close();
  return (objects.get(`ConfigMap/${namespace}/peer-config`) as { readonly data?: object } | undefined)?.data;
};

test.each(["Fencing", "ReadOnlyOpen", "Restore", "ReadWrite", "Failback", "Stuck"])(
  "in %s a run and a preview are refused, with what to do, and nothing is changed (R8)",
  async (phase) => {
    await stands("city", phase);
    const before = await configOf();
    stack.deploys(site, changed(`in ${phase}`));
    for (const { exit, output } of [await stack.preview(), await stack.up()]) {
      expect([exit === 0, output]).toEqual([false, expect.stringContaining("nothing was applied")]);
      expect(output).toContain(
        `site witness, Failover/${namespace}/city: found ${phase}, epoch 2: center-3 takes over`,
      );
      expect(output).toContain(`failover status city --namespace ${namespace}`);
    }
    expect(await configOf()).toEqual(before);
  },
);

test("led back, with a drill on a clone beside it, it runs again", async () => {
  await stands("city", "Protected");
  await stands("rehearsal", "ReadWrite", "drill");
  stack.deploys(site, changed("led back"));
  expect(await stack.up()).toMatchObject({ exit: 0 });
  expect(JSON.stringify(await configOf())).toContain("led back");
});
