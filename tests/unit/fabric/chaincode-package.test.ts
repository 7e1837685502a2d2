import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { storedArchive } from "../../../lib/fabric/archive";
import { packageChaincode } from "../../../lib/fabric/chaincode-package";

describe("archives", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fabric-topologies-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function unpack(bytes: Uint8Array): void {
    writeFileSync(join(folder, "archive.tar.gz"), bytes);
    execFileSync("tar", ["-xzf", "archive.tar.gz"], { cwd: folder });
  }

  test.each([0, 1, 511, 512, 513, 65_535, 65_536, 200_000])(
    "a file of %i bytes comes out of tar as it went in",
    (size) => {
      const content = Buffer.from(Array.from({ length: size }, (_, index) => (index * 31) % 251));
      unpack(
        storedArchive([
          { name: "first", content: Buffer.from("1") },
          { name: "second", content },
        ]),
      );
      expect(readFileSync(join(folder, "first"), "utf8")).toBe("1");
      expect(readFileSync(join(folder, "second")).equals(content)).toBe(true);
    },
  );

  test("gunzip agrees with the length and the sum of any content", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (content) => {
        const unpacked = gunzipSync(storedArchive([{ name: "a", content }]));
        expect(unpacked.subarray(512, 512 + content.length).equals(content)).toBe(true);
      }),
    );
  });

  test("refuses a name that the format cannot hold", () => {
    expect(() => storedArchive([{ name: "n".repeat(101), content: Buffer.alloc(0) }])).toThrow(RangeError);
  });
});

describe("chaincode packages", () => {
  test("the package id of a chaincode is the same for ever", () => {
    expect(packageChaincode({ name: "asset-transfer", version: "1.0" })).toMatchObject({
      label: "asset-transfer_1.0",
      packageId: "asset-transfer_1.0:294b61ce8e21f5b6710b676285fcca06a7196867448f3a036038795e8a46db5b",
    });
  });

  test("another name or version is another package", () => {
    const ids = [
      packageChaincode({ name: "a", version: "1" }),
      packageChaincode({ name: "a", version: "2" }),
      packageChaincode({ name: "b", version: "1" }),
    ].map(({ bytes }) => Buffer.from(bytes).toString("hex"));
    expect(new Set(ids).size).toBe(3);
  });

  test.each(["1 0", "1/0", "ä"])("refuses version %j, of which peers take no label", (version) => {
    expect(() => packageChaincode({ name: "a", version })).toThrow(/is no label/);
  });
});
