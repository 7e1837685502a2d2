import { sign, type KeyObject } from "node:crypto";

/**
 * ECDSA signatures that Fabric accepts. Of the two S that make a signature valid it takes only the lower one (so that
 * nobody can make a second signature out of a first), and Node gives either.
 */

/** Orders of the groups of the curves that Fabric signs with (FIPS 186-4, D.1.2). */
const orders: Readonly<Record<string, bigint>> = {
  prime256v1: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  secp384r1: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
};

/**
 * Signs a message's SHA-256 with an EC key and gives the signature as Fabric wants it: DER, low S.
 * @throws RangeError for a key on any other curve than P-256 and P-384.
 */
export function lowSSignature(key: KeyObject, message: Uint8Array): Uint8Array {
  const order = orders[key.asymmetricKeyDetails?.namedCurve ?? ""];
  if (order === undefined) throw new RangeError("Fabric signs with EC keys on P-256 or P-384, and this key is neither");
  const raw = sign("sha256", message, { key, dsaEncoding: "ieee-p1363" });
  const half = raw.length / 2;
  const r = BigInt(`0x${raw.toString("hex", 0, half)}`);
  const s = BigInt(`0x${raw.toString("hex", half)}`);
  return sequence([r, lowS(s, order)]);
}

/** The lower of the two values that make the same signature valid. */
export function lowS(s: bigint, order: bigint): bigint {
  return s > order / 2n ? order - s : s;
}

/** ASN.1 SEQUENCE of INTEGERs in DER; at most 2 × 51 bytes of content, so every length takes one byte. */
function sequence(integers: readonly bigint[]): Uint8Array {
  const content = Buffer.concat(integers.map(integer));
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  // A set top bit would make the number negative.
  const bytes = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits;
  return Buffer.concat([Buffer.from([0x02, bytes.length]), bytes]);
}
