/**
 * What threads say to each other: plain data and buffers, nothing else.
 *
 * @module
 */
import type { InterfaceInfo } from "../core/batch.ts";
import type { FileIdentity, Job } from "../core/engine.ts";
import type { BufferNews } from "./_board.ts";

/** What a thread does of a job: all of it, or the half before or behind the other thread's. */
export type Role = "both" | "dissect" | "encode";

/** A file that threads read by themselves. */
export interface SharedReading {
  /** Where it stands. */
  readonly path: string;
  /** What tells it from another. */
  readonly identity: FileIdentity;
  /** How far it is read. */
  readonly memory: SharedArrayBuffer;
}

/** To a thread. Batches are not sent: they stand on the board. */
export type Order =
  | {
    readonly kind: "start";
    readonly job: Job;
    readonly role: Role;
    /** The board's memory. */
    readonly board: SharedArrayBuffer;
    /** Which of the run's threads this is, counted from 0. */
    readonly thread: number;
    /** The file, and how far it is read, if the threads do that by themselves. */
    readonly shared: SharedReading | undefined;
  }
  /** The interfaces met so far: batches refer to the first of them, by number. */
  | { readonly kind: "interfaces"; readonly interfaces: readonly InterfaceInfo[] }
  | BufferNews
  | { readonly kind: "stop" };

/** From a thread. */
export type Answer =
  | {
    readonly kind: "ready";
    /** Bytes before the first and after the last packet, if it encodes. */
    readonly head?: Uint8Array;
    /** See `head`. */
    readonly tail?: Uint8Array;
    /** Whether its engine numbers fields by itself, so that nobody else can encode what it finds. */
    readonly own: boolean;
  }
  | BufferNews
  | { readonly kind: "failed"; readonly error: PackedError }
  | { readonly kind: "stopped" };

/** An error on its way. */
export interface PackedError {
  /** Its class. */
  readonly name: string;
  /** What it says. */
  readonly message: string;
  /** Where it came from. */
  readonly stack?: string;
  /** Further properties that are plain data. */
  readonly more: Readonly<Record<string, unknown>>;
}

/** Packs an error (or whatever was thrown). */
export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), more: {} };
  const more: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(error)) {
    if (["string", "number", "boolean"].includes(typeof value)) more[key] = value;
  }
  const { name, message, stack } = error;
  return { name, message, ...(stack === undefined ? {} : { stack }), more };
}

const CLASSES: Readonly<Record<string, new (message: string) => Error>> = {
  RangeError,
  TypeError,
  SyntaxError,
};

/** The error again: of its class if that is the language's own, else an `Error` of the same name. */
export function unpackError({ name, message, stack, more }: PackedError): Error {
  const error = new (CLASSES[name] ?? Error)(message);
  Object.assign(error, more);
  if (error.name !== name) {
    Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
  }
  if (stack !== undefined) {
    Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true });
  }
  return error;
}
