import type { ContainerStatus, Pod } from "../kubernetes/objects";
import type { Condition } from "./document";

/** What a container's last words mean, and what to do. The first that fits is taken. */
const knownWords: readonly {
  readonly words: RegExp;
  readonly reason: string;
  readonly remedy: string;
}[] = [
  {
    // The last one is what the container enrol says.
    words: /no space left on device|disk quota exceeded|nothing can be written to the volume/i,
    reason: "VolumeFull",
    remedy: "enlarge the pod's claim (storage in the network file), then delete the pod",
  },
  {
    words:
      /does not take the enrolment secret|authentication failure|error code: 20\b|status ?code 401|incorrect password/i,
    reason: "EnrolmentRefused",
    remedy:
      "run the Job `register` of the organisation again: it makes the authority take the secret of the Secret enrolment",
  },
  {
    // Of the authority's certificate, which it makes anew at every start; enrol compares it with its node's clock.
    words: /does not hold at .*the time of this node|this node's clock says/i,
    reason: "ClockSkew",
    remedy:
      "put the clock of the pod's machine right (NTP); where it is right, delete the pod of the certificate authority",
  },
  {
    words: /certificate (has|is) expired|certificate has expired|expired certificate/i,
    reason: "CertificateExpired",
    remedy: "delete the pod: it enrols anew when it starts",
  },
  {
    words: /certificate is not yet valid|not valid before|notbefore/i,
    reason: "ClockSkew",
    remedy: "put the clock of the pod's machine right (NTP)",
  },
];

/**
 * Why a pod does not come up, from what its containers said last; undefined where nothing is wrong with them. A restart
 * that is over is no trouble.
 * @param object What the condition is about, such as `peer/peer0-org1-0`.
 */
export function podTrouble(pod: Pod, object: string): Condition | undefined {
  const { initContainerStatuses = [], containerStatuses = [], conditions = [] } = pod.status ?? {};
  const unscheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled !== undefined)
    return trouble(object, "NotScheduled", unscheduled.message ?? "no machine takes the pod", undefined);
  for (const container of [...initContainerStatuses, ...containerStatuses]) {
    const waiting = container.state?.waiting;
    if (waiting === undefined || harmless.has(waiting.reason ?? "")) continue;
    const said = lastWords(container);
    const known = knownWords.find(({ words }) => words.test(said));
    const message = `container ${container.name}: ${waiting.reason ?? "waits"}${said === "" ? "" : `: ${said}`}`;
    return trouble(
      object,
      known?.reason ?? waiting.reason ?? "Waits",
      message,
      known?.remedy ??
        `kubectl -n ${pod.metadata.namespace ?? ""} logs ${pod.metadata.name} -c ${container.name} --previous`,
    );
  }
  return undefined;
}

const harmless: ReadonlySet<string> = new Set(["", "PodInitializing", "ContainerCreating"]);

/**
 * What ended a container, from the end of its log or the message that it left: the line of its panic, behind which a stack
 * trace follows, else its last three lines. At most as long as an event's text may be.
 */
function lastWords({ state, lastState }: ContainerStatus): string {
  const left = (lastState?.terminated?.message ?? state?.waiting?.message ?? "").trim().split("\n").map(spoken);
  const panic = left.findLast((line) => /^(panic|fatal error): /.test(line));
  return (panic ?? left.slice(-3).join(" ")).slice(-600);
}

/** A line of a log; of one in JSON, as Fabric's nodes write it, what it says. */
function spoken(line: string): string {
  const text = line.trim();
  if (!text.startsWith("{")) return text;
  try {
    const entry: unknown = JSON.parse(text);
    if (typeof entry !== "object" || entry === null || !("msg" in entry)) return text;
    const { msg, error } = entry as { readonly msg: unknown; readonly error?: unknown };
    return [msg, error].filter((part) => typeof part === "string").join(": ");
  } catch {
    return text;
  }
}

function trouble(object: string, reason: string, message: string, remedy: string | undefined): Condition {
  return { type: "PodRuns", status: "False", reason, message, object, ...(remedy === undefined ? {} : { remedy }) };
}
