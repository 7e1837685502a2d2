import { builderBeside, installedFabric, lookedIn, sameRelease } from "../../../sandbox/fabric/installed";
import { missingForRealNodes } from "../../../sandbox/nodes/tools";

const release = "3.1.5";
const whole = installedFabric("peer").some(
  ({ program, version }) => sameRelease(version, release) && builderBeside(program) !== undefined,
);
const missing = [
  ...missingForRealNodes().map(({ what }) => what),
  ...(whole ? [] : [`no peer ${release} with its chaincode builder lies in ${lookedIn()}`]),
];
if (missing.length > 0) process.stderr.write(`running networks: skipped, as ${missing.join("; ")}\n`);

/** `describe` where this machine can run a network; elsewhere it skips. */
export const describeRunning = missing.length === 0 ? describe : describe.skip;
