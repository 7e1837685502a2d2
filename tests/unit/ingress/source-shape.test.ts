import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSourceShape, type SourceShapeOptions } from "../../../lib/ingress/source-shape";

const folder = mkdtempSync(join(tmpdir(), "source-shape-"));
afterAll(() => rmSync(folder, { recursive: true }));

const whole = `apiVersion: networking.k8s.io/v1
kind: MultiClusterIngress
metadata:
  name: fabric-gateway
  namespace: fabric
spec:
  backend:
    serviceName: peer0-org1
    servicePort: 7051
  clusters:
    - name: aws-prod
      weight: 80
    - name: gcp-staging
      weight: 20
`;

function read(text: string, options: Partial<SourceShapeOptions> = {}) {
  const file = join(folder, "ingress.yaml");
  writeFileSync(file, text);
  return readSourceShape(file, { host: "gateway.org1.example.com", renderer: "gatewayApi", ...options });
}

/** What is said of a text: line, what was found. */
function said(text: string, options: Partial<SourceShapeOptions> = {}): string[] {
  try {
    read(text, options);
    return [];
  } catch (error) {
    return (error as { problems: { line: number; found: string }[] }).problems.map(
      ({ line, found }) => `${line}: ${found}`,
    );
  }
}

it("the source document's MultiClusterIngress is a pool over its clusters (R7)", () => {
  const [host] = read(whole).hosts;
  expect(host).toMatchObject({ name: "gateway.org1.example.com", kind: "pool", tls: "passthrough" });
  expect(host?.backends.map(({ site, service, port, weight }) => [site, service, port, weight])).toEqual([
    ["aws-prod", "peer0-org1", 7051, 80],
    ["gcp-staging", "peer0-org1", 7051, 20],
  ]);
});

it("clusters without weights share alike, and one alone is a home", () => {
  const plain = whole.replaceAll(/ {6}weight: \d+\n/g, "");
  expect(read(plain).hosts[0]?.backends.map(({ weight }) => weight)).toEqual([1, 1]);
  expect(read(plain.replace("    - name: gcp-staging\n", "")).hosts[0]?.kind).toBe("pinned");
});

it("mistakes are told with their lines", () => {
  expect(said(whole.replace("servicePort: 7051", "servicePort: grpc"))).toEqual(['9: "grpc"']);
  expect(said(whole.replace("weight: 80", "wieght: 80"))).toEqual(['12: the unknown key "wieght"']);
  expect(said(whole, { host: undefined })).toEqual(["6: no host"]);
  expect(said(whole.replace("gcp-staging", "aws-prod"))).toEqual(["10: aws-prod twice in gateway.org1.example.com"]);
  expect(said(whole.replace("80", "0").replace("20", "0"))).toEqual([
    "10: weights of gateway.org1.example.com that sum to zero (aws-prod 0, gcp-staging 0)",
  ]);
  expect(said(whole.replace("networking.k8s.io/v1", "networking.gke.io/v1"))).toEqual(['1: "networking.gke.io/v1"']);
});

it("what a platform cannot carry is a mistake too: TLS that must pass through, on GKE", () => {
  expect(said(whole, { renderer: "gke" })).toEqual([
    "10: gateway.org1.example.com, whose TLS is to pass through, on GKE's MultiClusterIngress",
  ]);
  expect(said(whole.replace("spec:", "spec:\n  tls: terminate"), { renderer: "gke" })).toEqual([]);
});
