/**
 * What can be wrong with a capture file, and how it is said. A bad packet is data and never comes here.
 *
 * @module
 */

/** Codes of errors: reading cannot go on. */
export type ErrorCode =
  | "E_EMPTY"
  | "E_IO"
  | "E_UNKNOWN_FORMAT"
  | "E_UNSUPPORTED_FORMAT"
  | "E_UNSUPPORTED_VERSION"
  | "E_UNSUPPORTED_COMPRESSION"
  | "E_DECOMPRESS"
  | "E_TRUNCATED_HEADER"
  | "E_TRUNCATED_RECORD"
  | "E_TRUNCATED_BLOCK"
  | "E_BAD_RECORD_LENGTH"
  | "E_BAD_BLOCK_LENGTH"
  | "E_BLOCK_TRAILER"
  | "E_BAD_SECTION"
  | "E_BAD_INTERFACE"
  | "E_BAD_OPTION";

/** Codes of warnings: something is odd, and every packet was delivered all the same. */
export type WarningCode =
  | "W_CAPLEN_GT_SNAPLEN"
  | "W_CAPLEN_GT_LEN"
  | "W_LEN_IMPLAUSIBLE"
  | "W_BAD_SUBSECOND"
  | "W_UNKNOWN_LINKTYPE"
  | "W_BAD_INTERFACE"
  | "W_BAD_OPTION"
  | "W_TSRESOL"
  | "W_TRAILING_DATA";

/** A capture file that cannot be read (further). Every packet before `offset` was delivered. */
export class CaptureFormatError extends SyntaxError {
  /** Name of the class, for messages across threads. */
  override readonly name: string = "CaptureFormatError";
  /** What kind of fault. */
  readonly code: ErrorCode;
  /** Byte offset of the fault in the (decompressed) capture; `undefined` where there is none, as for a missing file. */
  readonly offset: number | undefined;
  /** The file or source, as the caller named it. */
  readonly source: string;
  /** The reason alone, without file and offset. */
  readonly reason: string;

  /** Says which file, where, and why. */
  constructor(
    code: ErrorCode,
    source: string,
    offset: number | undefined,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `Cannot read "${source}"${
        offset === undefined ? "" : ` at byte ${offset}`
      }: ${reason} (${code})`,
      options,
    );
    this.code = code;
    this.source = source;
    this.offset = offset;
    this.reason = reason;
  }
}

/** Something odd in a capture file that did not keep packets from being delivered. */
export interface CaptureWarning {
  /** What kind of oddity. */
  readonly code: WarningCode;
  /** Byte offset in the (decompressed) capture. */
  readonly offset: number;
  /** The oddity in words. */
  readonly reason: string;
}

/** What is known of a program that an engine ran. */
export interface EngineFailure {
  /** Exit code; `undefined` if it was never started, was ended by a signal, or still ran. */
  readonly exitCode?: number | undefined;
  /** The signal that ended it, for example `SIGKILL`. */
  readonly signal?: string | undefined;
  /** The end of what it wrote to standard error. */
  readonly stderr?: string;
}

/** An engine could not start, or could not go on. Every packet before it was delivered. */
export class EngineError extends Error {
  /** Name of the class, for messages across threads. */
  override readonly name: string = "EngineError";
  /** The engine. */
  readonly engine: string;
  /** Exit code of the program behind it; see {@link EngineFailure.exitCode}. */
  readonly exitCode: number | undefined;
  /** The signal that ended the program; see {@link EngineFailure.signal}. */
  readonly signal: string | undefined;
  /** The end of what the program wrote to standard error. */
  readonly stderr: string;

  /** Says which engine, and why. */
  constructor(
    engine: string,
    reason: string,
    { exitCode, signal, stderr = "" }: EngineFailure = {},
    options?: ErrorOptions,
  ) {
    super(`Engine "${engine}" failed: ${reason}`, options);
    this.engine = engine;
    this.exitCode = exitCode;
    this.signal = signal;
    this.stderr = stderr;
  }
}
