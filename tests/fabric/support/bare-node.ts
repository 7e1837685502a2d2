import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Configuration, renderConfiguration } from "../../../lib/fabric/configuration-file";
import type { ConsortiumNode, ConsortiumOrganisation, OrganisationMaterial } from "../../../lib/fabric/consortium";
import { peerConfiguration } from "../../../lib/fabric/core-yaml";
import { type EnvironmentVariable, ordererEnvironment, peerEnvironment } from "../../../lib/fabric/environment";
import { ordererLayout, peerLayout } from "../../../lib/fabric/layout";
import { ordererConfiguration } from "../../../lib/fabric/orderer-yaml";
import { ports } from "../../../lib/fabric/ports";
import type { FabricVersion } from "../../../lib/fabric/version";
import type { TestOrganisation } from "../identities";
import { type Installation, stockChaincodeBuilder } from "../installations";
import type { NodeProcess } from "../node-process";
import { writeChaincodeBuilder } from "./chaincode-builder";

/** The programs of one version of Fabric on this machine. */
export interface Programs {
  readonly version: FabricVersion;
  readonly orderer: Installation;
  readonly peer: Installation;
}

/** An organisation of a bare network, as its agent and its applications see it. */
export interface BareOrganisation {
  readonly mspId: string;
  readonly material: OrganisationMaterial;
  readonly authorities: TestOrganisation;
  /** Its authorities on other sites, as far as its nodes on this one knew them when they started. */
  readonly abroad: readonly OrganisationMaterial[];
  /** Folders with an identity each, laid out by `peerLayout(folder)`: `msp` and `tls`. */
  readonly admin: string;
  readonly client: string;
  /** Where each chaincode of the organisation is to listen: its name to `address:port`. */
  readonly chaincodes: Readonly<Record<string, string>>;
}

/** A node of a bare network. */
export interface BareNode {
  readonly role: "orderer" | "peer";
  /** Name of its organisation. */
  readonly organisation: string;
  readonly node: ConsortiumNode;
  /** URL of its operations service. */
  readonly operations: string;
  /** What runs now; another one after a restart. */
  process(): NodeProcess;
  untilServing(): Promise<void>;
  /** Ends it, if it still runs, and starts it on the same data. */
  restart(): Promise<void>;
}

interface NodeInput {
  readonly role: "orderer" | "peer";
  readonly programs: Programs;
  readonly node: ConsortiumNode;
  readonly organisation: ConsortiumOrganisation;
  readonly own: BareOrganisation;
  /** The node's own, for its keys, data and configuration. */
  readonly folder: string;
  readonly tickInterval?: string;
  /** Names beside its address in a peer's TLS certificate. */
  readonly peerNames?: readonly string[];
}

/** How a node's process is started. */
interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Writes keys and configuration of a node. */
export async function nodeCommand(input: NodeInput): Promise<Command> {
  mkdirSync(input.folder, { recursive: true });
  return input.role === "orderer" ? ordererCommand(input) : peerCommand(input);
}

async function ordererCommand({
  programs,
  node,
  organisation,
  own,
  folder,
  tickInterval,
}: NodeInput): Promise<Command> {
  const layout = ordererLayout(folder);
  await own.authorities.writeNode("orderer", layout, [node.host]);
  alsoTrust(layout, own.abroad);
  const configuration = ordererConfiguration({
    version: programs.version,
    mspId: organisation.mspId,
    clientAuthentication: true,
    tickInterval: tickInterval ?? "100ms",
    layout,
  });
  writeFileSync(join(folder, "orderer.yaml"), renderConfiguration("orderer.yaml", programs.version, configuration));
  return {
    program: programs.orderer.program,
    args: ["start"],
    env: {
      ...environment(ordererEnvironment(), folder),
      ORDERER_GENERAL_LISTENADDRESS: node.host,
      ORDERER_ADMIN_LISTENADDRESS: `${node.host}:${ports.orderer.admin}`,
      ORDERER_OPERATIONS_LISTENADDRESS: `${node.host}:${ports.orderer.operations}`,
    },
  };
}

async function peerCommand({ programs, node, organisation, own, folder, peerNames = [] }: NodeInput): Promise<Command> {
  const layout = peerLayout(folder);
  const { authorities } = own;
  await authorities.writeNode("peer", layout, [node.host, ...peerNames]);
  alsoTrust(layout, own.abroad);
  const configuration = peerConfiguration({
    version: programs.version,
    networkId: "bare",
    mspId: organisation.mspId,
    clientAuthentication: true,
    stateDatabase: { kind: "leveldb" },
    gossipBootstrap: organisation.peers.map((mate) => `${mate.host}:${mate.port}`),
    layout,
  });
  const builder = join(folder, "builder");
  writeChaincodeBuilder(builder, own.chaincodes, stockChaincodeBuilder(programs.version));
  const text = renderConfiguration("core.yaml", programs.version, withBuilder(configuration, builder));
  writeFileSync(join(folder, "core.yaml"), text);
  const address = `${node.host}:${node.port}`;
  const chaincodeClient = await authorities.tlsPair(node.pod, [node.host]);
  return {
    program: programs.peer.program,
    args: ["node", "start"],
    env: {
      ...environment(
        peerEnvironment({ id: node.pod, address, externalEndpoint: address, stateDatabase: { kind: "leveldb" } }),
        folder,
      ),
      CORE_PEER_LISTENADDRESS: address,
      CORE_PEER_CHAINCODELISTENADDRESS: `${node.host}:${ports.peer.chaincode}`,
      CORE_OPERATIONS_LISTENADDRESS: `${node.host}:${ports.peer.operations}`,
      CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG: JSON.stringify({
        peer: node.pod,
        namespace: organisation.namespace,
        domain: "cluster.local",
        root_cert: readFileSync(layout.tls.authorities, "utf8"),
        client_cert: chaincodeClient.certificate,
        client_key: chaincodeClient.privateKey,
      }),
    },
  };
}

/** Adds authorities of other sites to what enrolment wrote, as the init container `trust` does. */
function alsoTrust(
  { msp, tls }: Pick<ReturnType<typeof peerLayout>, "msp" | "tls">,
  abroad: readonly OrganisationMaterial[],
): void {
  for (const [index, material] of abroad.entries()) {
    const file = `abroad-${index}.pem`;
    writeFileSync(join(msp.rootAuthorities, file), material.rootCertificates.join(""));
    if (material.intermediateCertificates.length > 0)
      writeFileSync(join(msp.intermediateAuthorities, file), material.intermediateCertificates.join(""));
    writeFileSync(join(msp.tlsRootAuthorities, file), material.tlsRootCertificates.join(""));
    appendFileSync(tls.authorities, `\n${material.tlsRootCertificates.join("")}`);
  }
}

/** The same core.yaml with another builder, since the stock one's place is in the stock image only. */
function withBuilder(configuration: Configuration, path: string): Configuration {
  const chaincode = configuration["chaincode"] as Configuration;
  const [builder] = chaincode["externalBuilders"] as readonly Configuration[];
  return { ...configuration, chaincode: { ...chaincode, externalBuilders: [{ ...builder, path }] } };
}

function environment(variables: readonly EnvironmentVariable[], folder: string): Record<string, string> {
  const values = variables.flatMap((variable) => ("value" in variable ? [[variable.name, variable.value]] : []));
  return { ...(Object.fromEntries(values) as Record<string, string>), FABRIC_CFG_PATH: folder, TMPDIR: folder };
}
