import fc from "fast-check";
import { compareFabricVersions, isAtLeast, parseFabricVersion, traitsOf } from "../../lib/fabric/version";

describe("Fabric versions", () => {
  test.each([
    ["2.5.16", "2.5", 2, 5, 16],
    ["2.5.0", "2.5", 2, 5, 0],
    ["3.0.0", "3.x", 3, 0, 0],
    ["3.1.5", "3.x", 3, 1, 5],
    ["3.12.40", "3.x", 3, 12, 40],
  ] as const)("%s belongs to line %s", (text, line, major, minor, patch) => {
    expect(parseFabricVersion(text)).toEqual({ text, line, major, minor, patch });
    expect(parseFabricVersion(`v${text}`).text).toBe(text);
  });

  test.each(["", "2.4.9", "2.2.15", "4.0.0", "3.1", "3.1.5-beta", "3.1.5\n", " 3.1.5", "vv3.1.5"])(
    "%j is refused",
    (text) => {
      expect(() => parseFabricVersion(text)).toThrow(RangeError);
    },
  );

  test("order by number, not by text, and the same in both directions", () => {
    const version = fc
      .oneof(
        fc.nat(40).map((patch) => `2.5.${patch}`),
        fc.tuple(fc.nat(20), fc.nat(40)).map(([a, b]) => `3.${a}.${b}`),
      )
      .map(parseFabricVersion);
    fc.assert(
      fc.property(version, version, (a, b) => {
        const order = Math.sign(compareFabricVersions(a, b));
        expect(Math.sign(compareFabricVersions(b, a))).toBe(order === 0 ? 0 : -order);
        expect(order === 0).toBe(a.text === b.text);
        expect(isAtLeast(a, b.text)).toBe(order >= 0);
      }),
    );
    expect(isAtLeast(parseFabricVersion("3.1.10"), "3.1.9")).toBe(true);
  });

  test("what differs between 2.5, 3.0 and 3.1", () => {
    const [lts, three, batches] = ["2.5.16", "3.0.0", "3.1.0"].map((text) => traitsOf(parseFabricVersion(text)));
    expect(lts).toEqual({
      channelCapability: "V2_0",
      byzantineOrdering: false,
      transientBlockRetention: 1000,
      authFilters: ["DefaultAuth", "ExpirationCheck"],
      chaincodeBatches: false,
      ordererBackoff: false,
    });
    expect(three).toEqual({
      channelCapability: "V3_0",
      byzantineOrdering: true,
      transientBlockRetention: 20_000,
      authFilters: ["DefaultAuth", "ExpirationCheck", "TimeWindowCheck"],
      chaincodeBatches: false,
      ordererBackoff: true,
    });
    expect(batches).toEqual({ ...three, chaincodeBatches: true });
  });
});
