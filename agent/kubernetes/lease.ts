import { type ApiServer, isAbsent, isConflict } from "./api-server";
import { type Lease, pathOf } from "./objects";

/** A lock that several processes share, and that is free again when its holder has died. */
export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Judges whether a lease may be taken, by this process's own clock only, as clocks of machines differ: a holder counts
 * as dead when its lease has not changed for as long as it promised to renew it.
 */
export class LeaseObserver {
  private seen: { readonly version: string; readonly at: number } | undefined;

  /**
   * @param lease As just read.
   * @param now Milliseconds of a clock that only goes forward.
   */
  mayTake(lease: Lease, self: string, now: number): boolean {
    const holder = lease.spec?.holderIdentity ?? "";
    const version = `${holder} ${lease.spec?.renewTime ?? ""}`;
    if (this.seen?.version !== version) this.seen = { version, at: now };
    if (holder === "" || holder === self) return true;
    return now - this.seen.at > 1000 * (lease.spec?.leaseDurationSeconds ?? 0);
  }
}

/**
 * Takes a lease, or renews it where `self` holds it already. Of several at once one wins, by the API server's word.
 * @param seconds How long it holds without being renewed.
 * @param make Whether to make the lease where there is none.
 * @returns Who holds it now; undefined where there is none.
 * @throws ApiError
 */
export async function takeLease(
  api: ApiServer,
  { namespace, name }: LeaseName,
  self: string,
  seconds: number,
  observer: LeaseObserver,
  { make = true, now = performance.now() }: { readonly make?: boolean; readonly now?: number } = {},
): Promise<string | undefined> {
  const time = microTime();
  const path = pathOf("leases", namespace, name);
  const found = await readLease(api, path);
  if (found === undefined) {
    if (!make) return undefined;
    const spec = { holderIdentity: self, leaseDurationSeconds: seconds, acquireTime: time, renewTime: time };
    return written(self, () =>
      api.call("POST", pathOf("leases", namespace), {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name, namespace },
        spec: { ...spec, leaseTransitions: 0 },
      }),
    );
  }
  const holder = found.spec?.holderIdentity ?? "";
  if (!observer.mayTake(found, self, now)) return holder;
  const taken =
    holder === self
      ? { ...found.spec, renewTime: time, leaseDurationSeconds: seconds }
      : {
          holderIdentity: self,
          leaseDurationSeconds: seconds,
          acquireTime: time,
          renewTime: time,
          leaseTransitions: (found.spec?.leaseTransitions ?? 0) + 1,
        };
  // The resourceVersion that was read lets only one of several win.
  return written(self, () => api.call("PUT", path, { ...found, spec: taken }));
}

/** Gives a lease back, if `self` holds it, so that the next need not wait. @throws ApiError */
export async function releaseLease(api: ApiServer, { namespace, name }: LeaseName, self: string): Promise<void> {
  const path = pathOf("leases", namespace, name);
  const found = await readLease(api, path);
  if (found?.spec?.holderIdentity !== self) return;
  const spec = { ...found.spec, holderIdentity: "", renewTime: microTime() };
  await written(self, () => api.call("PUT", path, { ...found, spec }));
}

async function readLease(api: ApiServer, path: string): Promise<Lease | undefined> {
  try {
    return await api.call<Lease>("GET", path);
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
    throw thrown;
  }
}

/** `self` where the write went through; nobody known where another was faster. */
async function written(self: string, write: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await write();
    return self;
  } catch (thrown) {
    if (isConflict(thrown)) return undefined;
    throw thrown;
  }
}

/** MicroTime of the Kubernetes API: six digits of a second. */
const microTime = (): string => new Date().toISOString().replace("Z", "000Z");
