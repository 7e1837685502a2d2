/**
 * The report's script: search, links between the objects, and the trees of channel configuration. Everything else on the
 * page stands there without it.
 */
import type { ReportData } from "../reported";
import { browse } from "./browse";
import { plantConfigs } from "./config-tree";
import { elementOf } from "./page";
import { unfoldForPrint } from "./print";

unfoldForPrint();
void start();

async function start(): Promise<void> {
  const browser = elementOf("browser", HTMLElement);
  browser.hidden = false;
  const found = elementOf("found", HTMLElement);
  if (!("DecompressionStream" in window)) {
    found.textContent = "This browser is too old to search here. Firefox 113, Safari 16.4 and Chrome 80 are not.";
    return;
  }
  found.textContent = "Reading the objects…";
  const data = await unpacked();
  plantConfigs(data.configs);
  browse(data);
}

async function unpacked(): Promise<ReportData> {
  const { content } = JSON.parse(elementOf("data", HTMLElement).textContent) as { readonly content: string };
  const packed = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text()) as ReportData;
}
