/** Values of options, checked here: in the pod somebody would have to wait for the complaint. */
import { InvalidArgumentError } from "commander";

/** @throws InvalidArgumentError unless it is a number above 0 */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("it is a number above 0.");
  return value;
}

/** @throws InvalidArgumentError unless it is a whole number from 0 */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("it is a whole number from 0.");
  return Number(text);
}

/** @throws InvalidArgumentError unless it is a whole number from 1 */
export function countingNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("it is a whole number from 1.");
  return Number(text);
}

/** For an option that may be repeated. Not `<name...>`: that would take the arguments that follow as well. */
export const oneMore = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** For a repeated option that is written `<key>=<value>`. */
export function oneMorePair(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("it is written <key>=<value>.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
