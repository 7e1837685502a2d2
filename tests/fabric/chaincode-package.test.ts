import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageChaincode } from "../../lib/fabric/chaincode-package";
import { peerLayout } from "../../lib/fabric/layout";
import { describeEach } from "../support/describe-each";
import { type BareNetwork, completeInstallations, startBareNetwork } from "./support/bare-network";
import { testChaincode } from "./support/network-definition";

jest.setTimeout(120_000);

const run = promisify(execFile);
const installed = completeInstallations();
if (installed.length === 0) test.skip("a peer names our package as we do", () => undefined);

describeEach(installed)("Fabric $version.text", (programs) => {
  const chaincode = testChaincode({ name: "asset-transfer", channel: "main", version: "1.0+rc.1" });
  let network: BareNetwork;

  beforeAll(async () => {
    const organisations = [{ name: "amber", peers: 1 }];
    network = await startBareNetwork({ programs, organisations, channels: [], chaincodes: [chaincode] });
  });
  afterAll(() => network.stop());

  test("a peer takes our package, builds it, and names it as we do (R1)", async () => {
    const { packageId, bytes } = packageChaincode(chaincode);
    const file = join(network.folder, "package.tar.gz");
    writeFileSync(file, bytes);
    const peer = network.node("peer0-amber-0");
    const admin = peerLayout(network.organisation("amber").admin);
    const env = {
      FABRIC_CFG_PATH: join(network.folder, "peer0-amber-0"),
      FABRIC_LOGGING_SPEC: "info",
      CORE_PEER_ADDRESS: `${peer.node.host}:${peer.node.port}`,
      CORE_PEER_MSPCONFIGPATH: admin.msp.folder,
      CORE_PEER_TLS_ROOTCERT_FILE: admin.tls.authorities,
      CORE_PEER_TLS_CLIENTCERT_FILE: admin.tls.certificate,
      CORE_PEER_TLS_CLIENTKEY_FILE: admin.tls.privateKey,
    };
    const { stderr } = await run(programs.peer.program, ["lifecycle", "chaincode", "install", file], { env });
    expect(/Chaincode code package identifier: (\S+)/.exec(stderr)?.[1]).toBe(packageId);
    const listed = await run(programs.peer.program, ["lifecycle", "chaincode", "queryinstalled", "-O", "json"], {
      env,
    });
    expect(JSON.parse(listed.stdout)).toMatchObject({ installed_chaincodes: [{ package_id: packageId }] });
  });
});
