import type { Writable } from "node:stream";
import type { CatalogueEntry } from "../../lib/recovery/snapshots/catalogue";

/** A snapshot on its way. */
export type Parcel = Pick<CatalogueEntry, "name" | "unit" | "sequence" | "takenAt" | "parent">;

/** What the receiver tells of a snapshot that is there as it was sent. */
export type Held = Pick<
  CatalogueEntry,
  "name" | "sequence" | "takenAt" | "arrivedAt" | "verifiedAt" | "chains" | "why"
> & {
  readonly state: "verified" | "bad";
};

/** What became of a parcel. */
export type Receipt =
  | Held
  /** It is not there, for a reason that may lie in its parent. */
  | { readonly state: "not-received"; readonly why: string }
  /** It was not looked at: another one is on its way, or what is left of a sender that died. */
  | { readonly state: "busy"; readonly why: string };

/** The way to the receiver of another center. */
export interface Transport {
  /**
   * The snapshots of a unit that are there as they were sent: any of them may be a parent.
   * @throws Error where the receiver cannot be asked.
   */
  held(unit: string): Promise<readonly Held[]>;
  /**
   * Hands over a snapshot.
   * @param write Writes all of it. Its end is told to the receiver only after it has worked: a sender that died half way
   * leaves what looks like an end to whoever only reads.
   * @throws Error where the receiver's answer is not known, whatever it has.
   */
  send(parcel: Parcel, write: (into: Writable) => Promise<void>): Promise<Receipt>;
}

/** Names of units and snapshots: they become parts of paths and addresses. */
export const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
