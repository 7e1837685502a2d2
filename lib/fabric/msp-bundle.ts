/**
 * What an organisation publishes of its authorities, by file (ConfigMap `msp`), and the same of its other sites together
 * (ConfigMap `msp-abroad`).
 */
export type MspFiles = Readonly<Record<string, string>>;

/** The file that names the sites whose authorities a bundle holds, one on a line. */
export const sitesFile = "sites";

/** Files that hold certificates, of which a bundle of several sites has those of all. */
const certificateFiles = ["cacert.pem", "intermediatecert.pem", "tlscacert.pem", "tlsintermediatecert.pem"] as const;

/**
 * One bundle of what an organisation's authorities published on several sites, in the order of the sites. It says itself
 * whose it holds, so that whoever waits for all of them knows whom it waits for.
 * @param published By the name of the site; those that have published nothing yet are left out.
 * @returns Undefined where nobody has published anything.
 * @throws RangeError where two sites publish for different organisations.
 */
export function bundleOf(published: ReadonlyMap<string, MspFiles>): MspFiles | undefined {
  const [first, ...others] = published;
  if (first === undefined) return undefined;
  const mspId = mspIdIn(first[1]);
  for (const [site, files] of others) {
    if (mspIdIn(files) === mspId) continue;
    throw new RangeError(`${first[0]} publishes certificates of ${mspId}, and ${site} of ${mspIdIn(files)}`);
  }
  const texts = certificateFiles.flatMap((file) => {
    const found = [...published.values()].flatMap((files) => certificatesIn(files[file] ?? ""));
    return found.length === 0 ? [] : [[file, [...new Set(found)].join("")] as const];
  });
  return { mspid: mspId, ...Object.fromEntries(texts), [sitesFile]: [...published.keys()].join("\n") + "\n" };
}

const mspIdIn = ({ mspid = "" }: MspFiles): string => mspid.trim();

function certificatesIn(text: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return found.map((pem) => `${pem}\n`);
}
