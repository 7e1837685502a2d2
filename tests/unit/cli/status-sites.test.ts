/** `status` over several sites, of which some do not answer. */
import { settingsOfTopology } from "../../../cli/input";
import { isWell } from "../../../cli/network/seen";
import { networkStatus } from "../../../cli/network/status";
import { statusText } from "../../../cli/network/status-text";
import { plain } from "../../../lib/explain/table";
import { reach } from "../../../lib/deploy/reach";
import { planStack } from "../../../topologies/plan";

jest.mock("../../../lib/deploy/reach");

const plan = planStack({ settings: settingsOfTopology("federated") });

/** A site's API server whose agents say that all is well. */
const answering = (get: (path: string) => Promise<unknown>) => ({ api: { get, close: () => undefined } }) as never;
const status = (path: string) => {
  const organisation = /namespaces\/trade-([a-z]+)\//.exec(path)?.[1];
  const told = { network: "trade", organisation, agent: "agent-0", at: new Date().toISOString(), conditions: [] };
  const pod = `peer0-${organisation}-0-0`;
  const node = { pod, role: "peer", zone: "z", ready: true, channels: [{ channel: "settlement", height: 7 }] };
  return Promise.resolve({
    status: 200,
    body: { data: { "status.json": JSON.stringify({ ...told, nodes: [node] }) } },
  });
};
const dead = { found: "nothing listening: connection refused", allowed: "an API server", fix: "start the cluster" };
const reached = (of: Readonly<Record<string, unknown>>) =>
  jest.mocked(reach).mockImplementation(({ name }) => Promise.resolve((of[name] ?? answering(status)) as never));

test("a site that does not answer hides none of the others, and nothing is called well", async () => {
  reached({ "aws-prod": dead });
  const told = await networkStatus(plan);
  expect(told.unseen).toEqual([{ site: "aws-prod", found: dead.found, fix: dead.fix }]);
  expect(told.statuses.map(({ site, organisation }) => `${organisation} on ${site}`)).toEqual([
    "amber on gcp-staging",
    "basalt on gcp-staging",
    "cobalt on gcp-staging",
    "clearing on gcp-staging",
    "clearing on azure-witness",
  ]);
  expect(isWell(told)).toBe(false);
  const text = statusText(told, plain);
  expect(text).toMatch(/aws-prod cannot be seen, and what runs there may run on: .*refused\n {4}do: start the cluster/);
  expect(text).not.toContain("everything is as the network file wants it");
  expect(text).toContain("gcp-staging");
});

test("nor does one that goes away while it is asked, or shows nothing", async () => {
  reached({
    "aws-prod": answering(() => Promise.reject(new Error("read ECONNRESET"))),
    "azure-witness": answering(() => Promise.resolve({ status: 403, body: { message: "configmaps is forbidden" } })),
  });
  expect((await networkStatus(plan)).unseen).toMatchObject([
    { site: "aws-prod", found: "an API server that went away: read ECONNRESET" },
    { site: "azure-witness", found: "configmaps is forbidden", fix: expect.stringContaining("fabric-topologies-use") },
  ]);
});

test("where no site answers there is nothing to show, and that is an error", async () => {
  reached({ "aws-prod": dead, "gcp-staging": dead, "azure-witness": dead });
  await expect(networkStatus(plan)).rejects.toThrow(/site aws-prod: found nothing listening/);
});

test("an agent that is silent on one site is told with the site", async () => {
  const nothing = answering(() => Promise.resolve({ status: 404, body: {} }));
  reached({ "azure-witness": nothing });
  expect((await networkStatus(plan)).silent).toEqual(["clearing on azure-witness"]);
});
