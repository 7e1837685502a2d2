import type { ProgramName } from "./programs";

/** What is happening while programs are made ready; nothing is reported where all of them are there already. */
export type Progress =
  /** Before the first build: how much there is to do. `expectedSeconds` was measured on two cores. */
  | { readonly kind: "missing"; readonly programs: readonly ProgramName[]; readonly expectedSeconds: number }
  /** Another process builds the same family: we wait for it. */
  | { readonly kind: "waiting"; readonly program: ProgramName; readonly pid: number }
  | { readonly kind: "building"; readonly program: ProgramName; readonly position: number; readonly total: number }
  | {
      readonly kind: "built";
      readonly program: ProgramName;
      readonly position: number;
      readonly total: number;
      readonly seconds: number;
    };

/** `41 s`, `3 min 10 s`. */
function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** One line of text for each event that starts something; `built` completes the line that `building` began. */
function progressText(event: Progress): string {
  switch (event.kind) {
    case "missing":
      return `${event.programs.length === 1 ? "1 program" : `${event.programs.length} programs`} to build, this once: about ${Math.ceil(event.expectedSeconds / 60)} min on two cores\n`;
    case "waiting":
      return `waiting for process ${event.pid}, which builds ${event.program}\n`;
    case "building":
      return `building ${event.program} (${event.position}/${event.total}) … `;
    case "built":
      return ` ${duration(event.seconds)}\n`;
  }
}

/** A progress callback that writes lines such as `building kube-apiserver (2/7) …  41 s`. */
export function printProgress(stream: { write(text: string): unknown }): (event: Progress) => void {
  return (event) => void stream.write(progressText(event));
}
