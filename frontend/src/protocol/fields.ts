/** Tells what a value from outside is, before anybody believes it. */

export type Fields = Readonly<Record<string, unknown>>;

/** Read an object from JSON; undefined for anything else. */
export function readObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Decode UTF-8 strictly; undefined for bytes that are something else. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Tell whether it is a number from 0 to 1. */
export function isFraction(value: unknown): value is number {
  return isNumber(value) && value >= 0 && value <= 1;
}

/** Tell whether it is a list with nothing else in it. */
export function isListOf<T>(
  value: unknown,
  is: (item: unknown) => item is T,
): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

export function isOneOf<const T extends string>(value: unknown, known: readonly T[]): value is T {
  return known.some((one) => one === value);
}
