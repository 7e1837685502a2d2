import type { Lease as SeenLease } from "../../lib/recovery/failover/event";
import type { ObjectName } from "../../lib/recovery/failover/name";
import { type ApiServer, isAbsent, isConflict } from "../kubernetes/api-server";
import { type Lease, pathOf } from "../kubernetes/objects";

const renewalsKey = "recovery.fabric-topologies.dev/renewals";
const reachesKey = "recovery.fabric-topologies.dev/reaches";

/** The lease, as it was read. */
interface ReadLease {
  readonly object: Lease;
  readonly lease: SeenLease;
}

/**
 * The witness lease, a Kubernetes Lease: `leaseTransitions` is the epoch, the fencing token; an annotation counts renewals.
 * Every change is made on condition that the lease still stands as it was read. Nobody goes by its times, which are
 * somebody else's clock; they are there for people.
 */
export class WitnessLease {
  private readonly path: string;

  /** @param duration Milliseconds. */
  constructor(
    private readonly api: ApiServer,
    private readonly place: ObjectName,
    private readonly duration: number,
  ) {
    this.path = pathOf("leases", place.namespace, place.name);
  }

  /** Who holds it; undefined where there is none. @throws ApiError */
  async read(): Promise<SeenLease | undefined> {
    return (await this.get())?.lease;
  }

  /** Makes it, under epoch 1; one that is there stays. @throws ApiError */
  async create(holder: string): Promise<void> {
    try {
      await this.api.call("POST", pathOf("leases", this.place.namespace), {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { ...this.place, annotations: { [renewalsKey]: "0" } },
        spec: { ...this.times(holder, 1), acquireTime: now() },
      });
    } catch (thrown) {
      if (!isConflict(thrown)) throw thrown;
    }
  }

  /** Renews it, where `holder` has it. @returns How it stands then, whoever has it. @throws ApiError */
  async renew(holder: string): Promise<SeenLease | undefined> {
    const found = await this.get();
    if (found?.lease.holder !== holder) return found?.lease;
    const { epoch, renewals } = found.lease;
    const written = await this.put(found, holder, epoch, renewals + 1);
    return written ? { holder, epoch, renewals: renewals + 1 } : this.read();
  }

  /**
   * Gives it to `holder` under the epoch `granting`, only where it stands as `expected`. Asking again changes nothing.
   * @throws ApiError
   */
  async acquire(
    holder: string,
    granting: number,
    expected: { readonly epoch: number; readonly renewals?: number },
  ): Promise<void> {
    const found = await this.get();
    if (found?.lease.epoch !== expected.epoch || granting !== expected.epoch + 1) return;
    if (expected.renewals !== undefined && found.lease.renewals !== expected.renewals) return;
    await this.put(found, holder, granting, 0);
  }

  private async get(): Promise<ReadLease | undefined> {
    const object = await read(this.api, this.path);
    if (object === undefined) return undefined;
    const { holderIdentity = "", leaseTransitions = 0 } = object.spec ?? {};
    return { object, lease: { holder: holderIdentity, epoch: leaseTransitions, renewals: countOf(object) } };
  }

  private async put({ object }: ReadLease, holder: string, epoch: number, renewals: number): Promise<boolean> {
    const annotations = { ...object.metadata.annotations, [renewalsKey]: String(renewals) };
    const acquireTime = renewals === 0 ? now() : object.spec?.acquireTime;
    const spec = { ...object.spec, ...this.times(holder, epoch), acquireTime };
    try {
      await this.api.call("PUT", this.path, { ...object, metadata: { ...object.metadata, annotations }, spec });
      return true;
    } catch (thrown) {
      if (isConflict(thrown)) return false;
      throw thrown;
    }
  }

  private times(holder: string, epoch: number) {
    const seconds = Math.max(1, Math.ceil(this.duration / 1000));
    return { holderIdentity: holder, leaseTransitions: epoch, leaseDurationSeconds: seconds, renewTime: now() };
  }
}

/** Points of view tell each other, by Leases of their own, whether they reach the primary. */
export class VantageBoard {
  private readonly known = new Map<string, number>();

  constructor(
    private readonly api: ApiServer,
    private readonly failover: ObjectName,
  ) {}

  /** Says so of the own point of view. @throws ApiError */
  async tell(point: string, reaches: boolean): Promise<void> {
    const name = this.nameOf(point);
    const { namespace } = this.failover;
    const found = await read(this.api, pathOf("leases", namespace, name));
    const metadata = {
      ...(found?.metadata ?? { name, namespace }),
      annotations: {
        [reachesKey]: String(reaches),
        [renewalsKey]: String(found === undefined ? 0 : countOf(found) + 1),
      },
    };
    const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata };
    const spec = { holderIdentity: point, renewTime: now() };
    if (found === undefined) await this.api.call("POST", pathOf("leases", namespace), { ...lease, spec });
    else await this.api.call("PUT", pathOf("leases", namespace, name), { ...lease, spec });
  }

  /**
   * What another point has said since it was last asked; undefined where it has said nothing new. What it had said before
   * it was first asked may be old, and counts as nothing.
   * @throws ApiError
   */
  async heard(point: string): Promise<boolean | undefined> {
    const found = await read(this.api, pathOf("leases", this.failover.namespace, this.nameOf(point)));
    if (found === undefined) return undefined;
    const [count, before] = [countOf(found), this.known.get(point)];
    this.known.set(point, count);
    if (before === undefined || before === count) return undefined;
    return found.metadata.annotations?.[reachesKey] === "true";
  }

  private nameOf = (point: string): string => `${this.failover.name}-seen-from-${point}`;
}

const countOf = ({ metadata }: Lease): number => Number(metadata.annotations?.[renewalsKey] ?? 0);

async function read(api: ApiServer, path: string): Promise<Lease | undefined> {
  try {
    return await api.call<Lease>("GET", path);
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
    throw thrown;
  }
}

/** MicroTime of the Kubernetes API: six digits of a second. */
const now = (): string => new Date().toISOString().replace("Z", "000Z");
