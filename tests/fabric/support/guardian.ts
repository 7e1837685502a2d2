import { spawn } from "node:child_process";

/** Ends processes when this one is gone, also when it was killed and could clean up nothing itself. */
export interface Guardian {
  watch(pid: number): void;
  /** To be called when all that it watches has been ended properly. */
  dismiss(): void;
}

// The shell reads process ids until its input ends, which it does when the process that holds the other end is gone.
const script = 'pids=; while read -r pid; do pids="$pids $pid"; done; [ -z "$pids" ] || kill -9 $pids';

/** Starts a guardian: a shell in a session of its own, so that Ctrl-C does not reach it. */
export function startGuardian(): Guardian {
  const shell = spawn("sh", ["-c", script], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  shell.unref();
  return {
    watch: (pid) => void shell.stdin.write(`${pid}\n`),
    dismiss: () => void shell.kill("SIGKILL"),
  };
}
