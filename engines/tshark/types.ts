/**
 * What tshark knows of its fields: type, base and name, from `tshark -G fields`. The table is a quarter of a million
 * lines, of which a run needs some hundred: they are found by a hash of their place, and read when they are needed.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import { missing, NO_PROFILE } from "./process.ts";

const TAB = 9, NEWLINE = 10;
const DECODER = new TextDecoder();

/** What is known of a field. */
export interface FieldType {
  /** Name shown to people. */
  readonly name: string;
  /** Type, for example `FT_UINT16`; `FT_PROTOCOL` for a protocol. */
  readonly type: string;
  /** How numbers are shown, for example `BASE_HEX`; empty for none. */
  readonly base: string;
}

/** The table. */
export class FieldTypes {
  readonly #bytes: Uint8Array;
  readonly #places: Int32Array;
  readonly #mask: number;

  /** Reads what `tshark -G fields` printed. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    let lines = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
    let size = 1024;
    while (size < lines * 2) size *= 2;
    this.#places = new Int32Array(size).fill(-1);
    this.#mask = size - 1;
    for (let line = 0; line < bytes.length;) {
      const name = bytes.indexOf(TAB, line + 2) + 1;
      if (name === 0) break;
      let hash = 0x811c9dc5, at = name;
      for (; at < bytes.length && bytes[at] > NEWLINE; at++) {
        hash = Math.imul(hash ^ bytes[at], 0x01000193);
      }
      let slot = (hash ^ (hash >>> 15)) & this.#mask;
      while (this.#places[slot] >= 0) slot = (slot + 1) & this.#mask;
      this.#places[slot] = line;
      const end = bytes.indexOf(NEWLINE, at);
      if (end < 0) break;
      line = end + 1;
    }
  }

  /** What is known of the field (or protocol) of this abbreviation; `undefined` if there is none. */
  get(abbrev: string): FieldType | undefined {
    const bytes = this.#bytes, n = abbrev.length;
    let hash = 0x811c9dc5;
    for (let i = 0; i < n; i++) hash = Math.imul(hash ^ abbrev.charCodeAt(i), 0x01000193);
    for (let slot = (hash ^ (hash >>> 15)) & this.#mask;; slot = (slot + 1) & this.#mask) {
      const line = this.#places[slot];
      if (line < 0) return undefined;
      const name = bytes.indexOf(TAB, line + 2) + 1;
      let i = 0;
      while (i < n && bytes[name + i] === abbrev.charCodeAt(i)) i++;
      if (i < n || bytes[name + n] > NEWLINE) continue;
      const end = bytes.indexOf(NEWLINE, line);
      const columns = DECODER.decode(bytes.subarray(line, end < 0 ? bytes.length : end)).split(
        "\t",
      );
      return columns[0] === "P"
        ? { name: columns[1], type: "FT_PROTOCOL", base: "" }
        : { name: columns[1], type: columns[3] ?? "", base: columns[5] ?? "" };
    }
  }
}

const TABLES = new Map<string, Promise<FieldTypes>>();

/** The table of a tshark; asked for once in a process. */
export function fieldTypes(program: string, engine: string): Promise<FieldTypes> {
  let table = TABLES.get(program);
  if (!table) {
    table = load(program, engine);
    TABLES.set(program, table);
    // What failed may be tried again.
    table.catch(() => TABLES.delete(program));
  }
  return table;
}

async function load(program: string, engine: string): Promise<FieldTypes> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, {
      args: ["-G", "fields"],
      env: { LC_ALL: "C.UTF-8", WIRESHARK_CONFIG_DIR: NO_PROFILE },
      stdin: "null",
      stderr: "piped",
    }).output();
  } catch (error) {
    throw new EngineError(engine, missing(program), {}, { cause: error });
  }
  if (!output.success) {
    const stderr = DECODER.decode(output.stderr).slice(-4096);
    throw new EngineError(
      engine,
      `tshark -G fields ended with exit code ${output.code}: ${stderr}`,
      {
        exitCode: output.code,
        stderr,
      },
    );
  }
  return new FieldTypes(output.stdout);
}
