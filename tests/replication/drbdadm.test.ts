import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { createMetadata } from "../../lib/replication/drbd/metadata";
import { drbdResource } from "../../lib/replication/drbd/resource";
import { lintResourceFile } from "../../lib/replication/lint/lint";
import { describeWithDrbd, drbdadm } from "../support/replication/drbdadm";
import { fileFaults } from "../support/replication/faults";
import { ledger, registries, volumes } from "../support/replication/volumes";

jest.setTimeout(120_000);

const promise = { resyncRate: 100e6, remote: ["remote-c"] };

/** Made anew with WRITE_GOLDENS=1. */
function golden(name: string, text: string): void {
  const path = join(__dirname, "golden", name);
  if (process.env["WRITE_GOLDENS"]) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}

describeWithDrbd("the real drbdadm", () => {
  it.each([ledger, registries])("takes the resource file of $name without a word (R8)", (volume) => {
    const resource = drbdResource(volume);
    expect(drbdadm(resource, ["sh-nop"])).toEqual({ code: 0, out: "", told: "" });
    golden(`${volume.name}.res`, resource);
  });

  it("takes the resource file of every volume that we hold to be right", () => {
    fc.assert(
      fc.property(volumes, (volume) => {
        expect(drbdadm(drbdResource(volume), ["sh-nop"])).toEqual({ code: 0, out: "", told: "" });
      }),
      { numRuns: 60 },
    );
  });

  it.each(
    [ledger, registries].flatMap((volume) => volume.replicas.map(({ node }) => ({ volume, name: volume.name, node }))),
  )("would do on $node with $name what stands in the golden file (R8)", ({ volume, name, node }) => {
    const resource = drbdResource(volume);
    const dry = (args: readonly string[]) => {
      const { code, out, told } = drbdadm(resource, ["-d", ...args], node);
      expect({ code, told }).toEqual({ code: 0, told: "" });
      return `# drbdadm ${args.join(" ")}\n${out}`;
    };
    const [command = "", ...words] = createMetadata(volume);
    golden(
      `${name}.${node}.calls`,
      [dry([command, ...words]), dry(["up", name]), dry(["primary", "--force", name])].join("\n"),
    );
  });

  it.each(fileFaults)("or our lint catches $name (R8)", ({ text, drbdadm: said }) => {
    const answer = drbdadm(text, ["sh-nop"]);
    if (said === undefined) {
      // Nobody else says it: the reason for a lint of our own.
      expect(answer.code).toBe(0);
      expect(lintResourceFile("F", text, promise)).not.toEqual([]);
    } else {
      expect(answer.told).toMatch(said);
      expect(answer.code).not.toBe(0);
    }
  });

  it("reads the translation of the old syncer line as it was meant (R8)", () => {
    const calls = drbdadm(drbdResource(ledger), ["-d", "up", "all"], "city-a").out;
    expect(calls).toMatch(/peer-device-options fabric-ledger 2 0 .*--c-max-rate=97656/);
    expect(calls).not.toContain("resync-rate");
  });
});
