import fc from "fast-check";
import {
  implicitMetaRules,
  organisationPolicies,
  policyRoles,
  printPolicy,
  principalsOf,
  type OutOf,
  type Policy,
  type SignatureRule,
} from "../../../lib/fabric/policy";
import { parsePolicy } from "../../../lib/fabric/policy-grammar";
import { canEndorse } from "../../../lib/fabric/endorsability";

const mspId = fc.constantFrom("Org1MSP", "Org2MSP", "bank-a.MSP", "D");
const { gate } = fc.letrec<{ rule: SignatureRule; gate: OutOf }>((tie) => ({
  rule: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ type: fc.constant("principal" as const), mspId, role: fc.constantFrom(...policyRoles) }),
    tie("gate"),
  ),
  gate: fc.array(tie("rule"), { minLength: 1, maxLength: 4 }).chain((rules) =>
    fc.record({
      type: fc.constant("outOf" as const),
      n: fc.integer({ min: 1, max: rules.length }),
      rules: fc.constant(rules),
    }),
  ),
}));
const policy: fc.Arbitrary<Policy> = fc.oneof(
  gate.map((rule): Policy => ({ type: "signature", rule })),
  fc.record({
    type: fc.constant("implicitMeta" as const),
    rule: fc.constantFrom(...implicitMetaRules),
    subPolicy: fc.constantFrom(...organisationPolicies),
  }),
);
const peers = fc.dictionary(mspId, fc.integer({ min: 0, max: 3 })).map((counts) => new Map(Object.entries(counts)));
const members = ["Org1MSP", "Org2MSP", "bank-a.MSP"];

function parsed(text: string): Policy {
  const result = parsePolicy(text);
  if (!result.ok) throw new Error(`${text}: ${JSON.stringify(result.error)}`);
  return result.policy;
}

describe("the grammar of policies (R3)", () => {
  test("what is printed is read back as the same policy", () => {
    fc.assert(fc.property(policy, (one) => expect(parsed(printPolicy(one))).toEqual(one)));
  });

  test("any text is read or refused, never thrown at", () => {
    const scraps = fc.constantFrom(
      "AND",
      "OR(",
      "OutOf(",
      "2,",
      "'Org1MSP.peer'",
      '"A.member"',
      ")",
      ",",
      "MAJORITY ",
      " ",
      "Admins",
      "'",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(scraps).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (one) => {
        const result = parsePolicy(one);
        if (result.ok) return;
        expect(result.error.position).toBeLessThanOrEqual(one.length);
        expect(result.error.allowed).not.toBe("");
      }),
    );
  });

  test.each([
    ["AND('Org1MSP.peer','Org2MSP.peer')", "AND('Org1MSP.peer', 'Org2MSP.peer')"],
    ["and('Org1MSP.peer' , \"Org2MSP.member\" )", "AND('Org1MSP.peer', 'Org2MSP.member')"],
    ["OutOf(1,'A.peer','B.peer')", "OR('A.peer', 'B.peer')"],
    ["OUTOF(2, 'A.peer', OR('B.peer','C.admin'), 'D.peer')", "OutOf(2, 'A.peer', OR('B.peer', 'C.admin'), 'D.peer')"],
    ["  MAJORITY   Endorsement ", "MAJORITY Endorsement"],
    ["OR('org.example.com.peer')", "AND('org.example.com.peer')"],
  ])("%s means %s", (text, means) => expect(printPolicy(parsed(text))).toBe(means));

  test.each([
    ["", 0, "the end of the text", "AND(…)"],
    ["majority Admins", 0, "majority", "MAJORITY"],
    ["MAJORITY", 8, "the end of the text", "Readers, Writers, Admins, Endorsement"],
    ["MAJORITY Adminz", 9, "Adminz", "Admins"],
    ["MAJORITY Admins, really", 15, ",", "nothing after"],
    ["'Org1MSP.peer'", 0, "'", "a gate around it"],
    ["AND()", 4, ")", "'Org1MSP.peer'"],
    ["AND('Org1MSP.peer'", 18, "the end of the text", "closing parenthesis"],
    ["AND('Org1MSP.peer' 'Org2MSP.peer')", 19, "'", "a comma"],
    ["AND(Org1MSP.peer)", 4, "Org1MSP.peer without quotes", "'Org1MSP.peer'"],
    ["AND('Org1MSP.boss')", 4, "'Org1MSP.boss'", "member, admin, client, peer, orderer"],
    ["AND('Org_1.peer')", 4, "'Org_1.peer'", "<MSP id>.<role>"],
    ["AND('Org1MSP.peer\")", 4, "without its closing quote", "'Org1MSP.peer'"],
    ["OutOf(3, 'A.peer', 'B.peer')", 6, "OutOf(3, …) over 2 rules", "from 1 to 2"],
    ["OutOf(0, 'A.peer')", 6, "0", "a number from 1"],
    ["OutOf('A.peer')", 6, "'", "how many of the rules"],
    ["XOR('A.peer')", 0, "XOR", "AND(…)"],
  ])("%j is refused at %i", (text, position, found, allowed) => {
    const result = parsePolicy(text);
    expect(result).toMatchObject({ ok: false, error: { position } });
    if (result.ok) return;
    expect(result.error.found).toContain(found);
    expect(result.error.allowed).toContain(allowed);
  });

  test("a thousand nested gates are refused, not a stack overflow", () => {
    expect(parsePolicy("AND(".repeat(100_000))).toMatchObject({ ok: false });
  });

  test("principals are listed in the order of the text", () => {
    expect(principalsOf(parsed("OR(AND('B.peer','A.peer'),'C.admin')")).map((p) => `${p.mspId} ${p.role}`)).toEqual([
      "B peer",
      "A peer",
      "C admin",
    ]);
    expect(principalsOf(parsed("ANY Readers"))).toEqual([]);
  });
});

describe("whether peers can endorse (R3)", () => {
  test.each([
    ["AND('A.peer','B.peer')", { A: 1, B: 1 }, true],
    ["AND('A.peer','B.peer')", { A: 2 }, false],
    ["AND('A.peer','A.peer')", { A: 1 }, false],
    ["AND('A.peer','A.member')", { A: 2 }, true],
    ["OutOf(2,'A.peer','B.peer','C.peer')", { A: 1, C: 1 }, true],
    ["OR('A.admin','B.client')", { A: 3, B: 3 }, false],
    // One signature counts once, and the OR takes both: Fabric refuses A + B here, and so do we.
    ["AND(OR('A.peer','B.peer'),'A.peer')", { A: 1, B: 1 }, false],
    ["AND(OR('A.peer','B.peer'),'A.peer')", { A: 2, B: 1 }, true],
    // B's endorsement makes the inner AND eat A's; a gateway that leaves B out succeeds.
    ["AND(OR(AND('A.peer','B.peer'),'C.peer'),'A.peer')", { A: 1, B: 1, C: 1 }, true],
    ["MAJORITY Endorsement", { Org1MSP: 1, Org2MSP: 1 }, true],
    ["MAJORITY Endorsement", { Org1MSP: 5 }, false],
    ["MAJORITY Endorsement", { Org1MSP: 1, Stranger: 1 }, false],
    ["ALL Endorsement", { Org1MSP: 1, Org2MSP: 1 }, false],
    ["ANY Endorsement", { Org2MSP: 1 }, true],
    ["MAJORITY Admins", { Org1MSP: 1, Org2MSP: 1, "bank-a.MSP": 1 }, false],
  ])("%s with %j: %s", (text, counts, expected) => {
    expect(canEndorse(parsed(text), new Map(Object.entries(counts)), members)).toBe(expected);
  });

  test("another peer never turns a yes into a no", () => {
    fc.assert(
      fc.property(policy, peers, mspId, (one, before, lucky) => {
        const after = new Map(before).set(lucky, (before.get(lucky) ?? 0) + 1);
        if (canEndorse(one, before, members)) expect(canEndorse(one, after, members)).toBe(true);
      }),
    );
  });

  test("thirty organisations named twice are decided at once", () => {
    const names = Array.from({ length: 30 }, (_, index) => `O${index}`);
    const rules = [...names, ...names].map((name) => `'${name}.peer'`).join(",");
    const started = performance.now();
    expect(canEndorse(parsed(`OutOf(59, ${rules})`), new Map(names.slice(1).map((name) => [name, 2])), [])).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
