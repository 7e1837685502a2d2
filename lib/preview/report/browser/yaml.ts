/** A value as YAML: as people read Kubernetes objects, and as a parser of YAML 1.1 or 1.2 reads it back. */
export function yamlText(value: unknown): string {
  return `${block(value, "")}\n`;
}

function block(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return value.map((item) => `${indent}- ${nested(item, `${indent}  `)}`).join("\n");
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return "{}";
    return entries.map(([key, inner]) => `${indent}${keyText(key)}:${after(inner, indent)}`).join("\n");
  }
  return scalar(value, indent);
}

/** What stands behind a dash: its first line has its indent already. */
function nested(value: unknown, indent: string): string {
  return isFilled(value) ? block(value, indent).slice(indent.length) : block(value, indent);
}

/** What stands behind a key. */
function after(value: unknown, indent: string): string {
  return isFilled(value) ? `\n${block(value, `${indent}  `)}` : ` ${block(value, `${indent}  `)}`;
}

function isFilled(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function scalar(value: unknown, indent: string): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "null";
  if (!isBlock(value)) return isPlain(value) ? value : JSON.stringify(value);
  const lines = value.replace(/\n$/, "").split("\n");
  const chomp = value.endsWith("\n") ? "" : "-";
  return `|${chomp}\n${lines.map((line) => (line === "" ? "" : indent + line)).join("\n")}`;
}

/** Several lines that need no escapes, the first of which tells the indent, and at most one end of line at their end. */
function isBlock(text: string): boolean {
  return (
    /\n./.test(text) &&
    /^[^\s]/.test(text) &&
    !text.endsWith("\n\n") &&
    !/[^\n\x20-\x7e\u00a1-\ud7ff\ue000-\ufefe]/.test(text)
  );
}

/** Texts that no parser takes for anything else. */
function isPlain(text: string): boolean {
  return (
    /^[A-Za-z/][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
  );
}

function keyText(key: string): string {
  return isPlain(key) ? key : JSON.stringify(key);
}
