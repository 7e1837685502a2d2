import { request } from "node:https";
import { isIP } from "node:net";
import type { ConsortiumNode } from "../../lib/fabric/consortium";
import { ports } from "../../lib/fabric/ports";
import { deadlines, type TlsAuthorities } from "./connection";
import type { AdminIdentity } from "./identity";
import type { Reach } from "./reach";

/** An orderer's operations port, and who asks there. */
export interface OperationsAccess {
  readonly identity: AdminIdentity;
  readonly reach: Reach;
  /** Of the orderer's own organisation. */
  readonly authorities: TlsAuthorities;
}

/**
 * Whether an orderer leads the Raft of a channel, by its metric `consensus_etcdraft_is_leader`; undefined if it has no
 * part in the channel.
 * @throws Error if the orderer does not answer.
 */
export async function isRaftLeader(
  node: ConsortiumNode,
  channel: string,
  access: OperationsAccess,
): Promise<boolean | undefined> {
  const metrics = await read(node, access);
  const value = metrics
    .split("\n")
    .find((line) => line.startsWith("consensus_etcdraft_is_leader{") && line.includes(`channel="${channel}"`));
  return value === undefined ? undefined : value.trimEnd().endsWith(" 1");
}

async function read(node: ConsortiumNode, { identity, reach, authorities }: OperationsAccess): Promise<string> {
  const host = await reach(node);
  const port = ports.orderer.operations;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host,
        port,
        path: "/metrics",
        ...(isIP(node.host) === 0 ? { servername: node.host } : {}),
        ca: [...authorities],
        cert: identity.tls.certificate,
        key: identity.tls.key,
        agent: false,
        timeout: deadlines.query,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.once("error", reject);
        response.once("end", () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`${node.pod} answered ${response.statusCode ?? 0} to a request for its metrics`));
        });
      },
    );
    sent.once("timeout", () => sent.destroy(new Error(`it did not answer within ${deadlines.query / 1000} s`)));
    sent.once("error", (error) => reject(new Error(`${node.pod} (${node.host}:${port}): ${error.message}`)));
    sent.end();
  });
}
