/**
 * `text` with the line breaks and indents of pretty-printed JSON, or undefined where it is no JSON object or array.
 * Everything between the white space stays as it was sent: `JSON.stringify(JSON.parse(text))` would round large
 * numbers and drop repeated names, and a tool that shows what is in a log must not.
 */
export function indentJson(text: string): string | undefined {
  if (!isJson(text)) return undefined;
  const pieces: string[] = [];
  let depth = 0;
  const newLine = (): string => `\n${"  ".repeat(depth)}`;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  tokens.forEach((token, index) => {
    const isOpening = token === "{" || token === "[";
    const isClosing = token === "}" || token === "]";
    const follows = tokens[index - 1];
    const isFirst = follows === "{" || follows === "[";
    if (isClosing) depth -= 1;
    if (isClosing ? !isFirst : isFirst || follows === ",") pieces.push(newLine());
    pieces.push(token === ":" ? ": " : token);
    if (isOpening) depth += 1;
  });
  return pieces.join("");
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
