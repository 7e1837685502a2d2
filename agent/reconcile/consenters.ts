import { X509Certificate } from "node:crypto";
import type { orderer } from "@hyperledger/fabric-protos";
import { consenterNodes, consenterOf } from "../../lib/fabric/channel/config";
import type { Consenter, ConsortiumNode } from "../../lib/fabric/consortium";
import { type Objection, servedCertificate } from "../fabric/consenter-certificates";
import { inWords } from "../fabric/problem";
import { type Condition, isNotSo, isSo, isUnseen } from "./condition";
import type { Pass } from "./pass";

/** The consenters that a channel is to have, as far as their certificates are known and good. */
export interface ConsenterSet {
  readonly consenters: readonly Consenter[];
  readonly conditions: readonly Condition[];
}

/**
 * Dials every ordering node of the model and takes the certificates that its organisation's TLS authority vouches for.
 * A consenter that the channel has already keeps the certificate that the config names, also if it is not reachable, or
 * has renewed its certificate: Raft knows it by its key. One that shows another key has lost its volume; it is left out
 * first, so that the config removes it, and comes back under its new key as a new member. Coming back as the old one
 * would be a vote for what it no longer remembers.
 * @param current Raft's members by the channel's config; undefined while there is no channel.
 */
export async function consentersOf(
  pass: Pass,
  channel: string,
  current?: orderer.etcdraft.ConfigMetadata,
): Promise<ConsenterSet> {
  const found = await Promise.all(
    consenterNodes(pass.consortium).map((node) => consenterAt(pass, channel, node, current)),
  );
  return {
    consenters: found.flatMap(({ consenter }) => (consenter === undefined ? [] : [consenter])),
    conditions: found.flatMap(({ condition }) => (condition === undefined ? [] : [condition])),
  };
}

/** The certificate under which a config knows a node as consenter; undefined if it does not. */
export function certificateInConfig(
  node: ConsortiumNode,
  raft: orderer.etcdraft.ConfigMetadata | undefined,
): string | undefined {
  const { host, port } = node.consenter ?? node;
  const entry = raft?.getConsentersList().find((one) => one.getHost() === host && one.getPort() === port);
  return entry === undefined ? undefined : Buffer.from(entry.getServerTlsCert_asU8()).toString("utf8");
}

/** Whether two certificates are of the same key. */
export function sameKey(a: string, b: string): boolean {
  return new X509Certificate(a).publicKey.equals(new X509Certificate(b).publicKey);
}

async function consenterAt(
  pass: Pass,
  channel: string,
  node: ConsortiumNode,
  current: orderer.etcdraft.ConfigMetadata | undefined,
): Promise<{ consenter?: Consenter; condition?: Condition }> {
  const object = `orderer/${channel}/${node.pod}`;
  const known = certificateInConfig(node, current);
  const as = (tlsCertificate: string) => consenterOf(node, tlsCertificate);
  try {
    const served = await servedCertificate(node, pass.identity, pass.reach, pass.authoritiesOf(node));
    if (served.objection !== undefined) {
      return {
        ...(known === undefined ? {} : { consenter: as(known) }),
        condition: wrongCertificate(object, node, served.objection),
      };
    }
    const shown = served.certificate.toString();
    if (known === undefined) {
      return {
        consenter: as(shown),
        condition: isSo(
          "ConsentersVerified",
          object,
          "Verified",
          `${node.pod} shows a certificate of its organisation`,
        ),
      };
    }
    if (sameKey(shown, known)) {
      return {
        consenter: as(known),
        condition: isSo("ConsentersVerified", object, "Verified", `${node.pod} has the key that the channel knows`),
      };
    }
    return {
      condition: isNotSo(
        "ConsentersVerified",
        object,
        "KeyReplaced",
        `${node.pod} has another TLS key than the channel knows: its volume is new. It is taken out of the consenters, then added with its new key`,
      ),
    };
  } catch (error) {
    // One that the channel has already stays what it is; whether it runs is its own organisation's concern.
    if (known !== undefined) return { consenter: as(known) };
    return { condition: isUnseen("ConsentersVerified", object, "Unreachable", inWords(error)) };
  }
}

/** No remedy here may cost the node its key: Raft's members are known by it, and lost on most of them it ends a channel. */
function wrongCertificate(object: string, { pod }: ConsortiumNode, { kind, inWords: why }: Objection): Condition {
  const [reason, remedy] = {
    expired: [
      "CertificateExpired",
      `Delete the pod ${pod}, of several such pods one at a time: it keeps its key and has its certificate renewed when it starts.`,
    ],
    "other authority": [
      "WrongCertificate",
      `Compare its issuer with the ConfigMap msp of its organisation, which must name the TLS authority that is in force; where it does, delete the pod ${pod}: it keeps its key and has it certified by that authority when it starts.`,
    ],
    "other name": [
      "WrongCertificate",
      `See that ${pod} is what answers there; if it is, delete the pod: it keeps its key and has it certified for its names when it starts.`,
    ],
  }[kind] as [string, string];
  const message = `${pod} shows a TLS certificate that is not to be trusted: ${why}`;
  return isNotSo("ConsentersVerified", object, reason, message, remedy);
}
