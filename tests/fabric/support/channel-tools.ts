import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import type { Json } from "../../../lib/fabric/channel/json";
import type { ConsortiumOrganisation, OrganisationMaterial } from "../../../lib/fabric/consortium";
import type { FabricVersion } from "../../../lib/fabric/version";
import type { ChannelInput, Spares } from "../../support/channel-inputs";
import { sampleChannel, sampleOrganisations } from "../../support/channel-inputs";
import { testOrganisation } from "../identities";
import { installations } from "../installations";

/** Fabric's own tools for channel configs, of one version. */
export interface ChannelTools {
  readonly version: FabricVersion;
  readonly configtxgen: string;
  readonly configtxlator: string;
}

/** The tools that lie beside the ordering nodes of this machine. */
export function channelTools(): readonly ChannelTools[] {
  return installations("orderer").flatMap(({ program, version }) => {
    const [configtxgen, configtxlator] = ["configtxgen", "configtxlator"].map((name) => join(dirname(program), name));
    if (configtxgen === undefined || configtxlator === undefined) return [];
    return existsSync(configtxgen) && existsSync(configtxlator) ? [{ version, configtxgen, configtxlator }] : [];
  });
}

/** Runs something with a folder that is gone afterwards. */
function inFolder<T>(run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-channel-"));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The sample channel with fresh certificates; only basalt has an intermediate authority. */
export async function freshInput(version: FabricVersion): Promise<{ input: ChannelInput; spares: Spares }> {
  const materials: Record<string, OrganisationMaterial> = {};
  const consenters: ChannelInput["consenters"][number][] = [];
  for (const { name, mspId, orderers } of sampleOrganisations) {
    const own = await testOrganisation({ mspId, domain: `${name}.example.com`, intermediate: name === "basalt" });
    materials[name] = own.material;
    for (const { pod, host, port } of orderers) {
      consenters.push({ host, port, tlsCertificate: (await own.tlsPair(pod, [host])).certificate });
    }
  }
  const spare = await testOrganisation({ domain: "spare.example.com" });
  const [root, tlsRoot] = [spare.material.rootCertificates[0], spare.material.tlsRootCertificates[0]];
  if (root === undefined || tlsRoot === undefined) throw new Error("the spare organisation has no authorities");
  const channel = sampleChannel(version.line === "3.x" ? "V3_0" : "V2_0");
  const consortium = {
    network: "trade",
    fabricVersion: version.text,
    clusterDomain: "cluster.local",
    organisations: sampleOrganisations,
    channels: [channel],
    chaincodes: [],
  };
  const tlsCertificate = (await spare.tlsPair("orderer", ["orderer-new.example.com"])).certificate;
  return { input: { channel, consortium, materials, consenters }, spares: { root, tlsRoot, tlsCertificate } };
}

/** What configtxgen makes of an equivalent configtx.yaml: bytes of a block. */
export function generatedBlock({ configtxgen }: ChannelTools, input: ChannelInput): Uint8Array {
  return inFolder((folder) => {
    writeFileSync(join(folder, "configtx.yaml"), stringify({ Profiles: { Sample: profile(input, folder) } }));
    const args = ["-configPath", folder, "-profile", "Sample", "-channelID", input.channel.name];
    execFileSync(configtxgen, [...args, "-outputBlock", join(folder, "block")], {
      env: { FABRIC_CFG_PATH: folder },
      stdio: "pipe",
    });
    return readFileSync(join(folder, "block"));
  });
}

/** A message as configtxlator reads it. */
export function translated({ configtxlator }: ChannelTools, type: string, bytes: Uint8Array): Json {
  return inFolder((folder) => {
    writeFileSync(join(folder, "message"), bytes);
    const [message, text] = [join(folder, "message"), join(folder, "text")];
    execFileSync(configtxlator, ["proto_decode", "--type", type, "--input", message, "--output", text]);
    return spelledAlike(JSON.parse(readFileSync(text, "utf8")) as Json);
  });
}

/** The update that configtxlator computes between two configs. */
export function translatorsUpdate(tools: ChannelTools, channel: string, current: Uint8Array, target: Uint8Array): Json {
  return inFolder((folder) => {
    writeFileSync(join(folder, "current"), current);
    writeFileSync(join(folder, "target"), target);
    const args = ["compute_update", "--channel_id", channel];
    args.push("--original", join(folder, "current"), "--updated", join(folder, "target"));
    execFileSync(tools.configtxlator, [...args, "--output", join(folder, "update")], { stdio: "pipe" });
    return translated(tools, "common.ConfigUpdate", readFileSync(join(folder, "update")));
  });
}

/** Fabric 2.5 writes empty bytes as null where 3.x writes an empty text. */
function spelledAlike(value: Json): Json {
  const text = JSON.stringify(value, (key, part: Json) => (key === "certificate" ? (part ?? "") : part));
  return JSON.parse(text) as Json;
}

const metaPolicies = {
  Readers: { Type: "ImplicitMeta", Rule: "ANY Readers" },
  Writers: { Type: "ImplicitMeta", Rule: "ANY Writers" },
  Admins: { Type: "ImplicitMeta", Rule: "MAJORITY Admins" },
};

function profile({ channel, consortium, materials, consenters }: ChannelInput, folder: string): object {
  const mspFolder = (name: string) => writeMsp(materials[name], join(folder, name));
  const members = consortium.organisations.filter(({ name }) => channel.members.includes(name));
  const ordering = consortium.organisations.filter(({ orderers }) => orderers.length > 0);
  return {
    Policies: metaPolicies,
    Capabilities: { [channel.capabilities.channel]: true },
    Orderer: {
      OrdererType: "etcdraft",
      BatchTimeout: channel.batch.timeout,
      BatchSize: {
        MaxMessageCount: channel.batch.maxMessages,
        AbsoluteMaxBytes: channel.batch.absoluteMaxBytes,
        PreferredMaxBytes: channel.batch.preferredMaxBytes,
      },
      Capabilities: { [channel.capabilities.orderer]: true },
      Policies: { ...metaPolicies, BlockValidation: { Type: "ImplicitMeta", Rule: "ANY Writers" } },
      EtcdRaft: {
        Consenters: consenters.map(({ host, port, tlsCertificate }, index) => {
          const file = join(folder, `consenter-${index}.pem`);
          writeFileSync(file, `${tlsCertificate.trim()}\n`);
          return { Host: host, Port: port, ClientTLSCert: file, ServerTLSCert: file };
        }),
        Options: {
          TickInterval: channel.raft.tickInterval,
          ElectionTick: channel.raft.electionTick,
          HeartbeatTick: channel.raft.heartbeatTick,
          MaxInflightBlocks: channel.raft.maxInflightBlocks,
          SnapshotIntervalSize: channel.raft.snapshotIntervalSize,
        },
      },
      Organizations: ordering.map((own) => ({
        ...common(own, mspFolder(own.name)),
        OrdererEndpoints: own.orderers.map(({ host, port }) => `${host}:${port}`),
        Policies: signatures(own.mspId, { Readers: ["member"], Writers: ["member"], Admins: ["admin"] }),
      })),
    },
    Application: {
      Capabilities: { [channel.capabilities.application]: true },
      Policies: {
        Readers: policy(channel.policies.readers),
        Writers: policy(channel.policies.writers),
        Admins: policy(channel.policies.admins),
        Endorsement: policy(channel.policies.endorsement),
        LifecycleEndorsement: policy(channel.policies.lifecycleEndorsement),
      },
      Organizations: members.map((own) => ({
        ...common(own, mspFolder(own.name)),
        AnchorPeers: own.anchorPeers.map(({ host, port }) => ({ Host: host, Port: port })),
        Policies: signatures(own.mspId, {
          Readers: ["admin", "peer", "client"],
          Writers: ["admin", "client"],
          Admins: ["admin"],
          Endorsement: ["peer"],
        }),
      })),
    },
  };
}

function common({ mspId }: ConsortiumOrganisation, folder: string): object {
  return { Name: mspId, ID: mspId, MSPDir: folder };
}

function policy(text: string): object {
  return { Type: /^(ANY|ALL|MAJORITY) /.test(text) ? "ImplicitMeta" : "Signature", Rule: text };
}

function signatures(mspId: string, roles: Readonly<Record<string, readonly string[]>>): object {
  return Object.fromEntries(
    Object.entries(roles).map(([name, all]) => [name, policy(`OR(${all.map((r) => `'${mspId}.${r}'`).join(", ")})`)]),
  );
}

/** Writes the folder that configtxgen reads an MSP from, files in the order of the lists, and gives its path. */
function writeMsp(material: OrganisationMaterial | undefined, folder: string): string {
  if (material === undefined) throw new Error(`no certificates for ${folder}`);
  const folders = {
    cacerts: material.rootCertificates,
    intermediatecerts: material.intermediateCertificates,
    tlscacerts: material.tlsRootCertificates,
    tlsintermediatecerts: material.tlsIntermediateCertificates,
  };
  for (const [name, pems] of Object.entries(folders)) {
    mkdirSync(join(folder, name), { recursive: true });
    pems.forEach((pem, index) => writeFileSync(join(folder, name, `${index}.pem`), `${pem.trim()}\n`));
  }
  const unit = (name: string) => ({ OrganizationalUnitIdentifier: name });
  const nodeOus = {
    Enable: true,
    ClientOUIdentifier: unit("client"),
    PeerOUIdentifier: unit("peer"),
    AdminOUIdentifier: unit("admin"),
    OrdererOUIdentifier: unit("orderer"),
  };
  writeFileSync(join(folder, "config.yaml"), stringify({ NodeOUs: nodeOus }));
  return folder;
}
