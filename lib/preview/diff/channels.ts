import { counted, listed } from "../../spec/words";
import type { Preview } from "../document";
import { statement, type Comparison } from "./comparison";
import type { Statement } from "./document";
import { differences } from "./fields";

type Channel = Preview["channels"][number];
type Chaincode = Channel["chaincodes"][number];
type PolicyWords = Channel["policies"][string];

/** What a policy of a channel decides. */
const decides: Readonly<Record<string, string>> = {
  readers: "Reading from",
  writers: "Writing to",
  admins: "A change of",
  endorsement: "Endorsement on",
  lifecycleEndorsement: "A new chaincode on",
};

/** Channels, their policies read out in words, and their chaincodes. */
export function channelStatements({ before, after }: Comparison): Statement[] {
  const was = new Map(before.channels.map((channel) => [channel.name, channel]));
  const is = new Set(after.channels.map(({ name }) => name));
  return [
    ...after.channels.flatMap((channel) => {
      const old = was.get(channel.name);
      return old === undefined ? [founded(channel)] : changed(old, channel);
    }),
    ...before.channels
      .filter(({ name }) => !is.has(name))
      .map(({ name, members }) =>
        statement(
          "channels",
          `Channel ${name} of ${listed(members, "and")} leaves the network file: nobody looks after it any more, and its ledger stays where it is.`,
          { care: true },
        ),
      ),
  ];
}

function founded({ name, members, chaincodes }: Channel): Statement {
  const held =
    chaincodes.length === 0
      ? ""
      : `, with ${listed(
          chaincodes.map((one) => one.name),
          "and",
        )}`;
  return statement("channels", `Channel ${name} is founded by ${listed(members, "and")}${held}.`);
}

function changed(was: Channel, is: Channel): Statement[] {
  const { name } = is;
  const joins = is.members.filter((one) => !was.members.includes(one));
  const leaves = was.members.filter((one) => !is.members.includes(one));
  return [
    ...(joins.length === 0
      ? []
      : [
          statement("channels", `${listed(joins, "and")} ${joins.length === 1 ? "joins" : "join"} channel ${name}.`, {
            care: true,
          }),
        ]),
    ...(leaves.length === 0
      ? []
      : [
          statement(
            "channels",
            `${listed(leaves, "and")} ${leaves.length === 1 ? "leaves" : "leave"} channel ${name}: what its peers have of the ledger stays with them.`,
            {
              care: true,
            },
          ),
        ]),
    ...Object.entries(is.policies).flatMap(([policy, now]) =>
      reworded(`${decides[policy] ?? policy} ${name}`, was.policies[policy], now),
    ),
    ...batch(was, is),
    ...chaincodes(was, is),
    ...rest(was, is),
  ];
}

/** A policy before and after, in words and as it is written. */
function reworded(what: string, was: PolicyWords | undefined, is: PolicyWords | undefined): Statement[] {
  const [before, after] = [was?.words ?? "what the channel says", is?.words ?? "what the channel says"];
  if (was?.text === is?.text && before === after) return [];
  const says =
    before === after
      ? `${what} takes ${after} as before, as long as the members stay the same.`
      : `${what} takes ${after}, where it took ${before}.`;
  return [
    statement("channels", says, {
      care: true,
      details: [`${was?.text ?? "(the channel's)"} → ${is?.text ?? "(the channel's)"}`],
    }),
  ];
}

function batch(was: Channel, is: Channel): Statement[] {
  const changes = differences(was.batch, is.batch);
  if (changes.length === 0) return [];
  return [
    statement("channels", `Blocks of ${is.name} are cut otherwise.`, {
      details: changes.map(({ path, before, after }) => `${path}: ${String(before)} → ${String(after)}`),
    }),
  ];
}

function chaincodes(was: Channel, is: Channel): Statement[] {
  const old = new Map(was.chaincodes.map((one) => [one.name, one]));
  return [
    ...is.chaincodes.flatMap((chaincode) => {
      const before = old.get(chaincode.name);
      return before === undefined
        ? [statement("channels", `Chaincode ${chaincode.name} ${chaincode.version} is installed on ${is.name}.`)]
        : chaincodeChanges(before, chaincode, is.name);
    }),
    ...was.chaincodes
      .filter(({ name }) => !is.chaincodes.some((one) => one.name === name))
      .map(({ name }) =>
        statement(
          "channels",
          `Chaincode ${name} of ${is.name} loses its servers: its definition stays on the channel, and calls to it fail.`,
          {
            care: true,
          },
        ),
      ),
  ];
}

function chaincodeChanges(was: Chaincode, is: Chaincode, channel: string): Statement[] {
  const version = was.version !== is.version || was.sequence !== is.sequence;
  const collections = differences(named(was.collections), named(is.collections));
  return [
    ...(version
      ? [
          statement(
            "channels",
            `Chaincode ${is.name} on ${channel} goes from ${was.version} (sequence ${was.sequence}) to ${is.version} (sequence ${is.sequence}): every member's agent approves it, the first commits.`,
          ),
        ]
      : []),
    ...reworded(`Endorsement of ${is.name} on ${channel}`, was.endorsement, is.endorsement),
    ...(collections.length === 0
      ? []
      : [
          statement(
            "channels",
            `${counted(collections.length, "setting")} of private data of ${is.name} on ${channel} ${collections.length === 1 ? "changes" : "change"}.`,
            {
              care: true,
              details: collections.map(
                ({ path, before, after }) =>
                  `${path}: ${JSON.stringify(before ?? null)} → ${JSON.stringify(after ?? null)}`,
              ),
            },
          ),
        ]),
  ];
}

const named = <T extends { readonly name: string }>(items: readonly T[]) =>
  Object.fromEntries(items.map((item) => [item.name, item]));

/** What the config says beside all that has a sentence of its own. */
function rest(was: Channel, is: Channel): Statement[] {
  const told = /Policies|policies|BatchSize|BatchTimeout|consenters|ConsenterMapping|anchor_peers|addresses|endpoints/i;
  const changes = differences(was.config, is.config).filter(
    ({ path, before, after }) =>
      !told.test(path) && !(isOrganisation(path) && (before === undefined || after === undefined)),
  );
  if (changes.length === 0) return [];
  return [
    statement("channels", `The config of ${is.name} changes in ${counted(changes.length, "more place")}.`, {
      care: changes.some(({ path }) => /capabilities/i.test(path)),
      details: changes.map(({ path, before, after }) => `${path}: ${brief(before)} → ${brief(after)}`),
    }),
  ];
}

/** A whole group of an organisation: it joins or leaves. */
const isOrganisation = (path: string) => /\.groups\.(Application|Orderer)\.groups(\.[\w-]+|\[[^\]]+\])$/.test(path);

function brief(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
