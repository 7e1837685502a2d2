import { attachFederation, type Federation } from "../../sandbox/federation/federation";
import { attachSandbox, type Sandbox } from "../../sandbox/sandbox";
import type { Plan } from "../../topologies/plan";

/** What a drill may break for real: the sandbox, or the federation of sandboxes, that a plan's sites are. */
export function groundOf({ settings }: Pick<Plan, "settings">): Sandbox | Federation | undefined {
  const files = new Set(settings.sites.map(({ kubeconfig }) => kubeconfig));
  const sandbox = attachSandbox();
  if (sandbox !== undefined && files.has(sandbox.kubeconfig)) return sandbox;
  const federation = attachFederation();
  return federation?.members.some(({ kubeconfig }) => files.has(kubeconfig)) === true ? federation : undefined;
}
