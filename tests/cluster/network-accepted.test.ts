/** Whatever network people write: the API server takes what is made of it. */
import { CoreV1Api } from "@kubernetes/client-node";
import fc from "fast-check";
import type { KubeObject } from "../../lib/constructs/manifests";
import { restrictedNamespace } from "../../lib/constructs/pod-security";
import { deriveNetwork, networkSchema } from "../../lib/spec/network";
import { settingsSchema } from "../../lib/spec/settings";
import dualActive from "../../topologies/dual-active";
import { arbitraryNetwork, arbitrarySettings } from "../support/arbitrary-network";
import threeCenter from "../../topologies/three-center";
import { smallBank, threeCenters } from "../support/three-centers";
import { objections } from "./support/accepted";
import { createNamespace, deleteNamespace, sharedSandbox, type Cluster } from "./support/cluster";

let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  cluster = await sharedSandbox();
  namespace = await createNamespace(cluster.config, restrictedNamespace);
  const core = cluster.config.makeApiClient(CoreV1Api);
  // Pods are refused where their account is not there.
  for (const name of ["peer", "orderer", "ca", "ca-init", "register", "agent", "chaincode", "client", "gateway"]) {
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
  }
}, 60 * 60_000);
afterAll(() => deleteNamespace(cluster.config, namespace));

/** Nothing is made, so every organisation may use the one restricted namespace that is there. */
const inOurNamespace = (object: KubeObject): KubeObject =>
  object.metadata.namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } };

test("any valid network is accepted: strict field validation, restricted Pod Security, not one warning", async () => {
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(arbitraryNetwork, arbitrarySettings, async (input, settingsInput) => {
      const network = deriveNetwork(networkSchema.parse(input));
      const settings = settingsSchema.parse(settingsInput);
      expect(dualActive.check(network, settings)).toEqual([]);
      const sites = dualActive.synthesise(dualActive.place(network, settings), settings);
      const objects = sites.flatMap((site) => site.objects.map(inOurNamespace));
      tried += objects.length;
      expect(await objections(cluster.config, { objects })).toEqual([]);
    }),
    // A counterexample is small enough as it is found; looking for a smaller one would take minutes.
    { numRuns: 30, endOnFailure: true },
  );
  expect(tried).toBeGreaterThan(30 * 20);
});

test("so is what stands at each of three centers, dormant ordering nodes too (R8)", async () => {
  const settings = threeCenters();
  const network = smallBank();
  for (const { site, objects } of threeCenter.synthesise(threeCenter.place(network, settings), settings)) {
    // The kind of failovers may stand already: tests make it and live by it.
    const own = objects.filter(({ kind }) => kind !== "CustomResourceDefinition").map(inOurNamespace);
    expect([site, ...(await objections(cluster.config, { objects: own }))]).toEqual([site]);
  }
});
