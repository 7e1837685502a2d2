/** What the `sandbox` commands say, as text. */
import type { Progress } from "../sandbox/progress";
import type { Federation } from "../sandbox/federation/federation";
import type { Sandbox, SandboxStatus } from "../sandbox/sandbox";
import type { colours } from "./terminal";

/** How a member was broken on purpose. */
const faults = { killed: "killed", stopped: "its API server was stopped" } as const;

type Colours = ReturnType<typeof colours>;

const seconds = (value: number): string => `${value.toFixed(1)} s`;

/** `etcd … 0.3 s`, in two parts: the second when the step is done. */
export function stepText(event: Progress): string {
  switch (event.kind) {
    case "started":
      return `${event.step} … `;
    case "done":
      return `${seconds(event.seconds)}\n`;
    case "failed":
      return "failed\n";
  }
}

/** What `up` says at its end. */
export function upText(sandbox: Sandbox, took: number, colour: Colours): string {
  const said = sandbox.started
    ? `sandbox up with ${sandbox.nodes} nodes in ${seconds(took)}`
    : "sandbox is up already, nothing to do";
  return [
    `${colour.green(said)}: ${sandbox.server}`,
    `  kubectl --kubeconfig ${sandbox.kubeconfig} get nodes`,
    '  eval "$(npx fabric-topologies sandbox env)"   points kubectl and pulumi of this shell at it',
    "",
  ].join("\n");
}

/** What `up --federated` says at its end. */
export function federationText(federation: Federation, took: number, colour: Colours): string {
  const { engine, host, members, nodes, started, kubeconfig } = federation;
  const what = engine === "none" ? "nothing on its host" : `${engine} on its host`;
  const said = started
    ? `federation up with ${nodes} nodes and ${what} in ${seconds(took)}`
    : "federation is up already, nothing to do";
  return [
    colour.green(said),
    ...[host, ...members].map(
      ({ name, server, addresses }) =>
        `  ${name.padEnd(24)} ${server}${addresses.length > 0 ? `, nodes at ${addresses.join(", ")}` : ""}`,
    ),
    `  kubectl --kubeconfig ${kubeconfig} --context ${members[0]?.name} get nodes`,
    '  eval "$(npx fabric-topologies sandbox env)"   points kubectl and pulumi of this shell at it',
    "",
  ].join("\n");
}

/** What `status` says. */
export function statusText(status: SandboxStatus, colour: Colours): string {
  if (status.state === "absent") return `no sandbox in ${status.dir}\n`;
  // Programs of several clusters have the clusters' names in theirs.
  const width = status.state !== "stale" && status.clusters.length === 0 ? 24 : 38;
  const processes = status.processes.map(({ name, pid, running, died }) =>
    running
      ? `  ${name.padEnd(width)} process ${pid}`
      : `  ${name.padEnd(width)} ${colour.red(died === undefined ? "gone" : `ended by itself: ${died}`)}`,
  );
  if (status.state === "stale") {
    const left = status.processes.filter(({ running }) => running).length;
    return [
      `${colour.red("stale")}: the daemon of the sandbox in ${status.dir} is gone; ${left} of its processes still run`,
      ...processes,
      "  The next up or down removes them.",
      "",
    ].join("\n");
  }
  const state = status.state === "running" ? colour.green(status.state) : colour.red(status.state);
  return [
    `${state}: ${status.server ?? "no API server yet"}, since ${status.startedAt}`,
    `  ${"nodes".padEnd(width)} ${status.nodes}`,
    ...(status.engine === undefined ? [] : [`  ${"engine".padEnd(width)} ${status.engine}`]),
    ...status.clusters.map(({ name, role, server, ready, fault }) => {
      const answers = ready ? server : colour.red("does not answer");
      return `  ${name.padEnd(width)} ${role}, ${answers}${fault === undefined ? "" : `, ${colour.yellow(faults[fault])}`}`;
    }),
    `  ${"kubeconfig".padEnd(width)} ${status.kubeconfig}`,
    `  daemon                   process ${status.daemon}`,
    ...processes,
    ...status.zones.map(
      ({ name, cluster, lost, fault, nodes }) =>
        `  ${(cluster === undefined ? name : `${cluster} ${name}`).padEnd(width)} ${nodes.filter(({ ready }) => ready).length} of ${nodes.length} nodes Ready${lost ? `, ${colour.yellow(fault ? `lost: ${fault}` : "lost")}` : ""}`,
    ),
    ...status.cutLinks.map((ends) => `  ${ends.join(", ").padEnd(width)} ${colour.yellow("no packet gets through")}`),
    "",
  ].join("\n");
}
