import { dirname, isAbsolute, join } from "node:path";
import { modelChecks, networkChecks, settingsChecks } from "./checks/all";
import { isPrefix, type ModelCheck } from "./checks/check";
import { deriveNetwork, networkSchema, type ContainerResources, type Network } from "./network";
import { InvalidInput, type Finding, type Problem } from "./problem";
import { readAgainst, type Reading } from "./reading";
import { canonicalCpu } from "./scalars";
import { settingsSchema, type Settings } from "./settings";
import { problemsIn, type ReadDocument, type SourceDocument } from "./source/document";
import { statFault } from "./source/file-text";
import { isStackFile, settingsOfStack, type StackConfiguration } from "./source/stack-document";
import { isProgram, readProgram } from "./source/typescript-document";
import { readYamlFile } from "./source/yaml-document";

/**
 * Where settings come from: a file with `topology`, `network` and `sites` at its root; a `Pulumi.<stack>.yaml`, known by
 * its name; or such a file together with the configuration of the Pulumi program that is running.
 */
export type SettingsSource = string | { readonly from: string; readonly running?: StackConfiguration };

export interface StackInput {
  readonly settings: SettingsSource;
  /** A network file to use in place of the one that the settings name. */
  readonly network?: string;
  /** Checks of network and settings together, such as placement's `checkModel`. */
  readonly checks?: readonly ModelCheck[];
}

export interface LoadedStack {
  readonly network: Network;
  readonly settings: Settings;
  /** The network file that was read. */
  readonly networkFile: string;
  /** Where findings stand, for what is only known once everything has been made from the two documents. */
  readonly locate: (findings: readonly Finding[]) => Problem[];
}

/**
 * Loads and checks a network file (YAML, JSON or TypeScript).
 * @param checks What else is asked of a network that follows its schema and has the right shape.
 * @throws InvalidInput with every problem of the file
 */
export function loadNetwork(file: string, checks: readonly ((network: Network) => readonly Finding[])[] = []): Network {
  const loaded = examineNetwork(file);
  const { value, findings } = loaded.reading;
  const more = value === undefined ? [] : checks.flatMap((check) => check(value));
  const fresh = more.filter((finding) => !findings.some(({ path }) => isPrefix(path, finding.path)));
  return valueOrThrow(loaded.reading, [...problemsOf(loaded), ...located(loaded.document, "network", fresh)]);
}

/**
 * Loads and checks stack settings.
 * @throws InvalidInput with every problem of the file
 */
export function loadSettings(source: SettingsSource): Settings {
  const loaded = examineSettings(source);
  return valueOrThrow(loaded.reading, problemsOf(loaded));
}

/**
 * Loads the settings and the network that they name, and checks them together.
 * @throws InvalidInput with every problem of both files
 */
export function loadStack(input: StackInput): LoadedStack {
  const settings = examineSettings(input.settings);
  const { file: networkFile, fault } = networkFileOf(settings, input.network);
  const network = networkFile === undefined ? undefined : examineNetwork(networkFile);
  const problems = [...problemsOf(settings), ...fault];
  if (network === undefined || networkFile === undefined) throw new InvalidInput(problems);
  problems.push(...problemsOf(network));
  const [checkedNetwork, checkedSettings] = [network.reading.value, settings.reading.value];
  if (checkedNetwork === undefined || checkedSettings === undefined) throw new InvalidInput(problems);
  problems.push(...together(input, checkedNetwork, checkedSettings, network, settings));
  if (problems.length > 0) throw new InvalidInput(problems);
  return {
    network: triedOut(checkedNetwork, checkedSettings),
    settings: checkedSettings,
    networkFile,
    locate: (findings) => [
      ...located(network.document, "network", findings),
      ...located(settings.document, "settings", findings),
    ],
  };
}

/** The network as it is on clusters that are there for trying things out: without CouchDB's image, or on few cores. */
function triedOut(network: Network, { couchdb, smallMachines }: Settings): Network {
  const less = <T extends { readonly resources: ContainerResources }>(container: T): T =>
    smallMachines
      ? { ...container, resources: { ...container.resources, cpu: tenth(container.resources.cpu) } }
      : container;
  return {
    ...network,
    organisations: network.organisations.map((organisation) => ({
      ...organisation,
      peers: organisation.peers.map((group) => less(couchdb ? group : { ...group, stateDatabase: "leveldb" as const })),
      ...(organisation.orderers === undefined ? {} : { orderers: less(organisation.orderers) }),
    })),
    chaincodes: network.chaincodes.map(less),
  };
}

/** A tenth of a CPU quantity, at least a thousandth of a core. */
function tenth(cpu: string): string {
  const millicores = cpu.endsWith("m") ? Number(cpu.slice(0, -1)) : Number(cpu) * 1000;
  return canonicalCpu(`${Math.max(1, Math.round(millicores / 10))}m`);
}

/** A document, as far as it could be read and understood. */
interface Examined<T> {
  readonly file: string;
  readonly document: SourceDocument | undefined;
  /** Problems of the letters, which need no looking up. */
  readonly letters: readonly Problem[];
  readonly reading: Reading<T>;
}

function examineNetwork(file: string): Examined<Network> {
  const { document, problems } = isProgram(file) ? readProgram(file, "network") : readYamlFile(file, "network");
  const reading =
    document === undefined
      ? { findings: [] }
      : readAgainst(document, "network", networkSchema, deriveNetwork, networkChecks);
  return { file, document, letters: problems, reading };
}

function examineSettings(source: SettingsSource): Examined<Settings> {
  const file = typeof source === "string" ? source : source.from;
  const read = readYamlFile(file, "settings");
  const running = typeof source === "string" ? undefined : source.running;
  if (!isStackFile(file) && running === undefined) {
    const reading = read.document === undefined ? { findings: [] } : readSettings(read.document);
    return { file, document: read.document, letters: read.problems, reading };
  }
  // A stack that was configured by --config alone has no file.
  const absent = running !== undefined && read.document === undefined && statFault(file)?.found === "no such file";
  const letters = absent ? [] : read.problems;
  if (read.document === undefined && !absent) return { file, document: undefined, letters, reading: { findings: [] } };
  const stack = settingsOfStack(absent ? ({ problems: [] } satisfies ReadDocument) : read, file, running);
  const reading = readSettings(stack.document);
  const findings = [
    ...stack.findings,
    ...reading.findings.filter((finding) => !stack.findings.some(({ path }) => isPrefix(path, finding.path))),
  ];
  return { file, document: stack.document, letters, reading: { ...reading, findings } };
}

function readSettings(document: SourceDocument): Reading<Settings> {
  return readAgainst(document, "settings", settingsSchema, (parsed) => parsed, settingsChecks);
}

function problemsOf({ document, letters, reading }: Examined<unknown>): Problem[] {
  return [...letters, ...(document === undefined ? [] : problemsIn(document, reading.findings))];
}

/** The network file: the one asked for, or the one that the settings name, seen from where they lie. */
function networkFileOf(
  settings: Examined<Settings>,
  asked: string | undefined,
): { readonly file?: string; readonly fault: readonly Problem[] } {
  if (asked !== undefined) return { file: asked, fault: [] };
  const root = settings.document?.value;
  const named = typeof root === "object" && root !== null && "network" in root ? root.network : undefined;
  if (settings.document === undefined || typeof named !== "string" || named === "") return { fault: [] };
  const file = isAbsolute(named) ? named : join(dirname(settings.file), named);
  const unusable = statFault(file);
  if (unusable === undefined) return { file, fault: [] };
  const found = `${file}: ${unusable.found}`;
  return { fault: problemsIn(settings.document, [{ document: "settings", path: ["network"], ...unusable, found }]) };
}

/** What the two documents have to say to each other. Where something was found already, nothing is added. */
function together(
  { checks = [] }: StackInput,
  network: Network,
  settings: Settings,
  { document: networkDocument, reading: networkReading }: Examined<Network>,
  { document: settingsDocument, reading: settingsReading }: Examined<Settings>,
): Problem[] {
  const findings = [...modelChecks, ...checks].flatMap((check) => check(network, settings));
  const fresh = (document: SourceDocument | undefined, kind: Finding["document"], known: readonly Finding[]) =>
    document === undefined
      ? []
      : problemsIn(
          document,
          findings.filter(
            (finding) => finding.document === kind && !known.some(({ path }) => isPrefix(path, finding.path)),
          ),
        );
  return [
    ...fresh(networkDocument, "network", networkReading.findings),
    ...fresh(settingsDocument, "settings", settingsReading.findings),
  ];
}

function located(
  document: SourceDocument | undefined,
  kind: Finding["document"],
  findings: readonly Finding[],
): Problem[] {
  if (document === undefined) return [];
  return problemsIn(
    document,
    findings.filter((finding) => finding.document === kind),
  );
}

function valueOrThrow<T>(reading: Reading<T>, problems: readonly Problem[]): T {
  if (problems.length > 0 || reading.value === undefined) throw new InvalidInput(problems);
  return reading.value;
}
