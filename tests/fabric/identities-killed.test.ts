/** Scripts that make keys and certificates, killed before each of their lines: what is there is whole, and the next run ends well. */
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalAuthority, network } from "./support/local-authority";
import type { Ended, LocalPod } from "./support/local-pod";

jest.setTimeout(600_000);

let authority: LocalAuthority;
beforeEach(async () => {
  authority = await LocalAuthority.make(network({ validity: "48h", renewBefore: "24h" }));
});
afterEach(() => authority.remove());

type Run = (change: Readonly<Record<string, string>>) => Promise<Ended>;

/**
 * Kills a script before each line that it comes to, one run for each; `between` looks at what is left. Bash itself counts
 * the lines and does the killing: what it reads at its start sets a trap before every command.
 *
 * @param whole A run that is not killed, from which the lines are known; elsewhere, where it would leave nothing to do.
 * @returns how many lines there were
 */
async function killEverywhere(run: Run, between: () => void, whole: Run = run): Promise<number> {
  const guard = join(authority.folder, "guard.sh");
  const trace = join(authority.folder, "trace");
  writeFileSync(
    guard,
    `set -T
steps=0
trap 'if [ $BASHPID = $$ ]; then
  steps=$((steps + 1))
  [ "$steps" != "$KILL_AT" ] || kill -9 -- -$$
  [ -z "$TRACE" ] || printf "%s %s:%s\\n" "$steps" "\${FUNCNAME[0]:-}" "$LINENO" >> "$TRACE"
fi' DEBUG
`,
  );
  const guarded = (at: string, into: string) => ({ BASH_ENV: guard, KILL_AT: at, TRACE: into });
  writeFileSync(trace, "");
  expect(await whole(guarded("", trace))).toMatchObject({ status: 0 });
  const lines = readFileSync(trace, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [string, string]);
  const steps = lines.filter(([, place], index) => lines.findIndex(([, other]) => other === place) === index);
  for (const [step] of steps) {
    // Killed, or at its end before that: the runs before may have left less to do.
    const { status, said } = await run(guarded(step, ""));
    expect({ said, ended: status === null || status === 0 }).toEqual({ said, ended: true });
    between();
  }
  return steps.length;
}

function expectPair(pod: LocalPod, certificate: string, key: string): void {
  const own = createPublicKey(createPrivateKey(pod.read(key)));
  expect(new X509Certificate(pod.read(certificate)).publicKey.equals(own)).toBe(true);
}

/** Where there is an identity, it is whole: of one generation, with the keys of its certificates. */
function expectWhole(pod: LocalPod): void {
  if (!existsSync(pod.path("/var/hyperledger/identity/current"))) {
    for (const link of ["msp", "tls", "chaincode"])
      expect(existsSync(pod.path(`/var/hyperledger/${link}`))).toBe(false);
    return;
  }
  const inside = (path: string) => `/var/hyperledger/identity/current/${path}`;
  expectPair(pod, inside("msp/signcerts/cert.pem"), inside("msp/keystore/key.pem"));
  expectPair(pod, inside("tls/server.crt"), inside("tls/server.key"));
  expectPair(pod, inside("chaincode/client.crt"), inside("chaincode/client.key"));
  const told = JSON.parse(pod.read(inside("chaincode/builder.json"))) as Record<string, string>;
  expect(told["client_key"]).toBe(pod.read(inside("chaincode/client.key")));
}

test("a node that is killed while it enrols, and while it renews", async () => {
  await authority.bringUp();
  const enrol = authority.enrol("peer0-org1");
  const pod = await authority.node("peer0-org1-0");
  const other = await authority.node("peer0-org1-0", "traced");
  const end = async (): Promise<void> => {
    expect(await pod.run(enrol)).toMatchObject({ status: 0 });
    expectWhole(pod);
    // Nothing is left of the runs that were killed.
    expect(readdirSync(pod.path("/var/hyperledger/identity"))).toEqual([
      "current",
      expect.stringMatching(/^generation-/),
    ]);
    expect(readdirSync(pod.path("/var/hyperledger")).sort()).toEqual(["chaincode", "identity", "msp", "tls"]);
  };
  const once = await killEverywhere(
    (change) => pod.run(enrol, change),
    () => expectWhole(pod),
    (change) => other.run(enrol, change),
  );
  expect(once).toBeGreaterThan(60);
  await end();
  const due = { ENROL_RENEW_BEFORE: "200000" };
  const renewed = await killEverywhere(
    (change) => pod.run(enrol, { ...due, ...change }),
    () => expectWhole(pod),
  );
  expect(renewed).toBeGreaterThan(60);
  await end();
});

test("the Job that makes the authorities: what was made once stays", async () => {
  const folders = ["/var/hyperledger-root/root-ca", "/var/hyperledger/ca", "/var/hyperledger/tls-ca"];
  const pod = authority.initPod;
  const seen = new Map<string, string>();
  const look = (): void => {
    for (const folder of folders.filter((one) => existsSync(pod.path(one)))) {
      const certificate = pod.read(`${folder}/ca-cert.pem`);
      const [key = ""] = readdirSync(pod.path(`${folder}/msp/keystore`)).filter((name) => name.endsWith("_sk"));
      expectPair(pod, `${folder}/ca-cert.pem`, `${folder}/msp/keystore/${key}`);
      expect(seen.get(folder) ?? certificate).toBe(certificate);
      seen.set(folder, certificate);
    }
  };
  const other = await LocalAuthority.make(network({ validity: "48h", renewBefore: "24h" }));
  try {
    const lines = await killEverywhere(
      (change) => authority.makeAuthorities(change),
      look,
      (change) => other.makeAuthorities(change),
    );
    expect(lines).toBeGreaterThan(25);
  } finally {
    await other.remove();
  }
  expect(await authority.makeAuthorities()).toMatchObject({ status: 0, message: "" });
  look();
  expect([...seen.keys()].sort()).toEqual([...folders].sort());
  const [root, intermediate] = folders.map((folder) => new X509Certificate(seen.get(folder) ?? ""));
  expect(intermediate!.verify(root!.publicKey)).toBe(true);
  for (const folder of ["/var/hyperledger", "/var/hyperledger-root"])
    expect(readdirSync(pod.path(folder)).filter((name) => name.endsWith(".new"))).toEqual([]);
});
