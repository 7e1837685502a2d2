/** A federation whose members really run pods: they meet at each other's load balancers, by name, and nowhere else. */
import { Resolver } from "node:dns/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { CoreV1Api, CustomObjectsApi, type KubeConfig } from "@kubernetes/client-node";
import { loadConfig } from "../../sandbox/controlplane/client";
import { type Federation, startFederation } from "../../sandbox/federation/federation";
import { prepareImages } from "../../sandbox/images/prepare";
import { stopSandbox } from "../../sandbox/sandbox";
import { readRecord } from "../../sandbox/state";
import { eventually } from "./support/cluster";
import { footprint, machineState } from "./support/footprint";
import { describeRealNodes, execScript, isReadyPod, nodeImage, patience, scriptPod } from "./support/real-nodes";

jest.setTimeout(patience);

const folder = mkdtempSync(path.join(tmpdir(), "federation-real-"));
const dir = path.join(folder, "federation");
const namespace = "default";
const before = machineState();

afterAll(async () => {
  await stopSandbox(dir);
  rmSync(folder, { recursive: true, force: true });
});

/** Says who it is to whoever connects. */
const server = (name: string): string =>
  `require("net").createServer((socket) => socket.end("${name}")).listen(8443, "0.0.0.0")`;

/** What answers at an address: its words, or how it fails. */
const ask = (host: string, port = 443): string =>
  `const socket = require("net").connect({ host: "${host}", port: ${port}, timeout: 3000 });
   socket.on("data", (data) => process.stdout.write(data)).on("end", () => process.exit());
   socket.on("timeout", () => { console.log("ETIMEDOUT"); process.exit() });
   socket.on("error", ({ code }) => { console.log(code); process.exit() });`;

describeRealNodes("a federation with real nodes", () => {
  let federation: Federation;
  const config = (name: string): KubeConfig => loadConfig(federation.cluster(name).kubeconfig);
  const core = (name: string): CoreV1Api => config(name).makeApiClient(CoreV1Api);
  const from = async (member: string, host: string, port?: number): Promise<string> =>
    (await execScript(config(member), namespace, "gateway", ask(host, port))).trim();
  const known = async (name: string): Promise<string[]> => {
    const resolver = new Resolver();
    resolver.setServers([federation.nameServer ?? ""]);
    return resolver.resolve4(name).catch(() => []);
  };

  beforeAll(async () => {
    federation = await startFederation({
      dir,
      nodes: "real",
      members: [{ name: "aws-prod" }, { name: "gcp-staging" }],
      images: [await nodeImage()],
      owner: process.pid,
    });
    for (const { name } of federation.members) {
      await core(name).createNamespacedPod({ namespace, body: scriptPod("gateway", "zone-a", server(name)) });
      const ports = [{ port: 443, targetPort: 8443 }];
      await core(name).createNamespacedService({
        namespace,
        body: { metadata: { name: "gateway" }, spec: { type: "LoadBalancer", selector: { app: "gateway" }, ports } },
      });
    }
    for (const { name } of federation.members) {
      await eventually(`the gateway of ${name} runs`, () => isReadyPod(config(name), namespace, "gateway"));
    }
  }, patience);

  test("a Service of type LoadBalancer gets its member's address, which is known beforehand", async () => {
    for (const { name, addresses } of federation.members) {
      await eventually(`${name} has a balancer`, async () => {
        const { status } = await core(name).readNamespacedService({ namespace, name: "gateway" });
        return status?.loadBalancer?.ingress?.[0]?.ip === addresses[0];
      });
    }
    const [aws, gcp] = federation.members;
    expect(aws?.addresses).not.toEqual(gcp?.addresses);
  });

  test("names come from DNSEndpoint objects of any member, and from whoever publishes them", async () => {
    const [aws, gcp] = federation.members.map(({ addresses }) => addresses[0] ?? "");
    const endpoints = [
      { dnsName: "peer0-amber-1-0.amber.example", recordType: "A", targets: [aws] },
      { dnsName: "gateway.amber.example", recordType: "A", targets: [aws, gcp] },
    ];
    await config("gcp-staging")
      .makeApiClient(CustomObjectsApi)
      .createNamespacedCustomObject({
        group: "externaldns.k8s.io",
        version: "v1alpha1",
        plural: "dnsendpoints",
        namespace,
        body: {
          apiVersion: "externaldns.k8s.io/v1alpha1",
          kind: "DNSEndpoint",
          metadata: { name: "gateway" },
          spec: { endpoints },
        },
      });
    federation.publishNames([{ name: "orderer-3.cobalt.example", addresses: [gcp ?? ""] }]);
    await eventually("the pool's name is known", async () => (await known("gateway.amber.example")).length === 2);
    await eventually("the published name is known", async () => (await known("orderer-3.cobalt.example"))[0] === gcp);
    expect(await known("peer0-amber-1-0.amber.example")).toEqual([aws]);
    expect(await known("nobody.amber.example")).toEqual([]);
  });

  test("pods reach the other member by name and at its balancer, and its pods not at all", async () => {
    await eventually(
      "the name leads to the other member",
      async () => (await from("gcp-staging", "peer0-amber-1-0.amber.example")) === "aws-prod",
      30,
    );
    expect(await from("aws-prod", "orderer-3.cobalt.example")).toBe("gcp-staging");
    const { status } = await core("aws-prod").readNamespacedPod({ namespace, name: "gateway" });
    expect(await from("gcp-staging", status?.podIP ?? "", 8443)).toMatch(/^(ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)$/);
    // A pod's own cluster, and names in it, are as they always were.
    expect(await from("aws-prod", "gateway.default.svc.cluster.local")).toBe("aws-prod");
  });

  test("the programs of gateways run in images made here", async () => {
    const wanted = [
      { kind: "envoy", version: "1.40.0", reference: "docker.io/envoyproxy/envoy:v1.40.0" },
      { kind: "haproxy", version: "2.6.12", reference: "docker.io/library/haproxy:2.6.12" },
    ] as const;
    const { archives, missing } = await prepareImages(wanted);
    // HAProxy comes with the system, or not.
    expect(missing.filter(({ reference }) => reference.includes("envoy"))).toEqual([]);
    await federation.importImages(archives);
    for (const { kind, reference } of wanted) {
      if (missing.some((image) => image.reference === reference)) continue;
      const pod = scriptPod(kind, "zone-a", "");
      const [container] = pod.spec?.containers ?? [];
      Object.assign(container ?? {}, { image: reference, command: [kind, kind === "envoy" ? "--version" : "-v"] });
      await core("gcp-staging").createNamespacedPod({ namespace, body: pod });
      await eventually(`${kind} says its version`, async () =>
        /(version: |version )\S*(1\.40\.0|2\.6\.12)/.test(
          await core("gcp-staging")
            .readNamespacedPodLog({ namespace, name: kind })
            .catch(() => ""),
        ),
      );
    }
  });

  test("a killed member is gone with its pods while the other serves on, and comes back with them", async () => {
    await federation.killMember("aws-prod");
    expect(await federation.answers("aws-prod")).toBe(false);
    const [address = ""] = federation.cluster("aws-prod").addresses;
    expect(await from("gcp-staging", address)).toMatch(/^(ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH)$/);
    expect(await reached(federation.cluster("gcp-staging").addresses[0] ?? "")).toBe("gcp-staging");
    await federation.restoreMember("aws-prod");
    await eventually("its gateway serves again", async () => (await reached(address)) === "aws-prod");
    expect(await from("gcp-staging", "peer0-amber-1-0.amber.example")).toBe("aws-prod");
  });

  test("nothing of it remains", async () => {
    const record = readRecord(dir);
    const words = [record!.id.slice(0, 8), dir];
    expect(footprint(words)).not.toEqual([]);
    await federation.stop();
    expect(footprint(words)).toEqual([]);
    expect(machineState()).toEqual(before);
  });
});

/** What answers on port 443 of an address, asked from this machine. */
const reached = (host: string): Promise<string> =>
  new Promise((resolve) => {
    let said = "";
    const socket = connect({ host, port: 443, timeout: 2_000 });
    socket.on("data", (data) => (said += data.toString()));
    socket.on("timeout", () => socket.destroy());
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(said));
  });
