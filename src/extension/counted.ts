/** "1 partition", "3 partitions": a number with its noun. */
export function counted(count: number, noun: string): string {
  return `${withThousands(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** 12345 as "12,345", the same in every locale, as the rest of the English text is. */
export function withThousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A number of bytes as a person says it. */
export function byteText(byteCount: number): string {
  if (byteCount < 1024) return counted(byteCount, "byte");
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let size = byteCount / 1024;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size < 10 ? size.toFixed(1) : size.toFixed(0)} ${units[unit] ?? ""}`;
}
