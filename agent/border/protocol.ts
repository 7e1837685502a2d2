import type { Notice } from "../board";

/**
 * How agents of one network talk over the border of their clusters: HTTPS with mutual TLS, JSON bodies.
 *
 * `GET /notices/<name>` gives `{"files": {"<file>": "<base64>"}}`, or 404 where nothing is published.
 * `PUT` and `DELETE /consenter-restart` with `{"holder": "…"}` take, keep and give back the lock of restarts; `PUT` gives
 * `{"holder": "…"}`, who has it now. Errors have `{"error": "…"}`.
 */
export const noticesPath = "/notices/";
export const lockPath = "/consenter-restart";

/** Bytes that a request may have. */
export const longestRequest = 4096;
/** Bytes that an answer may have: the largest object that an API server keeps, in base64. */
export const longestAnswer = 4 * 1024 * 1024;

/** A notice as it travels. */
export function encodeNotice(notice: Notice): string {
  const files = Object.entries(notice).map(([file, bytes]) => [file, Buffer.from(bytes).toString("base64")]);
  return JSON.stringify({ files: Object.fromEntries(files) as Record<string, string> });
}

/** The notice in an answer. @throws Error where it is none. */
export function decodeNotice(text: string): Notice {
  const { files } = objectIn(text);
  if (typeof files !== "object" || files === null) throw new Error("the answer has no files");
  return Object.fromEntries(
    Object.entries(files).map(([file, content]: [string, unknown]) => {
      if (typeof content !== "string") throw new Error(`the file ${file} of the answer is no text`);
      return [file, Buffer.from(content, "base64")];
    }),
  );
}

/** The holder that a request or an answer about the lock names; undefined where it names none. */
export function holderIn(text: string): string | undefined {
  const { holder } = objectIn(text);
  return typeof holder === "string" && holder !== "" ? holder : undefined;
}

/** The reason in a refusal. */
export function errorIn(text: string): string {
  try {
    const { error } = objectIn(text);
    if (typeof error === "string") return error;
  } catch {
    // Somebody else answered, with a page of their own.
  }
  return text.slice(0, 200);
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  const found: unknown = JSON.parse(text);
  if (typeof found !== "object" || found === null) throw new Error("it is not a JSON object");
  return found as Readonly<Record<string, unknown>>;
}
