import { formatRecovery, recovery } from "../../../lib/deploy/recovery";

/** What Pulumi 3.259 wrote when each of these happened to it. */
const said = {
  locked:
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.",
  preflight:
    "  pulumi:pulumi:Stack (test-dev):\n    error: nothing was applied: 2 things stand in the way\n    site demo: found nothing listening at https://127.0.0.1:1: connection refused",
  unreachable:
    "error: configured Kubernetes cluster is unreachable: unable to load schema information from the API server: dial tcp 127.0.0.1:1: connect: connection refused",
  conflict: 'error: Server-Side Apply field conflict detected. conflict with "kubectl-create" using v1: .data.a',
  rights:
    'error: resource "changing-north/agent" was not successfully created by the Kubernetes API server: roles.rbac.authorization.k8s.io "agent" is forbidden: user "alice" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods/status"], Verbs:["patch"]}',
  passphrase:
    "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
  plugin:
    "error: no resource plugin 'pulumi-resource-kubernetes' found in the workspace at version v4.25.0 or on your $PATH",
  killed: "error: failed to load checkpoint: EOF",
  stack: "error: no stack selected; please use `pulumi stack select` to choose one",
  slow: "* the Kubernetes API server reported that it failed to fully initialize or become live: timed out waiting for the condition",
};

test.each<[keyof typeof said, string | undefined]>([
  ["locked", "pulumi cancel --yes"],
  ["preflight", undefined],
  ["unreachable", undefined],
  ["conflict", "pulumi refresh --yes && PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up"],
  ["killed", `find "\${PULUMI_BACKEND_URL#file://}" -name '*.attrs' -empty -delete`],
  ["rights", undefined],
  ["passphrase", undefined],
  ["stack", "pulumi stack select --create <stack>"],
  ["slow", "pulumi up"],
])("%s", (what, command) => {
  const found = recovery(`Updating (dev):\n${said[what]}\n`, 255);
  expect(found?.command).toBe(command);
  expect(found?.advice).not.toBe("");
});

test("a lock is what helps first, whatever else was said", () => {
  expect(recovery(`${said.unreachable}\n${said.locked}`, 255)?.command).toBe("pulumi cancel --yes");
});

test("a missing plugin", () => {
  expect(recovery(said.plugin, 255)?.command).toMatch(/sandbox env/);
});

test("an end by a signal", () => {
  expect(recovery("", "SIGKILL")?.command).toBe("pulumi cancel --yes");
  expect(recovery("", "SIGINT")?.command).toBe("pulumi up");
  expect(recovery("error: update canceled", 255)?.command).toBe("pulumi up");
});

test("nothing to recover from, or nothing known", () => {
  expect(recovery(said.locked, 0)).toBeUndefined();
  expect(recovery("error: a bug in the program", 255)).toBeUndefined();
});

test("as text: what happened, then the command", () => {
  expect(formatRecovery({ cause: "c", command: "pulumi up", advice: "a" })).toBe("c\n    do: pulumi up    (a)");
  expect(formatRecovery({ cause: "c", advice: "a" })).toBe("c\n    do: (a)");
});
