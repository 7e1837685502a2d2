import type { Condition } from "./document";

/** Milliseconds. */
const day = 86_400_000;

/**
 * Whether a certificate is still good, as a condition.
 * @param object What the condition is about.
 * @param renewBefore How long before its end it should have been renewed, in milliseconds.
 * @param failed Whether a restart has not brought a new one.
 */
export function certificateCondition(
  object: string,
  { notBefore, notAfter }: { readonly notBefore: number; readonly notAfter: number },
  now: number,
  renewBefore: number,
  failed: boolean,
): Condition {
  const about = { type: "CertificateValid", object };
  const end = new Date(notAfter).toISOString();
  if (notAfter <= now)
    return {
      ...about,
      status: "False",
      reason: "Expired",
      message: `its certificate ended ${end}`,
      remedy: "delete the pod: it enrols anew when it starts; see the log of its container enrol if it does not",
    };
  if (notBefore > now)
    return {
      ...about,
      status: "False",
      reason: "NotYetValid",
      message: `its certificate begins ${new Date(notBefore).toISOString()}, which is in the future here`,
      remedy: "compare the clocks of the machines of the authority, of the pod and of the agent (NTP)",
    };
  if (failed)
    return {
      ...about,
      status: "False",
      reason: "RenewalFailed",
      message: `its certificate ends ${end}, and a restart has not brought a new one`,
      remedy: "see the log of the pod's container enrol; the authority (pod ca-…-0) must be up",
    };
  const left = notAfter - now;
  if (left < renewBefore)
    return {
      ...about,
      status: "True",
      reason: "RenewalDue",
      message: `its certificate ends ${end}; it is to be renewed`,
    };
  return {
    ...about,
    status: "True",
    reason: "Valid",
    message: `its certificate ends ${end} (${Math.floor(left / day)} days)`,
  };
}

/** Milliseconds by which clocks may differ; Fabric's peers refuse proposals from 15 minutes on (`peer.authentication.timewindow`). */
const tolerableSkew = 300_000;

/** Whether this machine's clock agrees with the API server's. @param skew Local time minus the server's, in milliseconds. */
export function clockCondition(skew: number | undefined, object: string): Condition {
  const about = { type: "ClockInStep", object };
  if (skew === undefined)
    return { ...about, status: "Unknown", reason: "NoAnswer", message: "the API server has not answered yet" };
  if (Math.abs(skew) <= tolerableSkew)
    return {
      ...about,
      status: "True",
      reason: "InStep",
      message: "the clocks of the agent and of the API server agree",
    };
  const seconds = Math.round(Math.abs(skew) / 1000);
  return {
    ...about,
    status: "False",
    reason: "ClockSkew",
    message: `the agent's clock is ${seconds} s ${skew > 0 ? "ahead of" : "behind"} the API server's`,
    remedy: "put the clocks of the machines right (NTP): from 15 minutes on peers refuse proposals",
  };
}
