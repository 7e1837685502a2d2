/** The report of a hundred organisations: it opens, it can be read, and it can be searched. */
import { statSync } from "node:fs";
import type { Browser } from "playwright-core";
import type { Preview } from "../../lib/preview/document";
import { consortium, peersOfEach } from "../support/consortium";
import { violations } from "./support/accessibility";
import { describeInBrowser, openFile, startChromium } from "./support/chromium";
import { difference, reportsFolder, type Reports } from "./support/reports";

jest.setTimeout(900_000);

describeInBrowser("the report of a hundred organisations", () => {
  let browser: Browser;
  let reports: Reports;
  let preview: Preview;
  beforeAll(async () => {
    reports = reportsFolder();
    preview = await reports.preview(reports.text("network.yaml", JSON.stringify(consortium(100))));
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    reports?.remove();
  });

  test("is small enough for mail, opens soon, groups organisations in the diagram, and finds one object of thousands", async () => {
    const begun = process.cpuUsage();
    const file = await reports.write("hundred", { preview });
    const { user, system } = process.cpuUsage(begun);
    expect((user + system) / 1e6).toBeLessThan(10);
    expect(statSync(file).size).toBeLessThan(15 * 2 ** 20);
    const { page, problems, close } = await openFile(browser, file);
    expect(await page.locator("svg.diagram").textContent()).toMatch(/\d+ organisations/);
    expect(await page.locator("svg.diagram .box").count()).toBeLessThan(60);
    expect(preview.nodes.filter(({ role }) => role === "peer")).toHaveLength(100 * peersOfEach);
    await page.getByLabel("Kind", { exact: true }).selectOption("StatefulSet");
    await page.getByLabel("Search in names, kinds and inputs").fill("bank-77 east");
    await page.locator("#results li:first-child", { hasText: "east-bank-77" }).locator("a").click();
    await page.locator("#object h3", { hasText: "east-bank-77" }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });

  test("tells a difference in which every organisation changes, the first changes at once, all of them by search", async () => {
    const grown = structuredClone(preview);
    for (const { inputs } of grown.graph.resources) {
      const spec = inputs["spec"] as { resources?: { requests?: { storage?: string } } } | undefined;
      if (spec?.resources?.requests?.storage !== undefined) spec.resources.requests.storage = "777Gi";
    }
    const file = await reports.write("hundred-difference", difference(preview, grown));
    const { page, problems, close } = await openFile(browser, file, { viewport: { width: 320, height: 640 } });
    expect(await page.locator("#changes .change").count()).toBe(300);
    await page.locator("#changes a", { hasText: "object browser" }).waitFor();
    await page.getByLabel("Search in names, kinds and inputs").fill("data-west-bank-99-4");
    await page.getByText(/^1 found$/).waitFor();
    await page.locator("#results a").click();
    await page.locator("#object ins", { hasText: "777Gi" }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(problems).toEqual([]);
    await close();
  });
});
