import type { FailoverObject, FailoverStatus } from "../../lib/recovery/failover/object";
import type { ObjectName } from "../../lib/recovery/failover/name";
import { type ApiServer, isAbsent } from "../kubernetes/api-server";
import { pathOf } from "../kubernetes/objects";

/** The `Failover` object at the witness. */
export class FailoverStore {
  private readonly path: string;

  constructor(
    private readonly api: ApiServer,
    { namespace, name }: ObjectName,
  ) {
    this.path = pathOf("failovers", namespace, name);
  }

  /** As it stands now; undefined where there is none. @throws ApiError */
  async read(): Promise<FailoverObject | undefined> {
    try {
      return await this.api.call<FailoverObject>("GET", this.path);
    } catch (thrown) {
      if (isAbsent(thrown)) return undefined;
      throw thrown;
    }
  }

  /**
   * Writes the status, on condition that the object still stands as it was read.
   * @returns The object as it stands then.
   * @throws ApiError with 409 where somebody else was faster: read it again, never overwrite it
   */
  write(object: FailoverObject, status: FailoverStatus): Promise<FailoverObject> {
    return this.api.call<FailoverObject>("PUT", `${this.path}/status`, { ...object, status });
  }
}
