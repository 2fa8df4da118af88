/** What ZooKeeper allows in no path: control characters, surrogates, the private area and the specials. */
const refusedCharacters = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/;

/** On the wire a path is a string with a length of two bytes. */
const pathByteCountMax = 0x7fff;

const sequenceDigitCount = 10;

/** The nodes that a server is born with. They are never deleted. */
export const builtInPaths: readonly string[] = ["/zookeeper", "/zookeeper/config", "/zookeeper/quota"];

/** True for an absolute path without empty, "." or ".." steps, as ZooKeeper's own check has it. */
export function isZnodePath(path: string): boolean {
  if (path === "/") return true;
  if (!path.startsWith("/") || refusedCharacters.test(path) || Buffer.byteLength(path) > pathByteCountMax) return false;
  return path
    .slice(1)
    .split("/")
    .every((name) => name !== "" && name !== "." && name !== "..");
}

/** True for the root and for what a server is born with. */
export function isBuiltIn(path: string): boolean {
  return path === "/" || builtInPaths.includes(path);
}

/** The path one step up; "/" for the children of the root and for itself. */
export function parentPathOf(path: string): string {
  const position = path.lastIndexOf("/");
  return position <= 0 ? "/" : path.slice(0, position);
}

/** The last step. */
export function znodeNameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function childPathOf(parentPath: string, name: string): string {
  return parentPath === "/" ? `/${name}` : `${parentPath}/${name}`;
}

/** The name that a sequential node gets: ten digits behind what was asked for. */
export function sequencedPath(path: string, sequence: number): string {
  return path + String(sequence).padStart(sequenceDigitCount, "0");
}
