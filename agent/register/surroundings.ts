/** What a pod is told of itself by its environment. */

/** The pod's settings are not as the program needs them. */
export class SurroundingsError extends Error {
  override readonly name = "SurroundingsError";
}

/** The value of a variable of the environment. @throws SurroundingsError where it is absent or empty. */
export function variable(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = env[name];
  if (value === undefined || value === "")
    throw new SurroundingsError(`the environment variable ${name} is not set; the pod's manifest has to set it`);
  return value;
}
