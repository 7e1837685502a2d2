/** Commands in containers of a cluster. Imported where it is used: the Kubernetes client takes a second to load. */
import { PassThrough, type Writable } from "node:stream";
import { Exec, type KubeConfig, type V1Status } from "@kubernetes/client-node";
import { CommandError } from "../errors";

/** Which container of which cluster. */
export interface Container {
  readonly config: KubeConfig;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What a command reads and writes. */
export interface Streams {
  readonly out: Writable;
  readonly err: Writable;
  /** What its standard input begins with. The API server's logs have the arguments of a command, but not this. */
  readonly input?: string;
}

/**
 * Runs a command in a container; gives its exit code. Lines go to the streams as they come.
 * @param stop Ends its standard input, which is how a command in another machine is told to end.
 */
export async function execute(
  { config, namespace, pod, container }: Container,
  command: readonly string[],
  { out, err, input: first }: Streams,
  stop?: AbortSignal,
): Promise<number> {
  const input = new PassThrough();
  if (first !== undefined) input.write(first);
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config)
      .exec(namespace, pod, container, [...command], out, err, input, false, resolve)
      .then((socket: unknown) => {
        if (stop?.aborted === true) input.end();
        stop?.addEventListener("abort", () => input.end(), { once: true });
        // The library's type is that of a package whose types are not there.
        (socket as { onclose: () => void }).onclose = () => {
          reject(new CommandError(`the connection to ${namespace}/${pod} broke`, "run the command again"));
        };
      }, reject);
  });
  if (status.status === "Success") return 0;
  const code = status.details?.causes?.find(({ reason }) => reason === "ExitCode")?.message;
  if (code === undefined)
    throw new CommandError(status.message ?? "the command could not be run", "see the pod's events");
  return Number(code);
}
