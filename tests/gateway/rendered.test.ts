import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Files, podPlace } from "../../lib/ingress/gateway";
import { ingressOf } from "../../lib/ingress/of-placement";
import type { MultiClusterIngress } from "../../lib/ingress/model";
import { planStack } from "../../topologies/plan";
import { gatewayKind } from "./support/kinds";

jest.setTimeout(120_000);

const run = promisify(execFile);
const checkout = join(__dirname, "..", "..");

/** The federated example, as it comes, and with nothing known of any gateway's address. */
function examples(): readonly (readonly [string, MultiClusterIngress])[] {
  const { settings, placement } = planStack({ settings: join(checkout, "topologies/federated/settings.yaml") });
  const ingress = ingressOf(placement, settings);
  return [
    ["as it comes", ingress],
    ["with addresses", { ...ingress, gateways: ingress.gateways.map(({ site }, index) => known(site, index)) }],
    ["without addresses", { ...ingress, gateways: ingress.gateways.map(({ site }) => ({ site, addresses: [] })) }],
  ];
}

const known = (site: string, index: number) => ({
  site,
  addresses: [[`192.0.2.${index}`], ["gateway.elb.example.com"], ["2001:db8::1", "192.0.2.9"]][index % 3]!,
});

/** Envoy checks a whole file and no folder that it would watch: the same resources as a part of the bootstrap. */
function whole(start: Files, base: Files, weights: Files): string {
  const { admin, node, overload_manager } = JSON.parse(Object.values(start)[0]!) as Record<string, unknown>;
  const resources = (files: Files) =>
    (JSON.parse(Object.values(files)[0]!) as { resources: Record<string, unknown>[] }).resources.map((resource) =>
      Object.fromEntries(Object.entries(resource).filter(([key]) => key !== "@type")),
    );
  const static_resources = { clusters: resources(base), listeners: resources(weights) };
  return JSON.stringify({ admin, node, overload_manager, static_resources });
}

describe("what is rendered of the federated example", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "fabric-topologies-gateway-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(examples())("Envoy takes every file, %s", async (_, ingress) => {
    const { renderer, program } = await gatewayKind("envoy");
    for (const { site } of ingress.gateways) {
      const file = join(folder, `${site}.json`);
      const parts = [renderer.start, renderer.base, renderer.weights].map((part) => part(ingress, site, podPlace));
      writeFileSync(file, whole(parts[0]!, parts[1]!, parts[2]!));
      const { stderr } = await run(program, ["--mode", "validate", "--disable-hot-restart", "--config-path", file]);
      expect(stderr).not.toMatch(/\[(warning|error|critical)\]/);
    }
  });

  test.each(examples())("HAProxy takes every file, %s", async (_, ingress) => {
    const { renderer, program } = await gatewayKind("haproxy");
    for (const { site } of ingress.gateways) {
      const own = join(folder, `haproxy-${site}-${ingress.gateways[0]!.addresses.length}`);
      mkdirSync(own, { recursive: true });
      const place = { ...podPlace, start: own, base: own, weights: own, run: own };
      const files = [renderer.start, renderer.base, renderer.weights].map((part) => part(ingress, site, place));
      for (const [name, text] of files.flatMap((part) => Object.entries(part))) writeFileSync(join(own, name), text);
      const paths = renderer.command(ingress, site, place).filter((argument) => argument.endsWith(".cfg"));
      expect(paths).toHaveLength(3);
      const { stdout, stderr } = await run(program, ["-c", ...paths.flatMap((path) => ["-f", path])]);
      expect(stdout + stderr).toContain("Configuration file is valid");
      expect(stdout + stderr).not.toMatch(/WARNING|ALERT/);
    }
  });

  test("a mistake in them is found: the programs do look", async () => {
    const { renderer, program } = await gatewayKind("envoy");
    const ingress = examples()[0]![1];
    const [site = ""] = ingress.gateways.map((gateway) => gateway.site);
    const parts = [renderer.start, renderer.base, renderer.weights].map((part) => part(ingress, site, podPlace));
    const file = join(folder, "wrong.json");
    writeFileSync(
      file,
      whole(parts[0]!, parts[1]!, parts[2]!).replace("max_downstream_connection_duration", "max_age"),
    );
    await expect(run(program, ["--mode", "validate", "--disable-hot-restart", "--config-path", file])).rejects.toThrow(
      /max_age/,
    );
  });
});
