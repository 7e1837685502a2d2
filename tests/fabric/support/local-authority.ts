import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ChildProcess } from "node:child_process";
import { mspContent } from "../../../agent/register/msp";
import { pathOf } from "../../../agent/kubernetes/objects";
import { mspConfigMap } from "../../../agent/register/msp";
import { readIdentities } from "../../../agent/register/identities";
import { enrolmentSecret, register } from "../../../agent/register/register";
import { ensureRegistrarSecret } from "../../../agent/register/registrar-secret";
import { readSecret } from "../../../agent/kubernetes/secrets";
import type { KubeObject, SiteManifests } from "../../../lib/constructs/manifests";
import type { NetworkInput } from "../../../lib/spec/network";
import { ensurePrograms } from "../../../sandbox/toolchain";
import { at, find, ofKind, synthesise } from "../../manifests/support";
import { MemoryApiServer } from "../../support/memory-api-server";
import { get, threeFreePorts } from "../node-process";
import { type Ended, LocalPod, type ScriptedContainer } from "./local-pod";

const namespace = "trade-org1";

/** Who enrols in these tests: a peer, an ordering node, and those who are no nodes. */
export const network = (identities: NetworkInput["identities"], change: Partial<NetworkInput> = {}): NetworkInput => ({
  name: "trade",
  identities,
  organisations: [{ name: "org1", peers: [{ name: "peer0" }], orderers: { nodes: 3 }, ...change.organisations?.[0] }],
  channels: [{ name: "main", members: ["org1"] }],
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

/**
 * An organisation's authorities as processes of this machine, from the manifests of its network: the Job that makes them,
 * the pod that runs them, the agent's own code for what it registers and publishes.
 */
export class LocalAuthority {
  readonly api = new MemoryApiServer();
  readonly initPod: LocalPod;
  readonly authorityPod: LocalPod;
  private readonly running: ChildProcess[] = [];

  private constructor(
    readonly manifests: SiteManifests,
    readonly folder: string,
    private readonly programs: string,
    private readonly ports: ReadonlyMap<string, string>,
  ) {
    this.initPod = new LocalPod("ca-init-x", join(folder, "authority"), programs, ports);
    this.authorityPod = new LocalPod("ca-org1-0", join(folder, "authority"), programs, ports);
  }

  static async make(input: NetworkInput): Promise<LocalAuthority> {
    const found = await ensurePrograms(["fabric-ca-server", "fabric-ca-client"]);
    const folder = mkdtempSync(join(tmpdir(), "identities-"));
    const [a, b, c] = await threeFreePorts();
    const [d, e] = await threeFreePorts();
    const host = "ca-org1.trade-org1.svc.cluster.local";
    const ports = new Map([
      [`${host}:7054`, `localhost:${a}`],
      [`${host}:7055`, `localhost:${b}`],
      ["port: 7054", `port: ${a}`],
      ["port: 7055", `port: ${b}`],
      ["port: 7053", `port: ${c}`],
      ["0.0.0.0:9443", `127.0.0.1:${d}`],
      ["0.0.0.0:9444", `127.0.0.1:${e}`],
    ]);
    const authority = new LocalAuthority(synthesise(input), folder, dirname(found["fabric-ca-server"]), ports);
    authority.loopback = `${c}`;
    authority.addresses = { ca: `https://localhost:${a}`, "tls-ca": `https://localhost:${b}` };
    authority.operations = [`https://localhost:${d}`, `https://localhost:${e}`];
    return authority;
  }

  addresses: Readonly<Record<"ca" | "tls-ca", string>> = { ca: "", "tls-ca": "" };
  private operations: readonly string[] = [];
  private loopback = "";

  job(role: "ca-init" | "register"): KubeObject {
    const job = ofKind(this.manifests, "Job").find(({ metadata }) => metadata.name.startsWith(`${role}-`));
    if (job === undefined) throw new Error(`no Job ${role}`);
    return job;
  }

  container(workload: KubeObject, name: string): ScriptedContainer {
    const { initContainers = [], containers } = at(workload, "spec.template.spec") as Record<
      string,
      ScriptedContainer[]
    >;
    const found = [...initContainers, ...(containers ?? [])].find((one) => one.name === name);
    if (found === undefined) throw new Error(`no container ${name}`);
    return found;
  }

  /** The files of a ConfigMap where every pod has its configuration. */
  private configure(pod: LocalPod, name: string, change = (text: string) => text): void {
    const data = at(find(this.manifests, `ConfigMap/${namespace}/${name}`), "data") as Record<string, string>;
    const files = Object.entries(data).map(([file, text]) => [file, change(text)]);
    pod.mount("/etc/hyperledger/fabric", Object.fromEntries(files) as Record<string, string>);
  }

  /** Runs the container that makes root, intermediate and TLS authority. */
  async makeAuthorities(change: Readonly<Record<string, string>> = {}): Promise<Ended> {
    if (this.initOfManifests === undefined) return { status: 0, said: "", message: "" };
    // Containers that were killed leave no server behind; processes take a moment to be gone.
    while (await listens(Number(this.loopback))) await new Promise((resolve) => setTimeout(resolve, 20));
    this.configure(this.initPod, "ca-init-config");
    return this.initPod.run(this.initOfManifests, { ROOT_PORT: this.loopback, ...change });
  }

  private get initOfManifests(): ScriptedContainer | undefined {
    const containers = at(this.job("ca-init"), "spec.template.spec.initContainers") as ScriptedContainer[];
    return containers.find(({ name }) => name === "authorities");
  }

  async publish(): Promise<Readonly<Record<string, string>>> {
    await ensureRegistrarSecret(this.api, namespace);
    const content = await mspContent(this.initPod.path("/run/authorities"), "Org1MSP");
    const data = Object.fromEntries(
      Object.entries(content).map(([key, value]) => [key, Buffer.from(value).toString("utf8")]),
    );
    this.api.put(pathOf("configmaps", namespace, mspConfigMap), { data });
    return data;
  }

  servingCertificate(change: Readonly<Record<string, string>> = {}): Promise<Ended> {
    this.configure(this.authorityPod, "ca-org1-config");
    const set = find(this.manifests, `StatefulSet/${namespace}/ca-org1`);
    return this.authorityPod.run(this.container(set, "serving-certificate"), {
      SERVING_PORT: this.loopback,
      ...change,
    });
  }

  /** Starts both servers and waits until they are healthy. `validity` in place of the network file's. */
  async serve(validity?: string): Promise<void> {
    const set = find(this.manifests, `StatefulSet/${namespace}/ca-org1`);
    this.configure(this.authorityPod, "ca-org1-config", (text) =>
      validity === undefined ? text : text.replaceAll(/expiry: .*/g, `expiry: ${validity}`),
    );
    const passwords = (await readSecret(this.api, namespace, "ca-registrar")) ?? {};
    this.authorityPod.mount("/run/registrar", passwords);
    for (const name of ["ca", "tls-ca"]) {
      // In a pod each has a memory of its own.
      const run = this.authorityPod.path(`/run/fabric-ca-${name}/x`);
      this.authorityPod.mount(`/run/fabric-ca-${name}`, { x: "" });
      const container = this.container(set, name);
      const source = container.env.some((variable) => variable.name === "DATASOURCE_FILE")
        ? { DATASOURCE_FILE: this.authorityPod.path(`/run/postgresql/${name}`) }
        : {};
      this.running.push(this.authorityPod.start(container, { RUN: dirname(run), ...source }));
    }
    const authority = this.initPod.read("/run/authorities/tlscacert.pem");
    for (const url of this.operations) {
      for (let attempt = 0; ; attempt += 1) {
        const answer = await get(`${url}/healthz`, authority).catch((error: Error) => error);
        if (!(answer instanceof Error) && answer.status === 200) break;
        const ended = this.running.some(({ exitCode }) => exitCode !== null);
        if (ended || attempt === 300) throw new Error(`${url} is not healthy: ${JSON.stringify(answer)}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Metrics and health of both servers: where a monitor and the kubelet ask. */
  get operationsAddresses(): readonly string[] {
    return this.operations;
  }

  async stopServers(): Promise<void> {
    await Promise.all(
      this.running.splice(0).map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const closed = once(child, "close");
        child.kill("SIGTERM");
        await closed;
      }),
    );
  }

  /** Registers what the Job would. */
  async register(): Promise<void> {
    const environment = this.container(this.job("register"), "register").env;
    const identities = readIdentities(environment.find(({ name }) => name === "AGENT_IDENTITIES")?.value ?? "");
    await register(this.api, { namespace, authorities: this.addresses, identities, patience: 60 }, () => undefined);
  }

  /** All of the above: an organisation that nodes can enrol with. */
  async bringUp(validity?: string): Promise<void> {
    for (const step of [() => this.makeAuthorities(), () => this.publish(), () => this.servingCertificate()]) {
      const done = await step();
      if ("status" in done && done.status !== 0) throw new Error(JSON.stringify(done));
    }
    await this.serve(validity);
    await this.register();
  }

  /** A pod that enrols, with its Secret and ConfigMap mounted. */
  async node(name: string, folder = name): Promise<LocalPod> {
    const pod = new LocalPod(name, join(this.folder, folder), this.programs, this.ports);
    const secrets = (await readSecret(this.api, namespace, enrolmentSecret)) ?? {};
    pod.mount("/run/enrolment", { secret: secrets[name] ?? "" });
    const msp = this.api.get<{ data: Record<string, string> }>(pathOf("configmaps", namespace, mspConfigMap));
    pod.mount("/run/msp", msp?.data ?? {});
    return pod;
  }

  /** The init container of a workload's pods. */
  enrol(workload: "peer0-org1" | "orderer"): ScriptedContainer {
    return this.container(find(this.manifests, `StatefulSet/${namespace}/${workload}`), "enrol");
  }

  async remove(): Promise<void> {
    await this.stopServers();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
