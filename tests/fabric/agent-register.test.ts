/** `agent register` against real certificate authorities: what the Secret says is what they take. */
import { X509Certificate } from "node:crypto";
import { CertificateAuthority, type Identity } from "../../agent/ca/authority";
import { pathOf } from "../../agent/kubernetes/objects";
import { readSecret } from "../../agent/kubernetes/secrets";
import { mspConfigMap } from "../../agent/register/msp";
import { enrolmentSecret, register } from "../../agent/register/register";
import { ensureRegistrarSecret, registrarSecret } from "../../agent/register/registrar-secret";
import { MemoryApiServer } from "../support/memory-api-server";
import { type TestOrganisation, testOrganisation } from "./identities";
import { threeFreePorts } from "./node-process";
import { type AuthorityServer, startAuthority } from "./support/authority-server";

jest.setTimeout(120_000);

const namespace = "trade-amber";
const identities: readonly Identity[] = [
  { name: "peer0-amber-0", type: "peer" },
  { name: "orderer-0", type: "orderer" },
  { name: "agent", type: "admin" },
  { name: "client", type: "client" },
];
const silent = () => undefined;

let api: MemoryApiServer;
let organisation: TestOrganisation;
let servers: { readonly ca: AuthorityServer; readonly "tls-ca": AuthorityServer };

beforeAll(async () => {
  api = new MemoryApiServer();
  organisation = await testOrganisation();
  api.put(pathOf("configmaps", namespace, mspConfigMap), { data: { "tlscacert.pem": organisation.tlsAuthority } });
  const passwords = await ensureRegistrarSecret(api, namespace);
  const [one, other] = await threeFreePorts();
  const start = async (name: "ca" | "tls-ca", port: number) => {
    const registrar = { name: "registrar", password: passwords[name] };
    return startAuthority(name, registrar, await organisation.tlsPair(name, ["localhost"]), port);
  };
  const [ca, tlsCa] = await Promise.all([start("ca", one), start("tls-ca", other)]);
  servers = { ca, "tls-ca": tlsCa };
});

afterAll(async () => {
  await Promise.all([servers.ca.stop(), servers["tls-ca"].stop()]);
});

const authorities = () => ({ ca: servers.ca.url, "tls-ca": servers["tls-ca"].url });
const authority = (name: "ca" | "tls-ca") =>
  new CertificateAuthority({ url: authorities()[name], trust: organisation.tlsAuthority, name });
const run = (into = api, wanted = identities) =>
  register(into, { namespace, authorities: authorities(), identities: wanted, patience: 60 }, silent);

async function secrets(): Promise<Readonly<Record<string, string>>> {
  return (await readSecret(api, namespace, enrolmentSecret)) ?? {};
}

test("every identity can enrol on both authorities with the value of its key, and its certificate says what it is", async () => {
  await run();
  const values = await secrets();
  expect(Object.keys(values).sort()).toEqual(identities.map(({ name }) => name).sort());
  expect(new Set(Object.values(values)).size).toBe(identities.length);
  for (const { name, type } of identities) {
    for (const at of ["ca", "tls-ca"] as const) {
      const { certificate } = await authority(at).enrol(name, values[name] ?? "");
      const subject = new X509Certificate(certificate).subject.split("\n");
      expect(subject).toEqual(expect.arrayContaining([`CN=${name}`, `OU=${type}`]));
    }
  }
});

test("a second run keeps the values, also of identities no longer asked for, and adds new ones", async () => {
  const before = await secrets();
  await run(api, [{ name: "peer0-amber-1", type: "peer" }]);
  const after = await secrets();
  expect(after).toMatchObject(before);
  await expect(authority("ca").enrol("peer0-amber-1", after["peer0-amber-1"] ?? "")).resolves.toBeDefined();
});

test("where the Secret was lost and made anew, the authorities take the new values, and no longer the old ones", async () => {
  const before = await secrets();
  api.remove(pathOf("secrets", namespace, enrolmentSecret));
  await run();
  const after = await secrets();
  expect(after["agent"]).not.toBe(before["agent"]);
  for (const at of ["ca", "tls-ca"] as const) {
    await expect(authority(at).enrol("agent", after["agent"] ?? "")).resolves.toBeDefined();
    await expect(authority(at).enrol("agent", before["agent"] ?? "")).rejects.toThrow(/401/);
  }
});

test("a registrar whose password differs is told so, with both places named, and nothing else is tried", async () => {
  const other = new MemoryApiServer();
  for (const path of [pathOf("configmaps", namespace, mspConfigMap)]) other.put(path, api.get(path) ?? {});
  await ensureRegistrarSecret(other, namespace);
  await expect(run(other)).rejects.toThrow(
    new RegExp(
      `${authorities().ca} refuses the password of its registrar \\(key ca of the Secret ${registrarSecret}\\)`,
    ),
  );
});
