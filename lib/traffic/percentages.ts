/** Shares of a pool's sites in whole per cent; they sum to 100. */
export type Percentages = Readonly<Record<string, number>>;

/**
 * Weights as whole per cent, by largest remainder: nobody is off by a whole per cent, and a site that has a weight keeps
 * at least one.
 * @throws RangeError where the weights sum to zero
 */
export function percentagesOf(weights: Readonly<Record<string, number>>): Percentages {
  const shared = apportion(weights, 100);
  const lost = Object.keys(weights).filter((site) => (weights[site] ?? 0) > 0 && shared[site] === 0);
  const result = { ...shared };
  for (const site of lost) {
    const largest = Object.keys(result).reduce((a, b) => ((result[b] ?? 0) > (result[a] ?? 0) ? b : a));
    result[largest] = (result[largest] ?? 0) - 1;
    result[site] = 1;
  }
  return result;
}

/**
 * The way from one distribution to another, both included. Between neighbours at most `step` per cent change place; no
 * site is ever below or above both its ends, and every distribution on the way sums to 100.
 */
export function stepsBetween(from: Percentages, to: Percentages, step: number): Percentages[] {
  const sites = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const steps = [complete(from, sites)];
  for (let now = complete(from, sites); ;) {
    const gains = picked(sites, (site) => (to[site] ?? 0) - (now[site] ?? 0));
    const losses = picked(sites, (site) => (now[site] ?? 0) - (to[site] ?? 0));
    const left = Object.values(gains).reduce((sum, gain) => sum + gain, 0);
    if (left === 0) return steps;
    const moved = Math.min(step, left);
    const [given, taken] = [apportion(gains, moved), apportion(losses, moved)];
    const before = now;
    now = Object.fromEntries(
      sites.map((site) => [site, (before[site] ?? 0) + (given[site] ?? 0) - (taken[site] ?? 0)]),
    );
    steps.push(now);
  }
}

/** Sites that get more than they had. */
export function receivers(from: Percentages, to: Percentages): string[] {
  return Object.keys(to).filter((site) => (to[site] ?? 0) > (from[site] ?? 0));
}

/** `aws-prod 90 %, gcp-staging 10 %`, the largest share first. */
export function percentagesText(shares: Percentages): string {
  return Object.entries(shares)
    .sort(([a, most], [b, less]) => less - most || a.localeCompare(b))
    .map(([site, share]) => `${site} ${share} %`)
    .join(", ");
}

/** Whole numbers in proportion to the weights that sum to `total`; none exceeds its own exact share by one or more. */
function apportion(weights: Readonly<Record<string, number>>, total: number): Record<string, number> {
  const sum = Object.values(weights).reduce((all, weight) => all + weight, 0);
  if (sum <= 0) throw new RangeError("weights that sum to zero share nothing out");
  const exact = Object.entries(weights).map(([site, weight]) => ({ site, share: (weight * total) / sum }));
  const left = total - exact.reduce((all, { share }) => all + Math.floor(share), 0);
  const byRemainder = exact.filter(({ share }) => share > 0).sort((a, b) => (b.share % 1) - (a.share % 1));
  const more = new Set(byRemainder.slice(0, left).map(({ site }) => site));
  return Object.fromEntries(exact.map(({ site, share }) => [site, Math.floor(share) + (more.has(site) ? 1 : 0)]));
}

function complete(shares: Percentages, sites: readonly string[]): Percentages {
  return Object.fromEntries(sites.map((site) => [site, shares[site] ?? 0]));
}

function picked(sites: readonly string[], value: (site: string) => number): Record<string, number> {
  return Object.fromEntries(sites.map((site) => [site, Math.max(0, value(site))]));
}
