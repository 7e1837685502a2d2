import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  Consortium,
  ConsortiumChannel,
  ConsortiumChaincode,
  ConsortiumNode,
  ConsortiumOrganisation,
} from "../../../lib/fabric/consortium";
import { peerLayout } from "../../../lib/fabric/layout";
import { ports } from "../../../lib/fabric/ports";
import { type IdentityRole, testOrganisation } from "../identities";
import { installations } from "../installations";
import { letsIn, type NodeProcess, startNode, until, untilHealthy } from "../node-process";
import { type BareNode, type BareOrganisation, nodeCommand, type Programs } from "./bare-node";
import { type Guardian, startGuardian } from "./guardian";

/** Every version of which both programs are here, the newest first. */
export function completeInstallations(): readonly Programs[] {
  return installations("peer").flatMap((peer) => {
    const orderer = installations("orderer").find(({ version }) => version.text === peer.version.text);
    return orderer === undefined ? [] : [{ version: peer.version, orderer, peer }];
  });
}

export interface BareOrganisationInput {
  readonly name: string;
  readonly peers?: number;
  readonly orderers?: number;
  /** In place of the above: how many nodes on which sites, each site with authorities of its own. */
  readonly sites?: readonly { readonly name: string; readonly peers?: number; readonly orderers?: number }[];
}

export interface BareNetworkInput {
  readonly programs: Programs;
  readonly organisations: readonly BareOrganisationInput[];
  readonly channels: readonly ConsortiumChannel[];
  readonly chaincodes: readonly ConsortiumChaincode[];
  /** Identities come from an authority below the root, as in a deployed network; false: from the root. */
  readonly intermediate?: boolean;
  /** Raft's tick; see `OrdererConfigurationInput.tickInterval`. */
  readonly tickInterval?: string;
  /** Names beside its address in each peer's TLS certificate, such as that of a pool on a gateway. */
  readonly peerNames?: readonly string[];
}

/** Real ordering nodes and peers as processes of this machine, with no channel yet. */
export interface BareNetwork {
  readonly consortium: Consortium;
  readonly folder: string;
  /** @param site Of an organisation on several sites; its first, if none is named. */
  organisation(name: string, site?: string): BareOrganisation;
  node(pod: string): BareNode;
  readonly nodes: readonly BareNode[];
  /** Starts a process that ends with the network; for chaincode. */
  run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): NodeProcess;
  /** Ends every process and removes every file. */
  stop(): Promise<void>;
}

/**
 * Starts a network and waits until all its nodes serve. Each node has a loopback address of its own, where it
 * listens on Fabric's usual ports, so configuration and clients need no ports but those of `lib/fabric/ports`.
 */
export async function startBareNetwork(input: BareNetworkInput): Promise<BareNetwork> {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-bare-"));
  const guardian = startGuardian();
  const running = new Set<NodeProcess>();
  const stop = async () => {
    await Promise.all([...running].map((child) => child.stop()));
    guardian.dismiss();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return await startAll(input, folder, launcher(guardian, running), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

type Launch = typeof startNode;

function launcher(guardian: Guardian, running: Set<NodeProcess>): Launch {
  return (program, args, env) => {
    const child = startNode(program, args, env);
    guardian.watch(child.pid);
    running.add(child);
    return child;
  };
}

async function startAll(
  input: BareNetworkInput,
  folder: string,
  launch: Launch,
  stop: () => Promise<void>,
): Promise<BareNetwork> {
  const consortium = describe(input, loopbackAddresses());
  const organisations = new Map<string, BareOrganisation>();
  const nodes: BareNode[] = [];
  for (const organisation of consortium.organisations) {
    const parts = new Map<string, BareOrganisation>();
    for (const { name: site } of organisation.sites ?? [{ name: onlySite }]) {
      const part = await makeOrganisation(input, organisation, site, folder, [...parts.values()]);
      parts.set(site, part);
      organisations.set(`${organisation.name}@${site}`, part);
      if (parts.size === 1) organisations.set(organisation.name, part);
    }
    for (const [role, members] of [
      ["orderer", organisation.orderers],
      ["peer", organisation.peers],
    ] as const) {
      for (const node of members) {
        const own = known(parts.get(node.site), node.site);
        const command = await nodeCommand({ ...input, role, node, organisation, own, folder: join(folder, node.pod) });
        nodes.push(
          bareNode(role, organisation.name, node, own, () => launch(command.program, command.args, command.env)),
        );
      }
    }
  }
  await Promise.all(nodes.map((node) => node.untilServing()));
  return {
    consortium,
    folder,
    nodes,
    organisation: (name, site) => known(organisations.get(site === undefined ? name : `${name}@${site}`), name),
    node: (pod) =>
      known(
        nodes.find(({ node }) => node.pod === pod),
        pod,
      ),
    run: (program, args, env) => launch(program, args, env),
    stop,
  };
}

function bareNode(
  role: "orderer" | "peer",
  organisation: string,
  node: ConsortiumNode,
  { authorities }: BareOrganisation,
  start: () => NodeProcess,
): BareNode {
  const operations = `https://${node.host}:${ports[role].operations}`;
  let process = start();
  return {
    role,
    organisation,
    node,
    operations,
    process: () => process,
    // A node is healthy long before it serves: then it has not even opened its ledgers.
    async untilServing() {
      const { tlsAuthority, client } = authorities;
      await untilHealthy(process, `${operations}/healthz`, tlsAuthority);
      await until(process, async () =>
        (await letsIn(node.port, tlsAuthority, client, node.host)) ? undefined : "does not serve",
      );
    },
    async restart() {
      await process.stop();
      process = start();
      await this.untilServing();
    },
  };
}

/** @param before The organisation on sites that were there earlier: its nodes know of these, as they wait for them. */
async function makeOrganisation(
  input: BareNetworkInput,
  { name, mspId, sites = [] }: ConsortiumOrganisation,
  site: string,
  folder: string,
  before: readonly BareOrganisation[],
): Promise<BareOrganisation> {
  const authorities = await testOrganisation({
    mspId,
    domain: `${name}.example.com`,
    intermediate: input.intermediate ?? true,
  });
  // The administrator's agent serves its board under this name.
  const boardHosts = sites.filter((one) => one.name === site).map(({ board }) => board.host);
  const identity = async (role: IdentityRole) => {
    const path = join(folder, `${role}-${name}-${site}`);
    mkdirSync(path);
    await authorities.writeNode(role, peerLayout(path), ["localhost", "127.0.0.1", ...boardHosts]);
    return path;
  };
  const address = loopbackAddresses();
  const chaincodes = input.chaincodes.map((chaincode) => [chaincode.name, `${address()}:${ports.chaincode.grpc}`]);
  return {
    mspId,
    material: authorities.material,
    authorities,
    abroad: before.map(({ material }) => material),
    admin: await identity("admin"),
    client: await identity("client"),
    chaincodes: Object.fromEntries(chaincodes) as Record<string, string>,
  };
}

function describe(input: BareNetworkInput, address: () => string): Consortium {
  const organisations = input.organisations.map(({ name, peers = 0, orderers = 0, sites }) => {
    const nodes = (role: "orderer" | "peer", onlyCount: number) => {
      const homes = (sites ?? [{ name: onlySite, [`${role}s`]: onlyCount }]).flatMap(
        ({ name: site, [`${role}s` as const]: count = 0 }) => Array.from({ length: count }, () => site),
      );
      return homes.map((site, index): ConsortiumNode => ({
        pod: `${role}0-${name}-${index}`,
        site,
        zone: `zone-${index}`,
        host: address(),
        port: ports[role].grpc,
      }));
    };
    const ownPeers = nodes("peer", peers);
    const boards = sites?.map((site) => ({
      name: site.name,
      board: { host: `agent.${site.name}.${name}.example.com`, port: 443 },
    }));
    return {
      name,
      mspId: mspIdOf(name),
      namespace: `bare-${name}`,
      peers: ownPeers,
      orderers: nodes("orderer", orderers),
      anchorPeers: ownPeers,
      ...(boards === undefined ? {} : { sites: boards }),
    };
  });
  return {
    network: "bare",
    fabricVersion: input.programs.version.text,
    clusterDomain: "cluster.local",
    organisations,
    channels: input.channels,
    chaincodes: input.chaincodes,
  };
}

/** The site of networks that have one. */
const onlySite = "here";

/** The MSP id of an organisation of a bare network: `amber` is `AmberMSP`. */
const mspIdOf = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}MSP`;

/** Addresses of a network of our own within 127.0.0.0/8, all of which Linux has. */
function loopbackAddresses(): () => string {
  const byte = () => 1 + Math.floor(Math.random() * 250);
  const network = `127.${byte()}.${byte()}`;
  let last = 0;
  return () => `${network}.${(last += 1)}`;
}

function known<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`the network has no ${name}`);
  return found;
}
