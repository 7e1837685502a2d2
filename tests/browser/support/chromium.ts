import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

/** The browser of this machine: CHROMIUM, or what PATH has. */
const chromiumPath: string | undefined =
  process.env["CHROMIUM"] ??
  ["chromium", "chromium-browser", "google-chrome"]
    .flatMap((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)))
    .find(canRun);

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `describe`, where there is a browser; else the tests are shown as skipped, and one line says why. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (chromiumPath === undefined) {
    process.stderr.write("browser: skipped: no chromium (looked at CHROMIUM and on PATH)\n");
    describe.skip(name, tests);
  } else {
    describe(name, tests);
  }
}

export function startChromium(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: ["--no-sandbox"],
  });
}

export interface Opened {
  readonly page: Page;
  /** What went wrong in it: console errors, exceptions, and every request for anything but the file itself. */
  readonly problems: string[];
  readonly close: () => Promise<void>;
}

/** Opens a file as somebody does who got it by mail, with nothing else within reach. */
export async function openFile(
  browser: Browser,
  file: string,
  options: BrowserContextOptions & { readonly hash?: string; readonly media?: "screen" | "print" } = {},
): Promise<Opened> {
  const { hash = "", media = "screen", ...rest } = options;
  const context = await browser.newContext({
    reducedMotion: "reduce",
    viewport: { width: 1280, height: 900 },
    ...rest,
  });
  const url = pathToFileURL(file).href;
  const problems: string[] = [];
  await context.route("**/*", (route) => {
    const asked = route.request().url();
    if (asked.split("#")[0] === url) return route.continue();
    problems.push(`request: ${asked}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
  await page.emulateMedia({ media });
  await page.goto(url + hash);
  if (rest.javaScriptEnabled !== false) await page.locator("#results a").first().waitFor({ state: "attached" });
  return { page, problems, close: () => context.close() };
}
