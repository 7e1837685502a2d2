import { type Identity, type IdentityType } from "../ca/authority";
import { SurroundingsError } from "./surroundings";

const types: readonly IdentityType[] = ["peer", "orderer", "admin", "client"];

/**
 * The identities that a JSON text lists: `[{"name":"peer0-org1-0","type":"peer"}, …]`.
 * @throws SurroundingsError that names the first entry which is not as it should be.
 */
export function readIdentities(text: string): readonly Identity[] {
  const list = parsed(text);
  if (!Array.isArray(list)) throw new SurroundingsError("the identities are not a JSON list");
  const identities = list.map((entry: unknown, index) => {
    const { name, type } = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
    const known = types.find((one) => one === type);
    // Keys of Secrets and parts of paths: the same letters that both allow.
    if (typeof name !== "string" || !/^[A-Za-z0-9._-]+$/.test(name) || known === undefined)
      throw new SurroundingsError(
        `identity ${index}: found ${JSON.stringify(entry)}; needs a name of letters, digits, ".", "_" and "-", and a type of ${types.join(", ")}`,
      );
    return { name, type: known };
  });
  const twice = identities.find(({ name }, index) => identities.findIndex((one) => one.name === name) !== index);
  if (twice !== undefined) throw new SurroundingsError(`the identity ${twice.name} is listed twice`);
  return identities;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
