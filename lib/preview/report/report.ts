import { changeList, whatChanges } from "./changes";
import { channels } from "./channels";
import { reportData } from "./data";
import { diagram } from "./diagram/diagram";
import { head, titleOf } from "./head";
import { failures } from "./matrix";
import { objects } from "./objects";
import { page, type Section } from "./page";
import { policies } from "./policies";
import type { Reported } from "./reported";
import { linksOf } from "./links";

/**
 * A preview or a diff as one HTML file that needs nothing else: no network, no other file. What matters reads without its
 * script, too; that one adds search and links between the objects.
 */
export async function reportHtml(reported: Reported): Promise<string> {
  const { preview, diff } = reported;
  const links = linksOf(reported);
  const sections: readonly Section[] = [
    ...(diff === undefined ? [] : [whatChanges(diff, links)]),
    await diagram(reported),
    failures(reported),
    policies(preview, links),
    channels(preview),
    ...(diff === undefined ? [] : [changeList(diff, links)]),
    objects(reported),
  ];
  return page({ title: titleOf(reported), head: head(reported), sections, data: reportData(reported) });
}
