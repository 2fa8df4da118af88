/** Bytes from a peer are not the message that they claim to be. The connection they came on can't be used any more. */
export class MalformedMessageError extends Error {
  override readonly name = "MalformedMessageError";
}

/**
 * A message holds something that the version it is to be written in has no room for: a field that must not be dropped,
 * a null, a string of more than 32,767 bytes.
 */
export class UnsupportedFieldError extends Error {
  override readonly name = "UnsupportedFieldError";
}
