import {
  implicitMetaRules,
  organisationPolicies,
  policyRoles,
  type ImplicitMetaPolicy,
  type OutOf,
  type Policy,
  type Principal,
  type SignatureRule,
} from "./policy";

/** Why a text is no policy: `position` counts characters from 0, `allowed` says what could have stood there. */
interface PolicyError {
  readonly position: number;
  readonly found: string;
  readonly allowed: string;
}

type ParsedPolicy =
  { readonly ok: true; readonly policy: Policy } | { readonly ok: false; readonly error: PolicyError };

/** Deeper than anybody writes by hand; keeps recursion bounded. */
const deepest = 32;
/** Spellings that Fabric's parser knows of each gate. */
const gates = new Map(
  (["And", "Or", "OutOf"] as const).flatMap((gate) =>
    [gate, gate.toLowerCase(), gate.toUpperCase()].map((spelling) => [spelling, gate] as const),
  ),
);
const gateExamples = "AND(…), OR(…) or OutOf(n, …)";
const principalExample = "'<MSP id>.<role>' such as 'Org1MSP.peer'";
const subPolicyNames: ReadonlySet<string> = new Set(organisationPolicies);

/** Reads an ImplicitMeta policy (`MAJORITY Endorsement`) or a signature policy (`AND('Org1MSP.peer', …)`). Never throws. */
export function parsePolicy(text: string): ParsedPolicy {
  try {
    const scanner = new Scanner(text);
    const policy = readPolicy(scanner);
    scanner.skipSpace();
    if (!scanner.atEnd) scanner.refuse(scanner.shown(), "nothing after the policy");
    return { ok: true, policy };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: error.error };
    throw error;
  }
}

function readPolicy(scanner: Scanner): Policy {
  scanner.skipSpace();
  const start = scanner.position;
  const word = scanner.word();
  const rule = implicitMetaRules.find((known) => known === word);
  if (rule !== undefined) return readImplicitMeta(scanner, rule);
  scanner.position = start;
  if (scanner.peek === "'" || scanner.peek === '"') {
    scanner.refuse(scanner.shown(), `a gate around it: ${gateExamples}`);
  }
  if (!gates.has(word)) {
    scanner.refuse(
      word === "" ? scanner.shown() : word,
      `${implicitMetaRules.join(", ")} and the name of a policy, or ${gateExamples}`,
    );
  }
  return { type: "signature", rule: readGate(scanner, 0) };
}

function readImplicitMeta(scanner: Scanner, rule: ImplicitMetaPolicy["rule"]): ImplicitMetaPolicy {
  scanner.skipSpace();
  const start = scanner.position;
  const name = scanner.word();
  if (!isSubPolicy(name)) {
    scanner.position = start;
    scanner.refuse(
      name === "" ? scanner.shown() : name,
      `${rule} followed by one of ${organisationPolicies.join(", ")}`,
    );
  }
  return { type: "implicitMeta", rule, subPolicy: name };
}

function isSubPolicy(name: string): name is ImplicitMetaPolicy["subPolicy"] {
  return subPolicyNames.has(name);
}

function readGate(scanner: Scanner, depth: number): OutOf {
  if (depth > deepest) scanner.refuse("gates nested too deep", `at most ${deepest} gates inside each other`);
  const gate = gates.get(scanner.word());
  scanner.expect("(", "an opening parenthesis after the gate");
  const counted = gate === "OutOf" ? readCount(scanner) : undefined;
  const rules: SignatureRule[] = [readRule(scanner, depth)];
  while (scanner.accept(",")) rules.push(readRule(scanner, depth));
  scanner.expect(")", "a comma and another rule, or a closing parenthesis");
  const n = counted?.n ?? (gate === "Or" ? 1 : rules.length);
  if (counted !== undefined && n > rules.length) {
    scanner.position = counted.position;
    scanner.refuse(
      `OutOf(${n}, …) over ${rules.length} ${rules.length === 1 ? "rule" : "rules"}, which nobody can satisfy`,
      `a number from 1 to ${rules.length}`,
    );
  }
  return { type: "outOf", n, rules };
}

function readCount(scanner: Scanner): { n: number; position: number } {
  scanner.skipSpace();
  const position = scanner.position;
  const digits = scanner.match(/[0-9]+/y);
  const n = Number(digits);
  if (digits === "" || n < 1 || !Number.isSafeInteger(n)) {
    scanner.position = position;
    scanner.refuse(digits === "" ? scanner.shown() : digits, "how many of the rules are needed: a number from 1");
  }
  scanner.expect(",", "a comma and the rules");
  return { n, position };
}

function readRule(scanner: Scanner, depth: number): SignatureRule {
  scanner.skipSpace();
  const quote = scanner.peek;
  if (quote === "'" || quote === '"') return readPrincipal(scanner, quote);
  const start = scanner.position;
  const word = scanner.word();
  scanner.position = start;
  if (gates.has(word)) return readGate(scanner, depth + 1);
  if (/^[A-Za-z0-9.-]+\.[a-z]+$/.test(word)) scanner.refuse(`${word} without quotes`, `'${word}'`);
  return scanner.refuse(word === "" ? scanner.shown() : word, `${principalExample}, or ${gateExamples}`);
}

function readPrincipal(scanner: Scanner, quote: string): Principal {
  const start = scanner.position;
  scanner.position += 1;
  const body = scanner.match(/[^'"]*/y);
  if (scanner.peek !== quote) {
    scanner.position = start;
    scanner.refuse(`${quote}${body} without its closing quote`, principalExample);
  }
  scanner.position += 1;
  const dot = body.lastIndexOf(".");
  const mspId = body.slice(0, Math.max(0, dot));
  const role = policyRoles.find((known) => known === body.slice(dot + 1));
  if (dot < 1 || role === undefined || !/^[A-Za-z0-9.-]+$/.test(mspId)) {
    scanner.position = start;
    scanner.refuse(`${quote}${body}${quote}`, `${principalExample}, with one of the roles ${policyRoles.join(", ")}`);
  }
  return { type: "principal", mspId, role };
}

class Refusal extends Error {
  constructor(readonly error: PolicyError) {
    super(error.found);
  }
}

class Scanner {
  position = 0;

  constructor(private readonly text: string) {}

  get peek(): string {
    return this.text.charAt(this.position);
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** What stands here, for a message. */
  shown(): string {
    return this.atEnd ? "the end of the text" : this.peek;
  }

  skipSpace(): void {
    this.match(/\s*/y);
  }

  word(): string {
    return this.match(/[A-Za-z0-9._-]+/y);
  }

  /** Takes what a sticky expression matches here, or nothing. */
  match(expression: RegExp): string {
    expression.lastIndex = this.position;
    const taken = expression.exec(this.text)?.[0] ?? "";
    this.position += taken.length;
    return taken;
  }

  accept(character: string): boolean {
    this.skipSpace();
    if (this.peek !== character) return false;
    this.position += 1;
    return true;
  }

  expect(character: string, allowed: string): void {
    if (!this.accept(character)) this.refuse(this.shown(), allowed);
  }

  refuse(found: string, allowed: string): never {
    throw new Refusal({ position: this.position, found, allowed });
  }
}
