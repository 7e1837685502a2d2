import { policyInWords } from "../../../lib/explain/policy-words";

test.each([
  ["ANY Readers", 3, "an administrator, peer or client of any member"],
  ["ALL Writers", 3, "an administrator or client of each of the 3 members"],
  ["MAJORITY Admins", 3, "an administrator of each of any 2 of the 3 members"],
  ["MAJORITY Admins", 4, "an administrator of each of any 3 of the 4 members"],
  ["MAJORITY Endorsement", 2, "a peer of each of the 2 members"],
  ["MAJORITY Endorsement", 1, "a peer of the only member"],
  ["AND('AMSP.peer', 'BMSP.admin')", 2, "a peer of AMSP and an administrator of BMSP"],
  [
    "OR('AMSP.member', 'BMSP.client', 'CMSP.orderer')",
    3,
    "anybody of AMSP, a client of BMSP or an ordering node of CMSP",
  ],
  ["OutOf(2, 'AMSP.peer', 'BMSP.peer', 'CMSP.peer')", 3, "any 2 of: a peer of AMSP, a peer of BMSP, a peer of CMSP"],
  ["OR(AND('AMSP.peer', 'BMSP.peer'), 'CMSP.peer')", 3, "(a peer of AMSP and a peer of BMSP) or a peer of CMSP"],
  ["AND('AMSP.peer')", 1, "a peer of AMSP"],
])("%s among %d: %s", (policy, members, words) => {
  expect(policyInWords(policy, members)).toBe(words);
});
