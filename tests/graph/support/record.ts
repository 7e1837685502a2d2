import * as runtime from "@pulumi/pulumi/runtime";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** What a program asked of the engine for one resource. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly parent: string;
  readonly dependencies: readonly string[];
  readonly provider: string;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  /** As sent to the engine: secrets are in {@link secret} envelopes. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

const secretSignature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** The envelope in which a secret value goes to the engine. */
export const secret = (value: unknown) => ({ ...secretSignature, value });

/** Runs a program against a monitor that answers everything and keeps what it was asked, in the order of registration. */
export async function record(program: () => unknown): Promise<Registered[]> {
  await runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as Record<string, unknown> }),
      call: () => ({}),
    },
    "project",
    "stack",
    true,
  );
  const monitor = runtime.getMonitor();
  if (monitor === undefined) throw new Error("no monitor although mocks are set");
  const registered: Registered[] = [];
  const original = monitor.registerResource.bind(monitor) as (
    request: RegisterResourceRequest,
    callback: (error: unknown, response: { getUrn(): string } | undefined) => void,
  ) => unknown;
  const recording = (request: RegisterResourceRequest, callback: Parameters<typeof original>[1]) =>
    original(request, (error, response) => {
      registered.push({
        type: request.getType(),
        name: request.getName(),
        urn: response?.getUrn() ?? "",
        parent: request.getParent(),
        dependencies: request.getDependenciesList(),
        provider: request.getProvider(),
        retainOnDelete: request.getRetainondelete() ?? false,
        ignoreChanges: request.getIgnorechangesList(),
        inputs: request.getObject()?.toJavaScript() ?? {},
      });
      callback(error, response);
    });
  Object.assign(monitor, { registerResource: recording });
  await runtime.runInPulumiStack(() => Promise.resolve(program()).then(() => undefined));
  await runtime.disconnect();
  return registered;
}
