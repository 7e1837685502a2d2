import { orderingOrganisations } from "../names";
import type { Network } from "../network";
import { counted } from "../words";
import type { CheckFinding } from "./check";

/** Organisations that do nothing, members that cannot join, a network that orders nothing. */
export function checkParticipation(network: Network): CheckFinding[] {
  return [...idle(network), ...peerless(network), ...noOrdering(network)];
}

function idle({ organisations }: Network): CheckFinding[] {
  return organisations.flatMap(({ name, peers, orderers }, index): CheckFinding[] =>
    peers.length > 0 || orderers !== undefined
      ? []
      : [
          {
            document: "network",
            path: ["organisations", index],
            found: `organisation ${name} with neither peers nor ordering nodes`,
            allowed: "an organisation with peers, orderers or both",
            fix: "Add peers or orderers to it, or remove it.",
            assumes: [
              ["organisations", index, "peers", "*"],
              ["organisations", index, "orderers", "*"],
            ],
          },
        ],
  );
}

function peerless({ organisations, channels }: Network): CheckFinding[] {
  return channels.flatMap(({ name, members }, index) =>
    members.flatMap((member, rank): CheckFinding[] => {
      const owner = organisations.findIndex((organisation) => organisation.name === member);
      if (owner < 0 || (organisations[owner]?.peers.length ?? 0) > 0) return [];
      return [
        {
          document: "network",
          path: ["channels", index, "members", rank],
          found: `${member}, which has no peer that could join ${name}`,
          allowed: "organisations with peers",
          fix: `Give ${member} a peer group, or take it off the list; ordering nodes serve every channel anyway.`,
          assumes: [["organisations", owner, "peers", "*"]],
        },
      ];
    }),
  );
}

function noOrdering(network: Network): CheckFinding[] {
  if (orderingOrganisations(network).length > 0) return [];
  return [
    {
      document: "network",
      path: ["organisations"],
      found: "no ordering node in any organisation",
      allowed: "at least one organisation with orderers, since nothing is committed without them",
      fix: "Add, for example, `orderers: { nodes: 3 }` to an organisation.",
      assumes: [["organisations", "*", "orderers", "*"]],
    },
  ];
}

/** An even number of consenters without a word why: it costs a node and buys nothing. */
export function checkConsenters(network: Network): CheckFinding[] {
  const groups = orderingOrganisations(network);
  const total = groups.reduce((sum, { orderers }) => sum + orderers.nodes, 0);
  if (total === 0 || total % 2 === 1 || network.ordering.evenConsentersBecause !== undefined) return [];
  const last = network.organisations.findLastIndex(({ orderers }) => orderers !== undefined);
  const quorum = total / 2 + 1;
  return [
    {
      document: "network",
      path: ["organisations", last, "orderers", "nodes"],
      found: `${total} consenters in all (${groups.map(({ name, orderers }) => `${orderers.nodes} of ${name}`).join(", ")})`,
      allowed: `an odd number: of ${total}, Raft needs ${quorum}, so ${counted(total - quorum, "node")} may fail, as with ${total - 1}`,
      fix: `Run ${total - 1} or ${total + 1}, or say in ordering.evenConsentersBecause why you want ${total}.`,
      assumes: [
        ["organisations", "*", "orderers", "nodes"],
        ["ordering", "evenConsentersBecause"],
      ],
    },
  ];
}
