import { identityFindings, type IdentityObservation } from "../../../lib/recovery/drill/identities";

const node: IdentityObservation = {
  pod: "orderer-3-0",
  organisation: "clearing",
  home: "aws-prod",
  sites: ["aws-prod"],
  before: "ab",
  after: "ab",
};

test("a node that came back once, at home, with the keys that it had is no finding", () => {
  expect(identityFindings([node])).toEqual([]);
});

test.each([
  ["runs on a second site", { sites: ["aws-prod", "third"] }, "runs in third, and its home is aws-prod"],
  ["did not come back", { sites: [] }, "did not come back to aws-prod"],
  ["has other keys", { after: "cd" }, "came back with other keys than it had: a second identity"],
])("a node that %s is one", (_, change, words) => {
  expect(identityFindings([{ ...node, ...change }])).toEqual([expect.stringContaining(words)]);
});
