/** 12345 as "12,345". */
export function withThousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function counted(count: number, noun: string): string {
  return `${withThousands(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Time of day for today's records, the date too for others: a table is read downwards, so short is better. */
export function shortTime(timestampMs: number, nowMs: number): string {
  if (timestampMs < 0) return "none";
  const date = new Date(timestampMs);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (date.toDateString() === new Date(nowMs).toDateString()) return `${clock}.${three(date.getMilliseconds())}`;
  return `${day(date)} ${clock.slice(0, 5)}`;
}

/** To the millisecond, with the distance from UTC. */
export function fullTime(timestampMs: number): string {
  if (timestampMs < 0) return "no timestamp";
  const date = new Date(timestampMs);
  const minutes = -date.getTimezoneOffset();
  const zone = `${minutes < 0 ? "-" : "+"}${two(Math.trunc(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day(date)} ${clock}.${three(date.getMilliseconds())} ${zone}`;
}

/** Which of five hues a key has: the same key the same hue, as on the Deck's tapes. */
export function hueOf(key: string): number {
  let hash = 0;
  for (let index = 0; index < key.length; index += 1) hash = (hash * 31 + key.charCodeAt(index)) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) % 5;
}

function day(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function three(value: number): string {
  return String(value).padStart(3, "0");
}
