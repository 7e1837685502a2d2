import { counted, listed } from "../../spec/words";
import type { Preview } from "../document";
import { html, type Html } from "./html";
import type { Section } from "./page";

type Channel = Preview["channels"][number];
type Chaincode = Channel["chaincodes"][number];
type Collection = Chaincode["collections"][number];

/** Every channel in words, and its whole configuration below. */
export function channels({ channels: all }: Preview): Section {
  return {
    id: "channels",
    title: "Channels",
    count: all.length,
    content: all.length === 0 ? html`<p>There are none.</p>` : html`${all.map(channel)}`,
  };
}

const policyNames: Readonly<Record<string, string>> = {
  readers: "Reading takes",
  writers: "Writing takes",
  admins: "Changing the channel takes",
  endorsement: "Endorsement takes, where a chaincode says nothing else,",
  lifecycleEndorsement: "A new chaincode takes",
};

/** Members beyond these are folded away. */
const mostMembers = 12;

function channel({ name, members, policies, batch, chaincodes }: Channel): Html {
  return html`<article aria-labelledby="channel-${name}">
    <h3 id="channel-${name}">${name}</h3>
    <dl class="words">
      <dt>Members</dt>
      <dd>${memberList(members)}</dd>
      ${Object.entries(policies).map(
        ([policy, { text, words }]) =>
          html`<dt>${policyNames[policy] ?? policy}</dt>
            <dd>${words} <code class="faint">${text}</code></dd>`,
      )}
      <dt>A block is cut after</dt>
      <dd>
        ${batch.timeout}, ${counted(batch.maxMessages, "transaction")} or ${size(batch.preferredMaxBytes)}, whichever
        comes first; none exceeds ${size(batch.absoluteMaxBytes)}
      </dd>
    </dl>
    ${chaincodes.map(chaincode)}
    <details class="tree" data-channel="${name}">
      <summary>Configuration as it will stand in the first block</summary>
      <noscript
        ><p>This tree is drawn by the script of this page. <code>preview --json</code> has it, too.</p></noscript
      >
    </details>
  </article>`;
}

function memberList(members: readonly string[]): Html {
  if (members.length <= mostMembers) return html`${listed(members, "and")}`;
  return html`<details>
    <summary>${counted(members.length, "organisation")}</summary>
    <p>${listed(members, "and")}</p>
  </details>`;
}

function chaincode({ name, version, sequence, initRequired, endorsement, collections, packageId }: Chaincode): Html {
  return html`<h4>Chaincode ${name} ${version}</h4>
    <dl class="words">
      <dt>Endorsement takes</dt>
      <dd>
        ${endorsement === undefined ? "what the channel says" : html`${endorsement.words} <code class="faint">${endorsement.text}</code>`}
      </dd>
      <dt>Sequence</dt>
      <dd>${sequence}${initRequired && ", and its Init comes first"}</dd>
      <dt>Package</dt>
      <dd><code>${packageId}</code></dd>
      ${collections.map(
        (one) =>
          html`<dt>Collection ${one.name}</dt>
            <dd>${collectionWords(one)}</dd>`,
      )}
    </dl>`;
}

function collectionWords(collection: Collection): string {
  const { members, requiredPeers, maxPeers, blocksToLive, memberOnlyRead, memberOnlyWrite, endorsement } = collection;
  const only = [...(memberOnlyRead ? ["read"] : []), ...(memberOnlyWrite ? ["write"] : [])];
  return [
    `held by ${listed(members, "and")}, by ${requiredPeers} to ${maxPeers} peers besides the endorsing one`,
    ...(only.length === 0 ? [] : [`only members ${listed(only, "and")}`]),
    ...(endorsement === undefined ? [] : [`endorsement takes ${endorsement.words}`]),
    blocksToLive === 0 ? "kept for ever" : `purged after ${counted(blocksToLive, "block")}`,
  ].join("; ");
}

function size(bytes: number): string {
  if (bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MiB`;
  return bytes % 2 ** 10 === 0 ? `${bytes / 2 ** 10} KiB` : counted(bytes, "byte");
}
