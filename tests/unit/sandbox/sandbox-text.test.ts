import { statusText, stepText } from "../../../cli/sandbox-text";
import { colours } from "../../../cli/terminal";

const plain = colours({ isTTY: false });
const processes = [
  { name: "etcd", pid: 7, running: true },
  { name: "kwok", pid: 8, running: false, died: "killed by SIGKILL" },
];

test("a step is told in two parts that make one line", () => {
  const parts = [
    { kind: "started", step: "API server" },
    { kind: "done", step: "API server", seconds: 3.76 },
  ] as const;
  expect(parts.map(stepText).join("")).toBe("API server … 3.8 s\n");
  expect(stepText({ kind: "failed", step: "API server" })).toBe("failed\n");
});

test("a degraded sandbox says what died, and which zones are lost", () => {
  const text = statusText(
    {
      state: "degraded",
      dir: "/s",
      daemon: 6,
      server: "https://127.0.0.1:1",
      kubeconfig: "/s/kubeconfig",
      startedAt: "2030-01-01T00:00:00.000Z",
      processes,
      nodes: "real",
      zones: [{ name: "zone-a", lost: true, fault: "cut", nodes: [{ name: "n", ready: false }] }],
      clusters: [],
      cutLinks: [["zone-b", "zone-c"]],
    },
    plain,
  );
  expect(text).toMatch(/^degraded: https:\/\/127\.0\.0\.1:1/);
  expect(text).toMatch(/kwok +ended by itself: killed by SIGKILL/);
  expect(text).toMatch(/zone-a +0 of 1 nodes Ready, lost: cut/);
  expect(text).toMatch(/zone-b, zone-c +no packet gets through/);
});

test("a federation says which of its clusters answer, and which were broken on purpose", () => {
  const cluster = { server: "https://127.0.0.1:1", kubeconfig: "/s/clusters/x/kubeconfig" };
  const text = statusText(
    {
      state: "running",
      dir: "/s",
      daemon: 6,
      server: "https://127.0.0.1:1",
      kubeconfig: "/s/kubeconfig",
      startedAt: "2030-01-01T00:00:00.000Z",
      processes: [],
      nodes: "simulated",
      engine: "karmada",
      zones: [{ name: "zone-a", cluster: "third", lost: false, nodes: [{ name: "n", ready: true }] }],
      clusters: [
        { ...cluster, name: "host", role: "host", ready: true },
        { ...cluster, name: "aws-prod", role: "member", ready: false, fault: "killed" },
        { ...cluster, name: "third", role: "member", ready: false, fault: "stopped" },
      ],
      cutLinks: [],
    },
    plain,
  );
  expect(text).toMatch(/engine +karmada/);
  expect(text).toMatch(/host +host, https:\/\/127\.0\.0\.1:1\n/);
  expect(text).toMatch(/aws-prod +member, does not answer, killed\n/);
  expect(text).toMatch(/third +member, does not answer, its API server was stopped\n/);
  expect(text).toMatch(/third zone-a +1 of 1 nodes Ready/);
});

test("a stale sandbox says how many processes are left", () => {
  expect(statusText({ state: "stale", dir: "/s", processes }, plain)).toMatch(
    /\/s is gone; 1 of its processes still run/,
  );
});

test("colour is for terminals only", () => {
  expect(plain.red("x")).toBe("x");
  expect(statusText({ state: "absent", dir: "/s" }, plain)).toBe("no sandbox in /s\n");
});
