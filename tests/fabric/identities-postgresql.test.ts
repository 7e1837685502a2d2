/** An authority that keeps its registry in PostgreSQL: the real one, over TLS. */
import { rmSync } from "node:fs";
import { testOrganisation } from "./identities";
import { LocalAuthority, network } from "./support/local-authority";
import { postgresqlPrograms, PostgresqlServer } from "./support/postgresql";

jest.setTimeout(120_000);

const programs = postgresqlPrograms();
if (programs === undefined) process.stderr.write("registry in PostgreSQL: skipped, as no PostgreSQL is installed\n");
const whereInstalled = programs === undefined ? test.skip : test;

const ca = { registry: { postgresql: { secretName: "registry" } } };
let authority: LocalAuthority | undefined;
let database: PostgresqlServer | undefined;
afterEach(async () => {
  await authority?.remove();
  await database?.stop();
});

whereInstalled(
  "what is registered is in the database: an authority that lost its volume's registry knows it still (R4)",
  async () => {
    const operator = await testOrganisation({ domain: "database.example" });
    const pair = await operator.tlsPair("database", ["localhost"]);
    database = await PostgresqlServer.start(programs ?? "", pair, ["ca", "tls_ca"]);
    authority = await LocalAuthority.make(network(undefined, { organisations: [{ name: "org1", ca }] }));
    authority.authorityPod.mount("/run/postgresql", {
      ca: database.dataSource("ca"),
      "tls-ca": database.dataSource("tls_ca"),
      "ca.crt": operator.tlsAuthority,
    });
    await authority.bringUp();
    const before = await authority.node("orderer-0");
    expect(await before.run(authority.enrol("orderer"))).toMatchObject({ status: 0 });

    await authority.stopServers();
    for (const folder of ["ca", "tls-ca"])
      rmSync(authority.authorityPod.path(`/var/hyperledger/${folder}/fabric-ca-server.db`), { force: true });
    await authority.serve();
    const after = await authority.node("orderer-1");
    expect(await after.run(authority.enrol("orderer"))).toMatchObject({ status: 0 });
    expect(JSON.stringify(authority.manifests.objects)).not.toContain("only-for-this-test");
  },
);
