/** Names that somebody publishes by hand, from any process; the daemon tells them. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { layout } from "../state";
import type { NameRecord } from "./records";

const publishedFile = (root: string): string => path.join(layout(root).names, "published.json");

/** Publishes these records beside those of the clusters' objects, in place of those that were published before. */
export function publish(root: string, records: readonly NameRecord[]): void {
  const file = publishedFile(root);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(records));
  renameSync(`${file}.new`, file);
}

/** What is published now. */
export function published(root: string): NameRecord[] {
  try {
    return JSON.parse(readFileSync(publishedFile(root), "utf8")) as NameRecord[];
  } catch {
    return [];
  }
}
