import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { isIP } from "node:net";
import type { ConsortiumNode } from "../../lib/fabric/consortium";
import { ports } from "../../lib/fabric/ports";
import { deadlines, type TlsAuthorities } from "./connection";
import type { AdminIdentity } from "./identity";
import { Refusal } from "./problem";
import type { Reach } from "./reach";

/** What an orderer says of a channel that it takes part in (Fabric `orderer/common/types/channelinfo.go`). */
export interface Participation {
  readonly name: string;
  /** consenter, follower, config-tracker or other. */
  readonly consensusRelation: string;
  /** active, onboarding, inactive or failed. */
  readonly status: string;
  readonly height: number;
}

/** How an orderer's administration port is reached. */
export interface ParticipationAccess {
  readonly identity: AdminIdentity;
  readonly reach: Reach;
  /** Of the orderer's own organisation. */
  readonly authorities: TlsAuthorities;
}

const channels = "/participation/v1/channels";

/** Names of the channels of an orderer. */
export async function channelsOfOrderer(node: ConsortiumNode, access: ParticipationAccess): Promise<string[]> {
  const answer = await call(node, access, "GET", channels);
  if (answer.status !== 200) throw refusal(node, answer);
  const listed = JSON.parse(answer.body) as { channels: readonly { name: string }[] | null };
  return (listed.channels ?? []).map(({ name }) => name);
}

/** An orderer's part in a channel, or undefined if it has none. */
export async function participationOf(
  node: ConsortiumNode,
  channel: string,
  access: ParticipationAccess,
): Promise<Participation | undefined> {
  const answer = await call(node, access, "GET", `${channels}/${channel}`);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refusal(node, answer);
  return JSON.parse(answer.body) as Participation;
}

/**
 * Lets an orderer take part in a channel, from its first block or from any later config block. An orderer that has
 * joined already is left as it is.
 * @throws Refusal if the orderer does not take the block.
 */
export async function joinOrderer(node: ConsortiumNode, block: Uint8Array, access: ParticipationAccess): Promise<void> {
  const form = new FormData();
  form.append("config-block", new Blob([Uint8Array.from(block)]), "config.block");
  const encoded = new Response(form);
  const answer = await call(node, access, "POST", channels, {
    type: encoded.headers.get("content-type") ?? "multipart/form-data",
    content: Buffer.from(await encoded.arrayBuffer()),
  });
  // 405: it has the channel; somebody was faster, or an answer got lost.
  if (answer.status !== 201 && answer.status !== 405) throw refusal(node, answer);
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function refusal(node: ConsortiumNode, answer: Answer): Refusal {
  const error = /"error":"((?:[^"\\]|\\.)*)"/.exec(answer.body)?.[1];
  return new Refusal(node.pod, answer.status, error ?? answer.body);
}

async function call(
  node: ConsortiumNode,
  { identity, reach, authorities }: ParticipationAccess,
  method: string,
  path: string,
  body?: { readonly type: string; readonly content: Buffer },
): Promise<Answer> {
  const host = await reach(node);
  const port = ports.orderer.admin;
  const what = `${node.pod} (${node.host}:${port})`;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host,
        port,
        method,
        path,
        ...(isIP(node.host) === 0 ? { servername: node.host } : {}),
        ca: [...authorities],
        cert: identity.tls.certificate,
        key: identity.tls.key,
        agent: false,
        timeout: deadlines.query,
        ...(body === undefined
          ? {}
          : { headers: { "content-type": body.type, "content-length": body.content.length } }),
      },
      (response) => {
        textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text }), reject);
      },
    );
    sent.once("timeout", () => sent.destroy(new Error(`it did not answer within ${deadlines.query / 1000} s`)));
    sent.once("error", (error) => reject(new Error(`${what}: ${error.message}`)));
    sent.end(body?.content);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return text;
}
