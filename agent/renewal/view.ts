/** What is known when it is decided whose certificates to renew next. Times are milliseconds of the same clock. */

export interface CertificateDates {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A pod of the own organisation that holds a certificate, which it renews when it starts. */
export interface RenewablePod {
  readonly pod: string;
  readonly role: "orderer" | "peer" | "authority" | "other";
  /** The one that ends first. */
  readonly certificate: CertificateDates;
  readonly ready: boolean;
  /** When it was started; undefined while it has not been. */
  readonly startedAt: number | undefined;
}

/** An ordering node of the network: each is a consenter of every channel. */
export interface ConsenterSight {
  readonly pod: string;
  readonly own: boolean;
  /** Whether it answers and counts as ready. */
  readonly up: boolean;
  /** How long it has been behind the highest in any channel; 0 where it is level. */
  readonly behindFor: number;
  readonly startedAt: number | undefined;
  /** Whether it leads any channel; undefined where it is not known. */
  readonly leads: boolean | undefined;
  readonly certificate: CertificateDates | undefined;
}

export interface PeerSight {
  readonly pod: string;
  /** How long it has been behind the highest in any channel. */
  readonly behindFor: number;
}

export interface Refusal {
  readonly why: string;
  /** When it was refused last. */
  readonly at: number;
}

export interface RenewalView {
  readonly now: number;
  /** How long before their end certificates are renewed. */
  readonly renewBefore: number;
  /** How long a pod that was started must have run before the next is restarted, so that streams have settled. */
  readonly settle: number;
  readonly pods: readonly RenewablePod[];
  /** Whether a certificate authority is there that would give new certificates. */
  readonly authority: boolean;
  /** Of all organisations. */
  readonly consenters: readonly ConsenterSight[];
  /** Own. */
  readonly peers: readonly PeerSight[];
  /** Own pods that the API server refused to evict, by name. */
  readonly refused?: ReadonlyMap<string, Refusal>;
}

/**
 * What to do next. `lease`: only while holding the lock that all ordering organisations share; `down`: the node takes part
 * in nothing, so that starting it anew takes nothing away.
 */
export type RenewalStep =
  | { readonly kind: "rest" }
  | { readonly kind: "wait"; readonly pod: string; readonly why: string }
  | { readonly kind: "restart"; readonly pod: string; readonly lease: boolean; readonly down?: boolean };
