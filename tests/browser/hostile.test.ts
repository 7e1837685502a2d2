/** Names and values that would act, if the report took them for markup. */
import type { Browser } from "playwright-core";
import type { Diff } from "../../lib/preview/diff/document";
import type { Preview } from "../../lib/preview/document";
import { minimal } from "../unit/cli/run";
import { describeInBrowser, openFile, startChromium } from "./support/chromium";
import { difference, reportsFolder, type Reports } from "./support/reports";

jest.setTimeout(300_000);

const hostile = `</script></style></title></textarea><img src=x onerror="window.harmed=1"><script>window.harmed=1</script>'"&amp;<!--`;

/** Every text of a document becomes hostile, but for those that say what kind of thing something is. */
function poisoned<T>(value: T, keep: ReadonlySet<string>, key = ""): T {
  if (typeof value === "string") return (keep.has(key) ? value : `${value}${hostile}`) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => poisoned(item, keep, key)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([inner, content]) => [
      key === "config" || key === "labels" || key === "policies" ? inner + hostile : inner,
      poisoned(content as unknown, keep, inner),
    ]),
  ) as T;
}

const keep: ReadonlySet<string> = new Set([
  "role",
  "severity",
  "kind",
  "type",
  "action",
  "verdict",
  "topic",
  "before",
  "after",
]);

describeInBrowser("a report of hostile names", () => {
  let browser: Browser;
  let reports: Reports;
  let preview: Preview;
  beforeAll(async () => {
    reports = reportsFolder();
    preview = await reports.preview(minimal);
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    reports?.remove();
  });

  test("shows them as they are, and nothing acts", async () => {
    const finding = {
      ...preview.policies.findings[0]!,
      object: "Namespace/x",
      waiver: { owner: "o", reason: "r", expires: "e" },
    };
    const bad = {
      ...poisoned(preview, keep),
      policies: poisoned(
        { ...preview.policies, findings: [...preview.policies.findings, finding], refusals: ["no"] },
        keep,
      ),
    };
    const { diff } = difference(preview, {
      ...preview,
      graph: { ...preview.graph, resources: preview.graph.resources.slice(0, -3) },
      matrix: { ...preview.matrix, stops: [] },
    });
    const file = await reports.write("hostile", { preview: bad, diff: poisoned<Diff>(diff!, keep) });
    const { page, problems, close } = await openFile(browser, file);
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true;");
    expect(await page.locator("h1").innerText()).toBe(`minimal${hostile}`);
    expect(await page.title()).toContain("</script>");
    const look = async () => {
      await page.locator("#results a").first().click();
      await page.locator("#object h3", { hasText: "</script>" }).waitFor();
    };
    for (const kind of ["StatefulSet", "ConfigMap"]) {
      await page.getByLabel("Kind", { exact: true }).selectOption(kind);
      await look();
      await page.getByRole("button", { name: "JSON" }).click();
    }
    await page.getByLabel("Kind", { exact: true }).selectOption("");
    await page.getByLabel("Change", { exact: true }).selectOption("remove");
    await look();
    expect(await page.evaluate("window.harmed")).toBeUndefined();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(2);
    expect(problems).toEqual([]);
    await close();
  });

  test("would not act even if it were markup: the page's own rules refuse it", async () => {
    const file = await reports.write("minimal", { preview });
    const { page, problems, close } = await openFile(browser, file);
    const refused = page.waitForEvent("console");
    await page.evaluate(
      `document.body.insertAdjacentHTML("beforeend", '<img src="https://example.com/x.png" onerror="window.harmed=1">')`,
    );
    await refused;
    expect(await page.evaluate("window.harmed")).toBeUndefined();
    expect(problems.filter((problem) => problem.startsWith("request:"))).toEqual([]);
    expect(problems.join("\n")).toContain("Content Security Policy");
    await close();
  });
});
