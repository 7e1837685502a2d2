import { agentMetrics } from "../../../agent/metrics/metrics";
import { authoritiesAbove, authorityCondition } from "../../../agent/status/authorities";
import { alerts } from "../../../lib/fabric/alerts";
import { testOrganisation } from "../../fabric/identities";

const day = 86_400_000;

test("the authorities in use are those above the own certificates, and former ones beside them are not", async () => {
  const bank = await testOrganisation({ domain: "bank.example", intermediate: true });
  const former = await testOrganisation({ domain: "former.example", intermediate: true });
  const { certificate } = await bank.tlsPair("agent", ["agent"]);
  const [intermediate = ""] = bank.material.intermediateCertificates;
  const published = {
    ...bank.material,
    rootCertificates: [...bank.material.rootCertificates, ...former.material.rootCertificates],
    intermediateCertificates: [intermediate, ...former.material.intermediateCertificates],
    tlsRootCertificates: [...former.material.tlsRootCertificates, ...bank.material.tlsRootCertificates],
  };
  const names = authoritiesAbove([certificate, intermediate], published).map(({ name }) => name);
  expect(names.sort()).toEqual(["ca.bank.example", "tlsca.bank.example"]);
});

test("an authority that ends within half a year is told of, in the status and to Prometheus (R4)", async () => {
  const now = Date.now();
  const ends = (days: number) => ({ name: "bank-intermediate-ca", notAfter: now + days * day + 1000 });
  expect(authorityCondition(ends(180), now)).toMatchObject({
    status: "True",
    object: "authority/bank-intermediate-ca",
  });
  expect(authorityCondition(ends(179), now)).toMatchObject({ status: "False", reason: "EndsSoon" });
  expect(authorityCondition(ends(-1), now)).toMatchObject({ status: "False", reason: "Expired" });

  const metrics = agentMetrics("bank", "agent-0");
  metrics.authorities([ends(179)]);
  const alert = alerts.find(({ name }) => name === "FabricAuthorityEnds");
  const [, series = "", limit = ""] = /^(.*) < (.*) \* 86400$/.exec(alert?.expression ?? "") ?? [];
  const [, name = "", label = ""] = /^(\w+)\{(.*)\}$/.exec(series) ?? [];
  const line = (await metrics.text()).split("\n").find((one) => one.startsWith(name) && one.includes(label));
  expect(line).toContain('pod="bank-intermediate-ca"');
  expect(Number(line?.split(" ").at(-1))).toBeLessThan(Number(limit) * 86_400);
});
