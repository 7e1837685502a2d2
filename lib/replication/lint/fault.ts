import type { Path } from "../../spec/problem";
import type { Statement, Word } from "./parse";

/** A finding with its line; who knows the file makes a problem of it. */
export interface Fault {
  readonly line: number;
  readonly path: Path;
  readonly found: string;
  readonly allowed: string;
  readonly fix: string;
}

/** What somebody was promised of a resource, for the file alone does not say it. */
export interface Promise {
  /** Bytes a second that no resync exceeds. */
  readonly resyncRate?: number;
  /** Bytes a second that nothing exceeds, replication included; and whether somebody keeps it outside of DRBD. */
  readonly trafficRate?: { readonly bytesPerSecond: number; readonly keptByKernel: boolean };
  /** Machines of the remote center: what goes there must not hold up a writer. */
  readonly remote?: readonly string[];
}

/** A resource, or `common`. */
export interface Part {
  readonly name: string;
  readonly own: readonly Statement[];
  /** With what `common` gives it. */
  readonly whole: readonly Statement[];
}

/** A resource with its machines. */
export interface Resource extends Part {
  readonly line: number;
  readonly hosts: readonly Word[];
}
