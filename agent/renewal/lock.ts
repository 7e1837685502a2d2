import type { ApiServer } from "../kubernetes/api-server";
import { type LeaseName, LeaseObserver, releaseLease, takeLease } from "../kubernetes/lease";

/** The lock that lets one ordering node of the whole network restart at a time; in the founder's namespace. */
export const consenterRestart = "consenter-restart";

/** Seconds that the lock holds without being renewed. */
const leaseSeconds = 30;

/** The lock as one of those who share it has it. */
export interface RestartLock {
  /**
   * Takes the lock, or keeps it where `self` has it already.
   * @param now Milliseconds of a clock that only goes forward.
   * @returns Who has it now; undefined where that is not known, or nobody may have it yet.
   * @throws LockUnreachable where whoever keeps it cannot be asked. ApiError
   */
  take(self: string, now: number): Promise<string | undefined>;
  /** Gives it back, if `self` has it. */
  release(self: string): Promise<void>;
}

/** The lock is kept on another site, which does not answer. */
export class LockUnreachable extends Error {
  override readonly name = "LockUnreachable";
}

/**
 * The lock as a Lease in the own cluster.
 * @param afterwards For giving it back, which is done when everything else has to stop, too.
 * @param make Whether to make the Lease where there is none.
 */
export function leaseLock(
  { api, afterwards = api }: { readonly api: ApiServer; readonly afterwards?: ApiServer },
  lease: LeaseName,
  make: boolean,
): RestartLock {
  // Each process judges by its own clock whether a holder has died, and of each holder anew.
  const observer = new LeaseObserver();
  return {
    take: (self, now) => takeLease(api, lease, self, leaseSeconds, observer, { make, now }),
    release: (self) => releaseLease(afterwards, lease, self),
  };
}
