/** How each site of a network is, by its own word, and where an engine's word is another. */
import { rightsFindings } from "../../lib/deploy/federation/engine";
import { Members, readersOf } from "../../lib/deploy/federation/watch";
import { reach } from "../../lib/deploy/reach";
import { truthOf, type Truth } from "../../lib/federation/truth";
import type { Palette } from "../../lib/explain/table";
import { table } from "../../lib/explain/table";
import type { Plan } from "../../topologies/plan";

/** What one cluster itself shows of all that is wanted there. */
interface SiteTruth {
  readonly site: string;
  /** Whether its API server answered. */
  readonly answers: boolean;
  readonly wanted: number;
  readonly asWanted: number;
  readonly amiss: readonly Truth[];
}

/** What the clusters say of themselves. */
export interface SitesTruth {
  readonly sites: readonly SiteTruth[];
  /** What the engine that brings objects to the sites could not know or does not say, in sentences. */
  readonly contradictions: readonly string[];
}

/** Asks every site, and the host of the federation where there is one. Whoever does not answer hides nobody else. */
export async function sitesTruth({ settings, examine }: Plan): Promise<SitesTruth> {
  // What breaks a policy may stand there all the same.
  const { sites: manifests } = examine();
  const { engine = "direct", host } = settings.federation ?? {};
  const asked = new Members([...(host === undefined ? [] : [host]), ...settings.sites]);
  try {
    const truths = await truthOf(manifests, readersOf(asked, host?.name), { engine });
    const sites = manifests.map(({ site }): SiteTruth => {
      const here = truths.filter(({ member }) => member === site);
      const amiss = here.filter(({ state }) => state !== "as wanted");
      return {
        site,
        answers: here.some(({ state }) => state !== "unreachable"),
        wanted: here.length,
        asWanted: here.length - amiss.length,
        amiss,
      };
    });
    return { sites, contradictions: [...trapsOf(truths), ...(await missingRights(settings, manifests))] };
  } finally {
    await asked.close();
  }
}

/** What an engine gets wrong without saying so: each trap of each member once, with what to do about it. */
function trapsOf(truths: readonly Truth[]): string[] {
  const sprung = new Map<string, string[]>();
  for (const { member, key, trap } of truths) {
    if (trap === undefined) continue;
    const sentence = `${trap.name} on ${member}: ${trap.fix}`;
    sprung.set(sentence, [...(sprung.get(sentence) ?? []), key]);
  }
  return [...sprung].map(([sentence, keys]) => `${sentence} (${keys.length} of its objects, such as ${keys[0] ?? ""})`);
}

/** Rights that the engine's account lacks on a member: without them KubeFed stops for all members. */
async function missingRights(
  { federation, sites }: Plan["settings"],
  manifests: ReturnType<Plan["examine"]>["sites"],
): Promise<string[]> {
  const { engine = "direct", host } = federation ?? {};
  if (engine === "direct" || host === undefined) return [];
  const found = await Promise.all(
    manifests.map(async ({ site, objects }) => {
      const access = sites.find(({ name }) => name === site);
      const reached = access && (await reach(access, 5000));
      if (reached === undefined || "found" in reached) return [];
      try {
        const { findings } = await rightsFindings(engine, host.name, site, reached.api, objects);
        return findings.map((finding) => `${finding.site}: ${finding.found}`);
      } catch {
        // It went away while it was asked, which its own line tells.
        return [];
      } finally {
        reached.api.close();
      }
    }),
  );
  return found.flat();
}

/** Whether every site shows what is wanted there, and the engine says nothing else. */
export function sitesAreWell({ sites, contradictions: wrong }: SitesTruth): boolean {
  return wrong.length === 0 && sites.every(({ amiss }) => amiss.length === 0);
}

/** So many objects of a site are named. */
const shown = 10;

/** The sites for a terminal. */
export function sitesText({ sites, contradictions: wrong }: SitesTruth, colours: Palette): string {
  const rows = sites.map(({ site, answers, wanted, asWanted, amiss }) =>
    answers
      ? [
          site,
          colours.good("answers"),
          `${asWanted} of ${wanted}`,
          amiss.length === 0 ? "-" : colours.bad(String(amiss.length)),
        ]
      : [site, colours.bad("no answer"), "unknown", "unknown"],
  );
  return [
    table(["site", "API server", "objects as wanted", "amiss"], rows, colours),
    ...sites
      .filter(({ answers }) => answers)
      .flatMap(({ site, amiss }) => [
        ...amiss.slice(0, shown).map(({ state, detail }) => `- ${site}: ${colours.bad(state)}: ${detail}`),
        ...(amiss.length > shown ? [`- ${site}: and ${amiss.length - shown} more; --json tells all`] : []),
      ]),
    ...wrong.map((sentence) => `- ${colours.bad("not so")}: ${sentence}`),
  ].join("\n");
}
