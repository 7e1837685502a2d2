import type { ContainerStatus, Pod } from "../kubernetes/objects";
import type { Condition } from "./document";

/** What a container's last words mean, and what to do. The first that fits is taken. */
const knownWords: readonly {
  readonly words: RegExp;
  readonly reason: string;
  readonly remedy: string;
}[] = [
  {
    words: /no space left on device|disk quota exceeded/i,
    reason: "VolumeFull",
    remedy: "enlarge the pod's claim (storage in the network file), then delete the pod",
  },
  {
    words: /authentication failure|error code: 20\b|status ?code 401|incorrect password/i,
    reason: "EnrolmentRefused",
    remedy:
      "run the Job `register` of the organisation again: it makes the authority take the secret of the Secret enrolment",
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

/** The last line of what a container left, which says what ended it. At most as long as an event's text may be. */
function lastWords({ state, lastState }: ContainerStatus): string {
  const left = lastState?.terminated?.message ?? state?.waiting?.message ?? "";
  return left.trim().split("\n").slice(-3).join(" ").slice(-600);
}

function trouble(object: string, reason: string, message: string, remedy: string | undefined): Condition {
  return { type: "PodRuns", status: "False", reason, message, object, ...(remedy === undefined ? {} : { remedy }) };
}
