/** The HTML report in a real browser, as somebody opens it who got it by mail. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { parse } from "yaml";
import type { Preview } from "../../lib/preview/document";
import { minimal, root } from "../unit/cli/run";
import { violations } from "./support/accessibility";
import { describeInBrowser, openFile, startChromium, type Opened } from "./support/chromium";
import { difference, reportsFolder, type Reports } from "./support/reports";

jest.setTimeout(600_000);
const trade = join(root, "examples/trade-finance/network.yaml");

describeInBrowser("the report", () => {
  let browser: Browser;
  let reports: Reports;
  let before: Preview;
  const files: Record<string, string> = {};
  let opened: Opened | undefined;
  const open = async (...args: Parameters<typeof openFile> extends [unknown, ...infer Rest] ? Rest : never) =>
    (opened = await openFile(browser, ...args));

  beforeAll(async () => {
    reports = reportsFolder();
    before = await reports.preview(trade);
    const changed = readFileSync(trade, "utf8")
      .replace("nodes: 5", "nodes: 7")
      .replaceAll("storage: 50Gi", "storage: 60Gi");
    const after = await reports.preview(reports.text("changed.yaml", changed));
    files["minimal"] = await reports.write("minimal", { preview: await reports.preview(minimal) });
    files["trade-finance"] = await reports.write("trade-finance", { preview: before });
    files["a difference"] = await reports.write("difference", difference(before, after));
    files["no difference"] = await reports.write("same", difference(before, before));
    browser = await startChromium();
  });
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });
  afterAll(async () => {
    await browser?.close();
    reports?.remove();
  });

  const ways = [
    ["in the light", {}],
    ["in the dark", { colorScheme: "dark" }],
    ["at 320 pixels", { viewport: { width: 320, height: 640 } }],
    ["on paper", { media: "print" }],
  ] as const;

  describe.each(["minimal", "trade-finance", "a difference", "no difference"])("%s", (name) => {
    test.each(ways)("%s: no error, no request, and nothing that the WCAG (AA) forbids", async (_way, options) => {
      const { page, problems } = await open(files[name]!, options);
      expect(await violations(page)).toEqual([]);
      // An object that is open has elements of its own.
      if (!("media" in options)) {
        await page.locator("#results a").first().click();
        await page.locator("#object h3").waitFor();
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true;");
        expect(await violations(page)).toEqual([]);
      }
      expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(
        0,
      );
      expect(problems).toEqual([]);
    });
  });

  test("search finds by name first, then in the inputs, says how many, and narrows by kind and organisation", async () => {
    const { page } = await open(files["trade-finance"]!);
    const status = page.locator("#found");
    await expect(status.textContent()).resolves.toMatch(/^25 of \d+ found$/);
    const shown = () => page.locator("#results a").allInnerTexts();

    await page.getByLabel("Search in names, kinds and inputs").fill("statefulset amber");
    await page.locator("#results li:first-child", { hasText: "ca-amber" }).waitFor();
    expect((await shown()).slice(0, 2)).toEqual([
      "ca-amber\nStatefulSet · trade-amber · city",
      "peer0-amber\nStatefulSet · trade-amber · city",
    ]);
    // An address that only stands inside of objects.
    await page.getByLabel("Search in names, kinds and inputs").fill("CORE_CHAINCODE_ADDRESS");
    await page.getByText(/^10 found$/).waitFor();

    await page.getByLabel("Search in names, kinds and inputs").fill("");
    await page.getByLabel("Kind", { exact: true }).selectOption("PersistentVolumeClaim");
    await page.getByLabel("Organisation", { exact: true }).selectOption("clearing");
    await page.getByText(/^7 found$/).waitFor();
    expect((await shown()).map((text) => text.split("\n")[0])).toContain("data-orderer-4");

    await page.getByLabel("Search in names, kinds and inputs").fill("no such thing");
    await page.getByText("Nothing found.").waitFor();
    expect(await shown()).toEqual([]);
  });

  test("an object shows its inputs, leads to those that it is tied to, and the browser's way back leads back", async () => {
    const { page } = await open(files["trade-finance"]!);
    await page.getByLabel("Search in names, kinds and inputs").fill("statefulset peer0-amber");
    await page
      .locator("#results li:first-child", { hasText: /^\s*peer0-amber\s*StatefulSet/ })
      .locator("a")
      .click();
    const heading = page.locator("#object h3");
    await expect(heading.innerText()).resolves.toBe("peer0-amber");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("peer0-amber");

    const resource = before.graph.resources.find(({ name }) => name === "city:StatefulSet/trade-amber/peer0-amber");
    expect(decodeURIComponent(new URL(page.url()).hash.slice(1))).toBe(resource?.urn);
    const inputs = page.locator("#object pre");
    expect(parse(await inputs.innerText())).toEqual(resource?.inputs);
    await page.getByRole("button", { name: "JSON" }).click();
    expect(JSON.parse(await inputs.innerText())).toEqual(resource?.inputs);

    await page.locator("#object summary", { hasText: "10 objects" }).click();
    await page.locator("#object a", { hasText: "PersistentVolumeClaim trade-amber/data-peer0-amber-1" }).click();
    await page.locator("#object h3", { hasText: "data-peer0-amber-1" }).waitFor();
    await page.locator("#object dd a", { hasText: "StatefulSet trade-amber/peer0-amber" }).first().click();
    await page.locator("#object h3", { hasText: /^peer0-amber$/ }).waitFor();
    await page.goBack();
    await page.locator("#object h3", { hasText: "data-peer0-amber-1" }).waitFor();
    await page.goBack();
    await page.locator("#object h3", { hasText: /^peer0-amber$/ }).waitFor();
  });

  test("a link to an object opens it, as does a finding's", async () => {
    const urn = before.graph.resources.find(({ type }) => type.endsWith(":Namespace"))!.urn;
    const { page } = await open(files["trade-finance"]!, { hash: `#${encodeURIComponent(urn)}` });
    await page.locator("#object h3", { hasText: "trade-amber" }).waitFor();
    await page.locator("#policies summary").first().click();
    const finding = page.locator("#policies li a").first();
    const name = (await finding.innerText()).split("/").at(-1) ?? "";
    await finding.click();
    await page.locator("#object h3", { hasText: name }).waitFor();
  });

  test("a channel's configuration opens branch by branch, down to who signs what", async () => {
    const { page } = await open(files["trade-finance"]!);
    const tree = page.locator('details[data-channel="settlement"]');
    await tree.locator("> summary").click();
    let branch = tree;
    for (const key of ["channel_group", "groups", "Orderer", "values", "BatchTimeout", "value"]) {
      const called = page.locator("summary > code", { hasText: new RegExp(`^${key}$`) });
      branch = branch.locator("> div > ul > li > details").filter({ has: called });
      await branch.locator("> summary").click();
    }
    await branch.getByText('timeout: "500ms"').waitFor();
  });

  test("with the keyboard alone: past the contents, to the search, to an object, and to its inputs as JSON", async () => {
    const { page } = await open(files["trade-finance"]!);
    const focused = () =>
      page.evaluate<string>("document.activeElement.id || document.activeElement.textContent.trim()");
    const tabTo = async (wanted: string) => {
      for (let steps = 0; steps < 60; steps += 1) {
        if ((await focused()) === wanted) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`60 steps do not lead to ${wanted}, but to ${await focused()}`);
    };
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await focused()).toBe("main");
    await tabTo("search");
    await page.keyboard.type("networkpolicy default-deny cobalt");
    await page.getByText(/^1 found$/).waitFor();
    for (let steps = 0; steps < 4; steps += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#object h3", { hasText: "default-deny" }).waitFor();
    expect(await focused()).toBe("default-deny");
    await tabTo("JSON");
    await page.keyboard.press("Space");
    expect(await page.locator("#object pre").innerText()).toContain('"kind": "NetworkPolicy"');
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(page.url()).toMatch(/#browse$/);
  });

  test("more results come when asked for, and the focus goes on with them", async () => {
    const { page } = await open(files["trade-finance"]!);
    expect(await page.locator("#results li").count()).toBe(25);
    await page.getByRole("button", { name: "Show more" }).press("Enter");
    expect(await page.locator("#results li").count()).toBe(50);
    const next = "document.querySelectorAll('#results a')[25]";
    expect(await page.evaluate(`document.activeElement === ${next}`)).toBe(true);
  });

  test("without its script all that matters is there, and it says what is not", async () => {
    const { page, problems } = await open(files["a difference"]!, { javaScriptEnabled: false });
    const text = await page.locator("main").innerText();
    expect(text).toContain("Every channel's consenter set changes from 5 to 7");
    expect(text).toContain("✓ goes on");
    expect(text).toContain("Searching the objects and reading their inputs takes the script of this page.");
    expect(text).toContain("any 2 of: a peer of AmberBankMSP");
    expect(await page.locator("svg.diagram").isVisible()).toBe(true);
    expect(await page.locator("#browser").isVisible()).toBe(false);
    const change = page.locator("#changes details", { hasText: "data-orderer-0" });
    await change.locator("> summary").click();
    await change.locator("ins", { hasText: "60Gi" }).waitFor();
    expect(problems).toEqual([]);
  });

  test("a difference: what changes stands by what it means, in the diagram by sign and word, and in each object", async () => {
    const { page } = await open(files["a difference"]!);
    expect(await page.locator("#meaning h3").allInnerTexts()).toContain("Identity");
    expect(await page.locator("svg.diagram").textContent()).toContain("+ new");
    await page.getByLabel("Change", { exact: true }).selectOption("remove");
    await page.locator("#results a").first().click();
    await page.locator("#object", { hasText: "which goes with this change" }).waitFor();
    await page.getByLabel("Change", { exact: true }).selectOption("update");
    await page.getByLabel("Search in names, kinds and inputs").fill("data-orderer-3");
    await page.getByText(/^1 found$/).waitFor();
    await page.locator("#results a").click();
    await page.locator("#object ins", { hasText: "60Gi" }).waitFor();
  });

  test("nodes that a change takes away are named below the diagram, which cannot show them", async () => {
    const shrunk = readFileSync(trade, "utf8").replace("nodes: 5", "nodes: 3");
    const after = await reports.preview(reports.text("shrunk.yaml", shrunk));
    const { page } = await open(await reports.write("shrunk", difference(before, after)));
    await page.getByText("no longer there: trade-clearing/orderer-3, trade-clearing/orderer-4").waitFor();
  });

  test("on paper everything is unfolded", async () => {
    const { page } = await open(files["trade-finance"]!, { media: "print" });
    for (const row of await page.locator("#topology details tbody tr, #policies details li").all()) {
      expect(await row.isVisible()).toBe(true);
    }
    for (const aside of ["nav", "#browser"]) expect(await page.locator(aside).isVisible()).toBe(false);
    expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
  });
});
