import type { ApiServer } from "../kubernetes/api-server";
import { type Pod, pathOf, type PodCondition } from "../kubernetes/objects";

/**
 * Sets a condition of a pod, unless it says the same already.
 * @returns Whether anything was changed.
 * @throws ApiError
 */
export async function setPodCondition(
  api: ApiServer,
  namespace: string,
  pod: Pod,
  condition: Omit<PodCondition, "lastTransitionTime">,
): Promise<boolean> {
  const old = pod.status?.conditions?.find(({ type }) => type === condition.type);
  if (old?.status === condition.status && old.reason === condition.reason && old.message === condition.message)
    return false;
  const since = old?.status === condition.status ? old.lastTransitionTime : undefined;
  const lastTransitionTime = since ?? new Date().toISOString();
  // The uid makes it fail for a pod that was made anew under this name: that one has not been looked at.
  const metadata = { uid: pod.metadata.uid };
  await api.call("PATCH", pathOf("pods", namespace, pod.metadata.name, "status"), {
    metadata,
    status: { conditions: [{ ...condition, lastTransitionTime }] },
  });
  return true;
}
