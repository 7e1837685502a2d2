import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";

/** What Pulumi.yaml says below `runtime.options`, as far as this host honours it. */
export interface RuntimeOptions {
  /** Arguments of node itself, such as `--import tsx`. */
  readonly nodeArguments: readonly string[];
  /** Whether Pulumi's SDK is to load its own TypeScript compiler. On unless it is turned off, as in Pulumi's own host. */
  readonly typescript: boolean;
  readonly tsconfig: string | undefined;
}

/** Reads the options of Pulumi.yaml; what Pulumi's own host knows beyond these has no meaning here. */
export function runtimeOptions(options: Readonly<Record<string, unknown>>): RuntimeOptions {
  const { nodeargs, typescript, tsconfig } = options;
  return {
    nodeArguments: typeof nodeargs === "string" ? splitWords(nodeargs) : [],
    typescript: typescript !== false,
    tsconfig: typeof tsconfig === "string" ? tsconfig : undefined,
  };
}

/** Splits a line into words as a shell does: blanks part them, quotes of either kind hold them together. */
export function splitWords(line: string): string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/"[^"]*"|'[^']*'/g, (quoted) => quoted.slice(1, -1)));
}

/** Arguments of the SDK's `cmd/run` for one run of a program. */
export function programArguments(request: RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  const given: [flag: string, value: string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info?.getRootDirectory() ?? ""],
    ["stack", request.getStack()],
    ["pwd", info?.getProgramDirectory() || request.getPwd()],
    ["parallel", String(request.getParallel())],
  ];
  return [
    ...given.filter(([, value]) => value !== "").flatMap(([flag, value]) => [`--${flag}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || request.getProgram() || ".",
    ...request.getArgsList(),
  ];
}

/** The environment of a program's process: configuration travels in it, as the SDK expects. */
export function programEnvironment(
  request: RunRequest,
  options: RuntimeOptions,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return {
    ...env,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().getEntryList())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript),
    ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
  };
}
