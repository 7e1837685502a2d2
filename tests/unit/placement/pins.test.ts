import fc from "fast-check";
import { checkModel } from "../../../lib/placement/check";
import { orderersOf, type Placement } from "../../../lib/placement/node";
import { placeOnSite } from "../../../lib/placement/place";
import type { NetworkInput } from "../../../lib/spec/network";
import { formatPath } from "../../../lib/spec/problem";
import type { SettingsInput } from "../../../lib/spec/settings";
import { city, network, smallNetwork } from "../../support/models";

type ZoneInput = SettingsInput["sites"][number]["zones"][number];

const place = (model: ReturnType<typeof network>, zones: readonly ZoneInput[]) =>
  placeOnSite(model, city(zones).sites[0]!);

/** Zone by `<organisation>/<pod>`. */
const where = ({ nodes }: Placement): Record<string, string> =>
  Object.fromEntries(nodes.map((node) => [`${node.organisation.name}/${node.pod}`, node.zone]));

/** The same zones with every pod pinned where it is. */
const pinned = (zones: readonly ZoneInput[], placement: Placement): ZoneInput[] =>
  zones.map((zone) => ({
    ...zone,
    pods: Object.entries(where(placement)).flatMap(([pod, name]) => (name === zone.name ? [pod] : [])),
  }));

const spread = (placement: Placement) =>
  placement.zones.map(({ name }) => orderersOf(placement).filter(({ zone }) => zone === name).length);

const zones = (...pods: readonly (readonly string[])[]): ZoneInput[] =>
  pods.map((names, index) => ({ name: `zone-${"abc"[index]}`, witness: index === 2, pods: [...names] }));

test("a pinned pod lives where it is said to, and the others take the places that are left", () => {
  const settings = zones([], ["ordering/orderer-0", "org1/peer0-org1-0", "org1/ca-org1-0"], []);
  expect(where(place(smallNetwork(), settings))).toEqual({
    "ordering/orderer-0": "zone-b",
    "ordering/orderer-1": "zone-a",
    "ordering/orderer-2": "zone-c",
    "org1/peer0-org1-0": "zone-b",
    "org1/peer0-org1-1": "zone-b",
    "ordering/ca-ordering-0": "zone-a",
    "org1/ca-org1-0": "zone-b",
  });
});

test("pins and numbers per zone hold together", () => {
  const settings: ZoneInput[] = [
    { name: "zone-a", consenters: 1 },
    { name: "zone-b", consenters: 2, pods: ["ordering/orderer-0"] },
    { name: "zone-c", consenters: 2, pods: ["ordering/orderer-3"] },
  ];
  expect(orderersOf(place(smallNetwork(5), settings)).map(({ zone }) => zone)).toEqual([
    "zone-b",
    "zone-a",
    "zone-b",
    "zone-c",
    "zone-c",
  ]);
});

interface Member {
  readonly name: string;
  readonly replicas: number;
  readonly nodes: number;
}

const consortium = (members: readonly Member[]) =>
  network({
    name: "n",
    organisations: members.map(({ name, replicas, nodes }): NetworkInput["organisations"][number] => ({
      name,
      peers: [{ name: "peer0", replicas }],
      ...(nodes > 0 ? { orderers: { nodes } } : {}),
    })),
  });

/** An organisation that joins anywhere, or one that grows. */
const edit = fc.record({
  at: fc.nat(),
  joins: fc.boolean(),
  replicas: fc.integer({ min: 0, max: 3 }),
  nodes: fc.integer({ min: 0, max: 3 }),
});

test("with every pod pinned where it was, no edit moves one, and the balance is that of a network without pins", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ replicas: fc.integer({ min: 2, max: 4 }), nodes: fc.integer({ min: 0, max: 3 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      (first, edits, witness) => {
        const plain: ZoneInput[] = [{ name: "a" }, { name: "b" }, { name: "c", witness }];
        let members = first.map((member, index): Member => ({ ...member, name: `org${index}` }));
        let settings = plain;
        for (const [index, { at, joins, replicas, nodes }] of edits.entries()) {
          const before = place(consortium(members), settings);
          members = joins
            ? members.toSpliced(at % (members.length + 1), 0, { name: `new${index}`, replicas: 2 + replicas, nodes })
            : members.map((member, rank) =>
                rank === at % members.length
                  ? { ...member, replicas: member.replicas + replicas, nodes: member.nodes + nodes }
                  : member,
              );
          settings = pinned(settings, before);
          const model = consortium(members);
          const now = place(model, settings);
          expect(where(now)).toMatchObject(where(before));
          expect(spread(now)).toEqual(spread(place(model, plain)));
          const total = orderersOf(now).length;
          if (total >= 3 && total % 2 === 1) expect(checkModel(model, city(settings))).toEqual([]);
        }
      },
    ),
  );
});

test.each([
  [
    ["ordering/orderer-3"],
    "ordering/orderer-3, which is no pod of ordering",
    "ordering/orderer-2 or ordering/ca-ordering-0",
  ],
  [["org2/peer0-org2-0"], "org2/peer0-org2-0, of no organisation of the network", "org1 or ordering"],
  [["org1/ca-org1-1"], "org1/ca-org1-1, which is no pod of org1", "org1/peer0-org1-1 or org1/ca-org1-0"],
  [["org1/ca-org1-0"], "org1/ca-org1-0, a certificate authority, in the witness zone zone-c", "ordering nodes"],
  [["org1/peer0-org1-0"], "org1/peer0-org1-0, a peer, in the witness zone zone-c", "ordering nodes"],
])("%j in a witness zone is refused", (pods, found, allowed) => {
  const findings = checkModel(smallNetwork(), city(zones([], [], pods)));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ document: "settings", found });
  expect(findings[0]?.allowed).toContain(allowed);
  expect(formatPath(findings[0]?.path ?? [])).toBe("sites[0].zones[2].pods[0]");
});

test("more pinned ordering nodes than consenters are refused with the sum", () => {
  const settings: ZoneInput[] = [
    { name: "zone-a", consenters: 1, pods: ["ordering/orderer-0", "ordering/orderer-1"] },
    { name: "zone-b", consenters: 1 },
    { name: "zone-c", consenters: 1 },
  ];
  const [finding, ...others] = checkModel(smallNetwork(), city(settings));
  expect(others).toEqual([]);
  expect(finding?.found).toBe(
    "2 ordering nodes pinned to zone-a (ordering/orderer-0 and ordering/orderer-1) with consenters 1",
  );
  expect(formatPath(finding?.path ?? [])).toBe("sites[0].zones[0].consenters");
});

test("pins that leave no majority are refused, and say how many ordering nodes would do", () => {
  const pods = [0, 1, 2].map((ordinal) => `ordering/orderer-${ordinal}`);
  const [finding] = checkModel(smallNetwork(5), city(zones(pods, [], [])));
  expect(finding?.found).toBe("3 of 5 consenters in zone-a (3 + 1 + 1)");
  expect(finding?.fix).toContain("run 7 ordering nodes");
  expect(checkModel(smallNetwork(7), city(zones(pods, [], [])))).toEqual([]);
});

test("an even number that the rule spreads badly can be spread by hand, and the fix says so", () => {
  expect(checkModel(smallNetwork(6), city())[0]?.fix).toBe(
    "say `consenters` of each zone, for instance 2 + 2 + 2; `pods` keeps those where they are that hold a ledger already",
  );
  expect(checkModel(smallNetwork(4), city())[0]?.fix).toContain("run 5 ordering nodes");
});
