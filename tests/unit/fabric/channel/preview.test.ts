import fc from "fast-check";
import { channelConfig } from "../../../../lib/fabric/channel/config";
import { decodeConfig } from "../../../../lib/fabric/channel/decode";
import type { Json } from "../../../../lib/fabric/channel/json";
import { describeChannel } from "../../../../lib/fabric/channel/preview";
import { consortiumOf } from "../../../../lib/placement/consortium";
import { placeOnSite } from "../../../../lib/placement/place";
import { settingsSchema } from "../../../../lib/spec/settings";
import { arbitraryNetwork, arbitrarySettings } from "../../../support/arbitrary-network";
import { network } from "../../../support/models";
import { configFrom, golden } from "./goldens";

/** The same without what certificates say. */
function withoutCertificates(value: Json): unknown {
  return JSON.parse(JSON.stringify(value), (key, part: unknown) => {
    if (key.endsWith("_certs")) return [];
    return key.endsWith("_tls_cert") ? "" : part;
  });
}

test("a preview is the config to come, but for certificates", () => {
  const { input } = golden("3.1.5");
  const preview = describeChannel(input.channel, input.consortium);
  expect(withoutCertificates(preview)).toEqual(withoutCertificates(decodeConfig(configFrom(input))));
  const text = JSON.stringify(preview);
  expect(text).toContain('"root_certs":["(root certificate: made in the cluster by amber\'s CA)"]');
  expect(text).toContain("(TLS certificate of orderer-basalt-0: made in the cluster by basalt's CA)");
});

test("every channel of every network has a preview", () => {
  fc.assert(
    fc.property(arbitraryNetwork, arbitrarySettings, (file, settingsFile) => {
      const settings = settingsSchema.parse(settingsFile);
      const [site] = settings.sites;
      if (site === undefined) throw new Error("the settings have no site");
      const consortium = consortiumOf(placeOnSite(network(file), site), settings);
      for (const channel of consortium.channels) {
        const text = JSON.stringify(describeChannel(channel, consortium));
        for (const { mspId } of consortium.organisations.filter(({ name }) => channel.members.includes(name))) {
          expect(text).toContain(`"name":"${mspId}"`);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test("what cannot be built says why", () => {
  const { channel, consortium, materials } = golden("3.1.5").input;
  const all = new Map(Object.entries(materials));
  const stranger = { ...channel, members: ["amber", "zinc"] };
  expect(() => describeChannel(stranger, consortium)).toThrow(
    "Channel records has the member zinc, but the organisations are ordering, amber, basalt, cobalt",
  );
  all.delete("amber");
  all.delete("ordering");
  expect(() => channelConfig(channel, consortium, all, [])).toThrow(
    "Channel records cannot be described: no certificates are known of ordering, amber",
  );
  const unreadable = { ...channel, policies: { ...channel.policies, admins: "MOST Admins" } };
  expect(() => describeChannel(unreadable, consortium)).toThrow('"MOST Admins" is no policy: found MOST');
});
