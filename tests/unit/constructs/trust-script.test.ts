/** The init container `trust`: the authorities of all sites together, before a node starts for the first time. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellScript } from "../../../lib/constructs/script";

const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trust-"));
  for (const name of ["own", "abroad", "all", "volume"]) mkdirSync(join(folder, name));
  write("own", { mspid: "AmberMSP", "cacert.pem": pem("own root"), "tlscacert.pem": pem("own tls") });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(where: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, where, name), text);
}
const united = (name: string) => readFileSync(join(folder, "all", name), "utf8");
const certificates = (name: string) => united(name).match(/^(own|west|third) \w+$/gm);
const environment = (sites: string, patience: number) => ({
  PATH: process.env["PATH"] ?? "",
  TRUST_ORGANISATION: "amber",
  TRUST_NAMESPACE: "trade-amber",
  TRUST_SITES: sites,
  TRUST_PATIENCE: `${patience}`,
  TRUST_OWN: join(folder, "own"),
  TRUST_ABROAD: join(folder, "abroad"),
  TRUST_ALL: join(folder, "all"),
  TRUST_VOLUME: join(folder, "volume"),
  TRUST_TERMINATION_MESSAGE: join(folder, "message"),
});
const run = (sites: string, patience = 0) =>
  spawnSync("bash", ["-c", shellScript("trust")], { encoding: "utf8", env: environment(sites, patience) });
const west = { sites: "west\n", mspid: "AmberMSP", "cacert.pem": pem("west root"), "tlscacert.pem": pem("west tls") };

test("those of this site come first, as the pod enrols with them, and those of other sites behind them", () => {
  write("abroad", west);
  expect(run("west").status).toBe(0);
  expect(certificates("cacert.pem")).toEqual(["own root", "west root"]);
  expect(certificates("tlscacert.pem")).toEqual(["own tls", "west tls"]);
  expect(united("mspid").trim()).toBe("AmberMSP");
  expect(existsSync(join(folder, "all", "intermediatecert.pem"))).toBe(false);
});

test("a first start waits until every site is there, and goes on by itself", async () => {
  const child = spawn("bash", ["-c", shellScript("trust")], { env: environment("west third", 60) });
  let said = "";
  const waits = new Promise<void>((resolve) =>
    child.stdout.on("data", (part: Buffer) => {
      said += part.toString();
      if (said.includes("waiting")) resolve();
    }),
  );
  await waits;
  expect(said).toContain("no certificates of amber's authorities on west third yet");
  write("abroad", { ...west, sites: "west\nthird\n", "cacert.pem": pem("west root") + pem("third root") });
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  expect(certificates("cacert.pem")).toEqual(["own root", "west root", "third root"]);
});

test("who waited in vain says for whom, and what to do", () => {
  write("abroad", west);
  expect(run("west third").status).toBe(1);
  expect(readFileSync(join(folder, "message"), "utf8")).toMatch(/authorities on third yet: .*ca-init.*`pulumi up`/);
});

test("a node that has run before does not wait: a site that is to come keeps nobody from starting", () => {
  mkdirSync(join(folder, "volume", "msp"));
  expect(run("west").status).toBe(0);
  expect(certificates("cacert.pem")).toEqual(["own root"]);
});

test("an authority that all sites share is there once", () => {
  write("abroad", { ...west, "cacert.pem": pem("own root") });
  run("west");
  expect(certificates("cacert.pem")).toEqual(["own root"]);
});

test("where this site has published nothing, nothing stands for it: enrolment says what is missing", () => {
  write("abroad", west);
  rmSync(join(folder, "own", "cacert.pem"));
  expect(run("west").status).toBe(0);
  expect(existsSync(join(folder, "all", "cacert.pem"))).toBe(false);
});
