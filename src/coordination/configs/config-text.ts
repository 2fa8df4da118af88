/*
 * How Java reads and writes the values of configurations. Clients compare these texts, so `0.50` must come back as
 * `0.5` and `1` as `1.0`, as it does from Kafka.
 */

const int64Digits = 20;

/** Without blanks at the ends, where a blank is what Java's `trim` takes for one: every character up to U+0020. */
export function trimmed(text: string): string {
  let start = 0;
  let limitExclusive = text.length;
  while (start < limitExclusive && text.charCodeAt(start) <= 0x20) start++;
  while (limitExclusive > start && text.charCodeAt(limitExclusive - 1) <= 0x20) limitExclusive--;
  return text.slice(start, limitExclusive);
}

/** A whole decimal number of at most `bits` bits with sign; undefined for anything else. */
export function parseInteger(text: string, bits: 16 | 32 | 64): bigint | undefined {
  const match = /^([+-]?)0*([0-9]+)$/.exec(text);
  const digits = match?.[2];
  if (digits === undefined || digits.length > int64Digits) return undefined;
  const value = BigInt(`${match?.[1] === "-" ? "-" : ""}${digits}`);
  return value === BigInt.asIntN(bits, value) ? value : undefined;
}

/** A number as Java's `Double.parseDouble` takes it, but for hexadecimal ones; undefined for anything else. */
export function parseDouble(text: string): number | undefined {
  const match = /^([+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))[dDfF]?$/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** As Java's `Double.toString`: always with a fraction, with an exponent below 10^-3 and from 10^7. */
export function doubleText(value: number): string {
  const magnitude = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (magnitude === 0 || (magnitude >= 1e-3 && magnitude < 1e7)) return withFraction(String(value));
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  return `${withFraction(mantissa)}E${exponent.replace("+", "")}`;
}

function withFraction(digits: string): string {
  return digits.includes(".") ? digits : `${digits}.0`;
}
