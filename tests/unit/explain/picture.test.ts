import fc from "fast-check";
import { topologyPicture } from "../../../lib/explain/picture";
import { textWidth } from "../../../lib/explain/svg";
import { placeOnSite, placeOnSites } from "../../../lib/placement/place";
import type { Placement } from "../../../lib/placement/node";
import type { NetworkInput } from "../../../lib/spec/network";
import type { SettingsInput } from "../../../lib/spec/settings";
import { settingsSchema } from "../../../lib/spec/settings";
import { city, network, smallNetwork } from "../../support/models";

type ZonesInput = SettingsInput["sites"][number]["zones"];

const placed = (input: NetworkInput, zones?: ZonesInput): Placement =>
  placeOnSite(network(input), city(zones).sites[0]!);

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The elements of an SVG whose tags are balanced and whose attributes are quoted; throws at the first that is not. */
function parse(svg: string): Element[] {
  const token = /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  const open: { name: string; attributes: Record<string, string>; text: string }[] = [];
  const elements: Element[] = [];
  while (token.lastIndex < svg.length) {
    const begin = token.lastIndex;
    const found = token.exec(svg);
    if (found === null) throw new Error(`no XML at ${svg.slice(begin, begin + 60)}`);
    const [, closing, name, attributes = "", empty, text] = found;
    if (text !== undefined) {
      if (/&(?!amp;|lt;|gt;|quot;)/.test(text)) throw new Error(`an unescaped & in ${text}`);
      open.forEach((element) => (element.text += text));
    } else if (closing === "/") {
      const last = open.pop();
      if (last?.name !== name) throw new Error(`</${name}> closes <${last?.name}>`);
      elements.push(last!);
    } else {
      const pairs = [...attributes.matchAll(/ ([^=]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!] as const);
      const element = { name: name!, attributes: Object.fromEntries(pairs), text: "" };
      if (empty === "/") elements.push(element);
      else open.push(element);
    }
  }
  if (open.length > 0) throw new Error(`${open.map(({ name }) => name).join(", ")} not closed`);
  return elements;
}

const sizes: Readonly<Record<string, number>> = { heading: 20, title: 15, name: 13.5, said: 12.5, pod: 12 };

/** Where an element reaches; texts at the width that they have at most. */
function extent({ attributes, text }: Element) {
  const style = attributes["class"] ?? "";
  const [x, y] = [Number(attributes["x"]), Number(attributes["y"])];
  const width = Number(attributes["width"] ?? textWidth(text, sizes[style] ?? 11, style === "pod" ? "mono" : "sans"));
  return { style, left: x, right: x + width, top: y, bottom: y + Number(attributes["height"] ?? 0), text };
}

/** Texts that reach over the edge of what they stand in: their box, their zone, the column of labels, the page. */
function overflowing(svg: string): string[] {
  const elements = parse(svg);
  const rects = elements.filter(({ name }) => name === "rect").map(extent);
  const zones = rects.filter(({ style }) => style.startsWith("zone"));
  const firstZone = Math.min(...zones.map(({ left }) => left));
  const bottom = Math.max(...zones.map((zone) => zone.bottom));
  const top = Math.min(...zones.map((zone) => zone.top));
  return elements
    .filter(({ name }) => name === "text")
    .map(extent)
    .filter((text) => {
      const around = rects.filter(
        (rect) => rect.left <= text.left && rect.right >= text.left && rect.top <= text.top && rect.bottom >= text.top,
      );
      const beside = text.left < firstZone && text.top > top && text.top < bottom ? firstZone : Infinity;
      return around.length === 0 || text.right > Math.min(beside, ...around.map(({ right }) => right));
    })
    .map(({ text }) => text);
}

const name = (most: number) =>
  fc
    .tuple(
      fc.constantFrom(..."abcmwz"),
      fc.string({ unit: fc.constantFrom(..."abmwz019-"), maxLength: most - 2, size: "max" }),
    )
    .map(([first, rest]) => `${first}${rest}x`);

const networks = fc
  .record({
    name: name(30),
    organisations: fc.uniqueArray(
      fc.record({
        name: name(30),
        mspId: fc.string({ unit: fc.constantFrom(..."aMW0.-"), maxLength: 248 }).map((rest) => `M${rest}`),
        peers: fc.uniqueArray(fc.record({ name: name(25), replicas: fc.integer({ min: 1, max: 5 }) }), {
          maxLength: 2,
          selector: (group) => group.name,
        }),
      }),
      { minLength: 1, maxLength: 10, selector: (organisation) => organisation.name },
    ),
    orderers: name(40),
    nodes: fc.integer({ min: 3, max: 9 }),
  })
  .map(({ organisations, orderers, nodes, ...rest }): NetworkInput => ({
    ...rest,
    organisations: [...organisations, { name: "ordering", orderers: { name: orderers, nodes } }],
  }));

const zones = fc
  .uniqueArray(name(63), { minLength: 3, maxLength: 5 })
  .map((names) => names.map((one, index) => ({ name: one, witness: index === names.length - 1 })));

test("every pod stands in a box, whose role is told in words", () => {
  const placement = placeOnSite(smallNetwork(5), city().sites[0]!);
  const texts = parse(topologyPicture("dual-active", placement)).filter(({ name }) => name === "text");
  const pods = texts.filter(({ attributes }) => attributes["class"] === "pod").map(({ text }) => text);
  expect(pods.sort()).toEqual(placement.nodes.map(({ pod }) => pod).sort());
  for (const role of ["peer", "ordering node", "certificate authority"]) {
    expect(texts.filter(({ text }) => text === role)).not.toEqual([]);
  }
});

test("a box stands in the zone of its pod", () => {
  const placement = placeOnSite(smallNetwork(5), city().sites[0]!);
  const elements = parse(topologyPicture("dual-active", placement)).map(extent);
  const zoneOf = (pod: string) => {
    const box = elements.find(({ style, text }) => style === "pod" && text === pod)!;
    const column = elements.find(
      ({ style, left, right }) => style.startsWith("zone") && left < box.left && right > box.left,
    )!;
    return elements.find(({ style, left }) => style === "title" && left === column.left + 12)!.text;
  };
  for (const { pod, zone } of placement.nodes) expect([pod, zoneOf(pod)]).toEqual([pod, zone]);
});

test("a witness is narrower, and the caption does the sum", () => {
  const svg = topologyPicture("dual-active", placeOnSite(smallNetwork(5), city().sites[0]!));
  const [full, , witness] = parse(svg)
    .map(extent)
    .filter(({ style }) => style.startsWith("zone"));
  expect(witness!.right - witness!.left).toBeLessThan(full!.right - full!.left);
  expect(svg).toContain(
    "2 + 2 + 1 = 5 consenters, and Raft goes on while 3 of them are there: any one zone may be lost.",
  );
});

test("over several sites the caption is about the loss of a site, whatever zones it has (R7)", () => {
  const pictured = (...zonesOf: readonly string[][]) => {
    const sites = zonesOf.map((own, index) => ({
      name: `site-${index}`,
      zones: own.map((zone) => ({ name: zone, witness: index === 2 })),
    }));
    const settings = settingsSchema.parse({ network: "n.yaml", federation: { engine: "direct" }, sites });
    return topologyPicture("federated", placeOnSites(smallNetwork(5), settings));
  };
  const single = pictured(["a"], ["b"], ["c"]);
  expect(single).toContain(
    "2 + 2 + 1 = 5 consenters, and Raft goes on while 3 of them are there: any one site may be lost.",
  );
  expect(single).toContain("after a site's loss");
  const zoned = pictured(["a1", "a2"], ["b"], ["c"]);
  expect(zoned).toContain("2 + 2 + 1 = 5 consenters");
  expect(zoned).toContain("after a zone's loss");
});

test("a zone that must not be lost is marked", () => {
  const uneven = [
    { name: "zone-a", consenters: 3 },
    { name: "zone-b", consenters: 1 },
    { name: "zone-c", witness: true, consenters: 1 },
  ];
  const svg = topologyPicture("uneven", placeOnSite(smallNetwork(5), city(uneven).sites[0]!));
  expect(
    parse(svg)
      .filter(({ attributes }) => attributes["class"] === "bad")
      .map(({ text }) => text),
  ).toEqual(["if lost: 2 left, 3 needed"]);
  expect(svg).toContain("not every zone may be lost");
});

test("no name leaves its box, however long, with ten organisations", () => {
  const long = "settlement-and-clearing-department";
  const organisations = Array.from({ length: 10 }, (_, index) => ({
    name: `${long}-${index}`,
    mspId: "W".repeat(249),
    peers: [{ name: "peer-with-a-long-name", replicas: 4 }],
  }));
  const svg = topologyPicture(
    "a title that is far longer than any line of the picture could hold, ".repeat(5),
    placed(
      {
        name: "m".repeat(63),
        organisations: [...organisations, { name: "o", orderers: { name: "w".repeat(50), nodes: 5 } }],
      },
      [{ name: "z".repeat(63) }, { name: "eu-central-1b" }, { name: "w".repeat(63), witness: true }],
    ),
  );
  expect(overflowing(svg)).toEqual([]);
});

test("no name leaves its box in any network", () => {
  fc.assert(
    fc.property(networks, zones, (input, zoneInputs) => {
      const placement = placed(input, zoneInputs);
      expect(overflowing(topologyPicture("a title", placement))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("it stands by itself: a title, a description, text that is text, colours for dark, and nothing from elsewhere", () => {
  const svg = topologyPicture("Raft & <friends>", placeOnSite(smallNetwork(), city().sites[0]!));
  const elements = parse(svg);
  const root = elements.find(({ name }) => name === "svg")!;
  const [title, description] = root.attributes["aria-labelledby"]!.split(" ");
  expect(elements.find(({ attributes }) => attributes["id"] === title)).toMatchObject({ name: "title" });
  expect(elements.find(({ attributes }) => attributes["id"] === description)!.text).toContain(
    "peer0-org1-0 (peer of org1)",
  );
  expect(svg).toContain("@media screen and (prefers-color-scheme: dark)");
  expect(svg).toContain("Raft &amp; &lt;friends&gt;");
  expect(svg).not.toMatch(/<path|href|url\(|@import|<script/);
});
