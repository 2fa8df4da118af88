/**
 * Everything that makes two runs differ. The engine receives one of these and reaches outside in no other way, so the
 * same code runs live (`node/`), in the Deck and in the simulator (`simulated/`).
 *
 * Everything here is synchronous or calls back: the engine has no promises, so that one event of a simulation is one
 * call on the stack and nothing is left over for a microtask queue that no one can step.
 */
export interface Runtime {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly network: Network;
  readonly files: Files;
  readonly compression: NativeCompression;
  readonly log: LogSink;
}

export interface Clock {
  /** Wall time in whole ms since 1970; may go backwards. For record timestamps only, never for durations. */
  wallMs(): number;
  /** Monotonic time in ms; its origin has no meaning. For timeouts and latencies. */
  monotonicMs(): number;
}

export interface Timers {
  /** Run `callback` once, no sooner than `delayMs` from now. The label names the timer in a trace. */
  schedule(label: string, delayMs: number, callback: () => void): Disposable;
}

export interface Random {
  /** Uniform whole number in `[0, limitExclusive)`. */
  below(limitExclusive: number): number;
  /** Fresh random bytes; the caller owns them. */
  bytes(byteCount: number): Uint8Array;
}

/** One sentence for the log of the host. Never holds keys, values or headers of records. */
export interface LogSink {
  write(level: "info" | "warn" | "error", sentence: string): void;
}

// --- Network: ordered byte streams, as TCP.

export interface Network {
  /**
   * Listen on `host:port`; port 0 picks a free one. Exactly one of `onListening` and `onFailed` is called, never
   * before this returns. Disposing the listener frees the port and leaves accepted connections alone.
   */
  listen(address: Address, handler: ListenerHandler): Disposable;
  /** Connect to `host:port`. `onOpen` or `onClose` follows, never before this returns. */
  connect(address: Address, handler: ConnectionHandler): Connection;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ListenerHandler {
  onListening(address: Address): void;
  /** `code` as the operating system names it, such as EADDRINUSE. */
  onFailed(code: string): void;
  /** Called for every accepted connection; returns who handles its bytes. */
  onConnection(connection: Connection): ConnectionHandler;
}

export interface ConnectionHandler {
  /** The connection that this side asked for is open. Not called for accepted connections. */
  onOpen?(): void;
  /** Bytes as they arrived, cut anywhere. The receiver owns `chunk`: nothing else writes to it any more. */
  onData(chunk: Buffer): void;
  /** What was sent has left this process to below the high-water mark; follows a `send` that returned false. */
  onDrain?(): void;
  /** The connection is gone, for whatever reason (`code` when it was an error). The last call of all. */
  onClose(code?: string): void;
}

export interface Connection {
  /** Who is at the other end, for log lines. */
  readonly remote: Address;
  /**
   * Queue `chunks` to be sent in order, without copying: the sender must not change them before `onSent`. False when
   * more than the high-water mark is now waiting; the sender then holds back until `onDrain`.
   *
   * `onSent`, never called before this returns, says that nobody looks at `chunks` any more. Where that can't be known
   * (the connection was cut, or the receiver was handed the very same bytes) it is not called at all.
   */
  send(chunks: readonly Buffer[], onSent?: () => void): boolean;
  /** Stop and go on calling `onData`; bytes wait on the wire meanwhile (TCP back-pressure). */
  pause(): void;
  resume(): void;
  /** Close after what is queued was sent. Idempotent. `onClose` still follows. */
  close(): void;
}

// --- Files: synchronous, so that an append is done within the broker's turn.

/** A file or disk operation failed: the world is wrong, not the program. `code` as the operating system names it. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly code: string;
  readonly path: string;

  constructor(code: string, path: string, operation: string) {
    super(`${operation} ${path}: ${code}`);
    this.code = code;
    this.path = path;
  }
}

/**
 * A tree of files. Paths are `/`-separated and relative to the root that the host chose (a data directory, or memory).
 * Every method throws `FileError` where the disk refuses.
 */
export interface Files {
  /** Open for reading and writing; creates an empty file where there is none and `create` is true (else ENOENT). */
  open(path: string, options: { readonly create: boolean }): File;
  exists(path: string): boolean;
  /** Names (not paths) in `directory`, sorted by code unit; empty where there is no such directory. */
  list(directory: string): readonly DirectoryEntry[];
  /** Create `directory` and its parents; no error where it exists. */
  makeDirectory(directory: string): void;
  /** Replaces `to` where it exists, atomically. Works on directories too, where `to` does not exist. */
  rename(from: string, to: string): void;
  /** Remove a file, or a directory with all that is in it; no error where there is none. */
  remove(path: string): void;
  /** Whole content of a small file. */
  readAll(path: string): Buffer;
  /** Write `content` to `<path>.tmp`, sync it and rename it over `path` (KAFKA.md C.2). */
  writeAtomically(path: string, content: Buffer): void;
  /** Bytes free and in all on the disk below; undefined where that has no meaning (memory). */
  space(): { readonly freeBytes: number; readonly totalBytes: number } | undefined;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly isDirectory: boolean;
}

export interface File extends Disposable {
  /** Current size in bytes. Tracked, costs nothing. */
  readonly byteCount: number;
  /** Last modification, wall ms. */
  readonly modifiedMs: number;
  /** Write `chunks` one after another at the end. On failure nothing of it counts: the size is as before. */
  append(chunks: readonly Buffer[]): void;
  /** Overwrite at `position`; may extend the file. */
  write(position: number, bytes: Buffer): void;
  /** Fill `target` from `position`; answers how many bytes there were (fewer only at the end). */
  read(position: number, target: Buffer): number;
  truncate(byteCount: number): void;
  /** Force to the disk (fsync). */
  sync(): void;
  /** Close; using it afterwards is a programming error. */
  [Symbol.dispose](): void;
}

// --- Codecs that the host has natively (`node:zlib`); the engine imports no Node built-in.

/** Each throws where the bytes are not what they claim. `byteCountMax` bounds what a small input may inflate to. */
export interface NativeCompression {
  gzip(bytes: Buffer, level: number): Buffer;
  gunzip(bytes: Buffer, byteCountMax: number): Buffer;
  zstdCompress(bytes: Buffer, level: number): Buffer;
  zstdDecompress(bytes: Buffer, byteCountMax: number): Buffer;
}
