/** Sets of IP addresses as ranges, against Node's own idea of blocks. */
import { BlockList } from "node:net";
import * as fc from "fast-check";
import { covers, formatRange, parseAddress, parseBlock, union, without } from "../../../sandbox/policies/addresses";

const ipv4Block = fc
  .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => `${address}/${prefix}`);
const ipv6Block = fc
  .tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }))
  .map(([address, prefix]) => `${address}/${prefix}`);

const isIn = (address: string, block: string, family: "ipv4" | "ipv6"): boolean => {
  const list = new BlockList();
  const [network = "", prefix] = block.split("/");
  list.addSubnet(network, Number(prefix), family);
  return list.check(address, family);
};

test.each([
  ["ipv4", fc.ipV4(), ipv4Block],
  ["ipv6", fc.ipV6(), ipv6Block],
] as const)("a block without others covers an %s address exactly where it should", (family, address, block) => {
  fc.assert(
    fc.property(address, block, fc.array(block, { maxLength: 4 }), (one, whole, parts) => {
      const left = union(without(parseBlock(whole), parts.map(parseBlock)));
      const expected = isIn(one, whole, family) && !parts.some((part) => isIn(one, part, family));
      expect(covers(left, parseAddress(one))).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test("ranges never overlap, and are written as nftables reads them", () => {
  const blocks = ["10.0.0.7/24", "10.0.0.128/25", "10.0.1.0/32", "fd00::/127", "192.0.2.1/32", "::ffff:192.0.2.1/128"];
  expect(union(blocks.map(parseBlock)).map(formatRange)).toEqual([
    "10.0.0.0-10.0.1.0",
    "192.0.2.1",
    "0:0:0:0:0:ffff:c000:201",
    "fd00:0:0:0:0:0:0:0-fd00:0:0:0:0:0:0:1",
  ]);
});

test.each(["10.0.0.1", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/8/8", "10.0.0.0/", "host/8"])(
  "%s is no block",
  (text) => {
    expect(() => parseBlock(text)).toThrow(text.split("/")[0]);
  },
);
