import { ApiError, type ApiServer, isAbsent, isConflict } from "./api-server";
import { pathOf } from "./objects";

/**
 * Ends a pod as an operator's `kubectl drain` would: only as far as its PodDisruptionBudget allows.
 * @param uid Of the pod that is meant: one made anew under its name is left alone.
 * @returns Why it may not be evicted now; undefined if it has been.
 * @throws ApiError
 */
export async function evict(
  api: ApiServer,
  namespace: string,
  pod: string,
  uid: string | undefined,
): Promise<string | undefined> {
  try {
    await api.call("POST", pathOf("pods", namespace, pod, "eviction"), {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name: pod, namespace },
      ...(uid === undefined ? {} : { deleteOptions: { preconditions: { uid } } }),
    });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.status === 429) return "its PodDisruptionBudget does not allow it now";
    if (isAbsent(thrown) || isConflict(thrown)) return "it is being replaced";
    throw thrown;
  }
}
