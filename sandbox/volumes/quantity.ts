/** Kubernetes quantities of storage. Source: kubernetes.io, "Quantity" (API reference, resource.Quantity). */

const units: Readonly<Record<string, number>> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Bytes of a quantity such as `10Gi`, `1e9` or `1500M`. Errors: not a quantity. */
export function bytes(quantity: string): number {
  const match = /^([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:([eE][+-]?\d+)|([A-Za-z]*))$/.exec(quantity);
  const unit = units[match?.[3] ?? ""];
  if (!match || unit === undefined) throw new Error(`"${quantity}" is not a quantity`);
  return Number(`${match[1]}${match[2] ?? ""}`) * unit;
}
