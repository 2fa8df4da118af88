/** Where the page may load its parts from, as addresses of the webview. */
export interface PageParts {
  /** What a content security policy calls the webview's own origin. */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
}

/** The empty page of a message view. It holds no data: script and style come from files, records by message. */
export function messagePage({ cspSource, scriptUri, styleUri }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src ${cspSource}`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${styleUri}">
<title>Messages</title>
</head>
<body><main id="messages"></main><script src="${scriptUri}"></script></body>
</html>`;
}
