/** What the ledger holds of an asset. */
export interface Asset {
  readonly id: string;
  readonly owner: string;
  /** In the smallest unit of the currency, so that no amount is ever rounded. */
  readonly value: number;
}

/** The bytes of an asset: the keys in one order, or two peers would endorse different results. */
export function encode({ id, owner, value }: Asset): Uint8Array {
  return Buffer.from(JSON.stringify({ id, owner, value }));
}

/** The asset in a state that {@link encode} wrote. */
export function decode(state: Uint8Array): Asset {
  return JSON.parse(Buffer.from(state).toString("utf8")) as Asset;
}
