const byteCountMax = 249;
const legalCharacters = /^[a-zA-Z0-9._-]+$/;

/** May a topic have this name? */
export function isLegalTopicName(name: string): boolean {
  return legalCharacters.test(name) && name.length <= byteCountMax && name !== "." && name !== "..";
}
