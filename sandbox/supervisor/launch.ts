/** Starts the daemon as a process of its own and waits until it says that the sandbox is up. */
import { spawn } from "node:child_process";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { SandboxError } from "../errors";
import { type Progress, step } from "../progress";
import type { DaemonMessage } from "./messages";

/**
 * Starts the daemon for a prepared state folder. It goes on when this process ends, but not when this process ends
 * before the sandbox is up.
 * Errors: the daemon says why the sandbox did not start, or ends without a word.
 */
export async function launchDaemon(root: string, progress: (event: Progress) => void): Promise<void> {
  // By absolute path: the daemon's working folder is not the checkout, so that it holds no folder of the user's.
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const daemon = spawn(process.execPath, ["--import", loader, path.join(__dirname, "daemon.ts"), root], {
    cwd: path.parse(root).root,
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaint = "";
  daemon.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4_000);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const failed = (reason: string): void => {
        reject(new SandboxError(`the sandbox did not start: ${reason}`, "see the reason; then run the command again"));
      };
      daemon.once("error", (error) => {
        failed(error.message);
      });
      daemon.once("exit", (code, signal) => {
        failed(`its daemon ended (${signal ?? `exit code ${code}`})${complaint ? `\n${complaint}` : ""}`);
      });
      void step(progress, "daemon", () => new Promise((heard) => daemon.once("message", heard)));
      daemon.on("message", (raw) => {
        const message = raw as DaemonMessage;
        if (message.kind === "progress") progress(message.event);
        else if (message.kind === "ready") resolve();
        else if (message.kind === "failed") failed(message.reason);
      });
    });
  } finally {
    daemon.removeAllListeners();
    daemon.stderr?.destroy();
    if (daemon.connected) daemon.disconnect();
    daemon.unref();
  }
}
