/** What happened to a run of the Pulumi command line, and the one thing that helps. */
interface Recovery {
  /** What is the matter, in one sentence. */
  readonly cause: string;
  /** The command to type; absent where something else must be done first. */
  readonly command?: string;
  /** What to do, in one sentence. */
  readonly advice: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly recovery: Recovery;
}

/** In the order of asking: a lock hides everything else. */
const rules: readonly Rule[] = [
  {
    pattern: /the stack is currently locked by \d+ lock/,
    recovery: {
      cause: "an earlier run was killed, or another one is still going on, and the stack is locked",
      command: "pulumi cancel --yes",
      advice: "make sure that nobody else is deploying this stack, free the lock, then run `pulumi up` again",
    },
  },
  {
    // The preflight's own report: it names site, finding and remedy.
    pattern: /nothing was applied: \d+ things? stands? in the way/,
    recovery: {
      cause: "the live cluster cannot take the deployment as it is",
      advice: "do what each finding names, then run `pulumi up` again",
    },
  },
  {
    pattern:
      /unreachable cluster|Kubernetes cluster is unreachable|TLS handshake timeout|connection refused|i\/o timeout/,
    recovery: {
      cause: "a site's cluster cannot be reached",
      advice:
        "make the cluster answer, then run the same command again; should it be gone for good, `PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh --yes` forgets what was in it",
    },
  },
  {
    // The file backend writes a file of attributes beside each of its files, and not in one step.
    pattern: /failed to load checkpoint: EOF/,
    recovery: {
      cause: "an earlier run was killed while it wrote its state, and left a file of attributes empty",
      command: `find "\${PULUMI_BACKEND_URL#file://}" -name '*.attrs' -empty -delete`,
      advice:
        "remove it, which loses nothing, and run again; `?metadata=skip` at the end of PULUMI_BACKEND_URL keeps it from happening",
    },
  },
  {
    pattern: /Server-Side Apply field conflict/,
    recovery: {
      cause: "somebody else changed a field that the network sets",
      command: "pulumi refresh --yes && PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up",
      advice: "leave the field to them, or take it back, once, with these commands",
    },
  },
  {
    // In a namespace that was not there yet, the preflight could not ask.
    pattern: /attempting to grant RBAC permissions not currently held/,
    recovery: {
      cause:
        "the network's agents and Jobs need rights that you do not have, and Kubernetes lets nobody give more than they hold",
      advice:
        "ask the cluster's owner for the verbs `escalate` and `bind` on roles in the network's namespaces, then run `pulumi up` again",
    },
  },
  {
    pattern: /incorrect passphrase|passphrase must be set|PULUMI_CONFIG_PASSPHRASE/,
    recovery: {
      cause: "the stack's secrets cannot be read with this passphrase",
      advice: "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to what the stack was made with",
    },
  },
  {
    pattern: /no resource plugin|could not read plugin|pulumi-language-nodejs/,
    recovery: {
      cause: "a part of Pulumi is missing",
      command: 'eval "$(npx fabric-topologies sandbox env)"',
      advice: "use the environment in which the sandbox has put Pulumi's parts, or install Pulumi's release",
    },
  },
  {
    pattern: /no stack named|no stack selected|could not find a stack/i,
    recovery: {
      cause: "no stack is selected",
      command: "pulumi stack select --create <stack>",
      advice: "select the stack, then run again",
    },
  },
  {
    pattern: /timed out waiting for the condition|failed to fully initialize or become live|timeout while waiting/i,
    recovery: {
      cause: "objects were made, but did not become ready in time",
      command: "pulumi up",
      advice:
        "see with `kubectl get pods -A` what holds them up; the next run goes on waiting where this one stopped, and makes a Job anew that failed",
    },
  },
];

/** A message that an interrupted run can always be followed by another. */
const interrupted: Recovery = {
  cause: "the run was interrupted",
  command: "pulumi up",
  advice: "run it again: it goes on where this one stopped",
};

/**
 * What helps after a failed command of Pulumi; undefined where nothing is known that would.
 *
 * @param output what it wrote to standard output and standard error
 * @param exit its exit code, or the signal that ended it
 */
export function recovery(output: string, exit: number | NodeJS.Signals): Recovery | undefined {
  if (exit === 0) return undefined;
  const rule = rules.find(({ pattern }) => pattern.test(output));
  if (rule !== undefined) return rule.recovery;
  if (exit === "SIGKILL" || exit === 137) {
    return {
      ...interrupted,
      cause: "the run was killed",
      command: "pulumi cancel --yes",
      advice: "free the stack's lock, then run `pulumi up` again",
    };
  }
  return exit === "SIGINT" ||
    exit === "SIGTERM" ||
    exit === 130 ||
    exit === 143 ||
    /canceled|cancelled|interrupted/i.test(output)
    ? interrupted
    : undefined;
}

/** The recovery as two lines for a terminal. */
export function formatRecovery({ cause, command, advice }: Recovery): string {
  return `${cause}\n    do: ${command === undefined ? "" : `${command}    `}(${advice})`;
}
