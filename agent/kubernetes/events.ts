import { createHash } from "node:crypto";
import type { StatedCondition } from "../status/document";
import type { ApiServer } from "./api-server";
import { isConflict } from "./api-server";
import { pathOf, type Pod } from "./objects";

/** Longest message that the API server takes. */
const longest = 1024;

/**
 * Tells people who look at a pod, or at the namespace, of a condition that has changed, as a Kubernetes event.
 * @param pod The pod that it is about, if it is about one.
 * @throws ApiError
 */
export async function announce(
  api: ApiServer,
  namespace: string,
  condition: StatedCondition,
  pod: Pod | undefined,
): Promise<void> {
  const { type, status, reason, message, object, remedy, at } = condition;
  const text = remedy === undefined ? message : `${message} → ${remedy}`;
  // Told once, whoever tells it: an agent that takes over finds the name taken.
  const name = `agent.${createHash("sha256").update(`${object} ${type} ${reason} ${at}`).digest("hex").slice(0, 16)}`;
  const regarding =
    pod === undefined
      ? { apiVersion: "v1", kind: "ConfigMap", name: "agent-status", namespace }
      : { apiVersion: "v1", kind: "Pod", name: pod.metadata.name, namespace, uid: pod.metadata.uid };
  try {
    await api.call("POST", pathOf("events", namespace), {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace },
      involvedObject: regarding,
      reason,
      message: `${object}: ${type} is ${status}: ${text}`.slice(0, longest),
      type: status === "False" ? "Warning" : "Normal",
      source: { component: "fabric-topologies-agent" },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    });
  } catch (thrown) {
    if (!isConflict(thrown)) throw thrown;
  }
}
