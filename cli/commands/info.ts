/**
 * What is in capture files, as capinfos says it.
 *
 * @module
 */
import type { FrameBatch, InterfaceInfo } from "../../core/batch.ts";
import { CaptureFormatError } from "../../core/errors.ts";
import { LINKTYPES } from "../../output/_linktypes.ts";
import type { Args } from "../flags.ts";
import { breather, interruption, say, WarningPrinter, writeOut } from "../io.ts";
import { findInput } from "../../capture/file_source.ts";
import { openQuietly } from "../reading.ts";

/** Facts about one capture. */
interface CaptureFacts {
  file: string;
  format: string;
  compression: string | null;
  byteOrder: string;
  size: number | null;
  packets: number;
  capturedBytes: number;
  wireBytes: number;
  shortPackets: number;
  firstTime: string | null;
  lastTime: string | null;
  durationSeconds: number | null;
  strictTimeOrder: boolean;
  interfaces: readonly InterfaceInfo[];
  linkTypes: Record<string, number>;
  comments: number;
  otherBlocks: number;
  warnings: number;
}

/** Prints facts about each file. */
export async function infoCommand(args: Args): Promise<number> {
  using stop = interruption();
  let code = 0, told = 0;
  for (const operand of args.operands) {
    const { facts, fault } = await gather(args, findInput(operand), stop.signal);
    if (facts !== undefined) {
      await writeOut(args.has("json") ? json(facts) : (told++ > 0 ? "\n" : "") + describe(facts));
      if (facts.warnings > 0 && args.has("strict")) code = Math.max(code, 1);
    }
    // What is wrong with one file is said, and the others are looked at all the same.
    if (fault !== undefined) {
      say(`pcapkit: ${fault.message}`, "error");
      code = 2;
    }
  }
  return code;
}

/** What is known of a capture: nothing if it is none; what came before the damage if it is damaged. */
async function gather(args: Args, input: string, signal: AbortSignal): Promise<{
  readonly facts?: CaptureFacts;
  readonly fault?: CaptureFormatError;
}> {
  const warnings = new WarningPrinter();
  let fault: CaptureFormatError | undefined;
  const damaged = (error: unknown): undefined => {
    if (!(error instanceof CaptureFormatError)) throw error;
    fault = error;
  };
  await using capture = await openQuietly(args, input, signal, warnings).catch(damaged);
  if (capture === undefined) return { fault: fault! };
  const { header } = capture;
  const facts: CaptureFacts = {
    file: input,
    format: header.format + (header.precision === "nanoseconds" ? " (nanoseconds)" : ""),
    compression: header.compression ?? null,
    byteOrder: header.littleEndian ? "little-endian" : "big-endian",
    size: sizeOf(input),
    packets: 0,
    capturedBytes: 0,
    wireBytes: 0,
    shortPackets: 0,
    firstTime: null,
    lastTime: null,
    durationSeconds: null,
    strictTimeOrder: true,
    interfaces: [],
    linkTypes: {},
    comments: 0,
    otherBlocks: 0,
    warnings: 0,
  };
  // Earliest and latest time as seconds and nanoseconds; whole nanoseconds would not fit a double.
  const span = { s0: Infinity, n0: 0, s1: -Infinity, n1: 0, ps: -Infinity, pn: 0 };
  const links = new Map<number, number>();
  const breathe = breather();
  try {
    for await (const batch of capture) {
      count(batch, facts, span, links);
      const pause = breathe();
      if (pause) await pause;
    }
  } catch (error) {
    damaged(error);
  }
  warnings.end();
  facts.warnings = warnings.count;
  facts.linkTypes = Object.fromEntries(links);
  if (span.s0 !== Infinity) {
    facts.firstTime = time(span.s0, span.n0);
    facts.lastTime = time(span.s1, span.n1);
    facts.durationSeconds = (span.s1 - span.s0) + (span.n1 - span.n0) / 1e9;
  }
  return { facts, ...(fault === undefined ? {} : { fault }) };
}

function count(
  batch: FrameBatch,
  facts: CaptureFacts,
  span: { s0: number; n0: number; s1: number; n1: number; ps: number; pn: number },
  links: Map<number, number>,
): void {
  const { seconds, nanoseconds, capturedLengths, wireLengths, linkTypes, optionLengths } = batch;
  for (let i = 0; i < batch.count; i++) {
    const s = seconds[i], n = nanoseconds[i];
    if (!Number.isNaN(s)) {
      if (s < span.s0 || (s === span.s0 && n < span.n0)) {
        span.s0 = s;
        span.n0 = n;
      }
      if (s > span.s1 || (s === span.s1 && n > span.n1)) {
        span.s1 = s;
        span.n1 = n;
      }
      if (s < span.ps || (s === span.ps && n < span.pn)) facts.strictTimeOrder = false;
      span.ps = s;
      span.pn = n;
    }
    facts.capturedBytes += capturedLengths[i];
    facts.wireBytes += wireLengths[i];
    if (capturedLengths[i] < wireLengths[i]) facts.shortPackets++;
    links.set(linkTypes[i], (links.get(linkTypes[i]) ?? 0) + 1);
    if (optionLengths && optionLengths[i] > 0) facts.comments += commentsOf(batch, i);
  }
  facts.packets += batch.count;
  facts.otherBlocks += batch.blocks?.count ?? 0;
  facts.interfaces = batch.interfaces;
}

/** Number of comment options (code 1) of a frame. */
function commentsOf(batch: FrameBatch, index: number): number {
  const view = new DataView(batch.bytes.buffer, batch.bytes.byteOffset);
  let at = batch.optionStarts![index], found = 0;
  const end = at + batch.optionLengths![index];
  while (at + 4 <= end) {
    const code = view.getUint16(at, batch.littleEndian);
    const length = view.getUint16(at + 2, batch.littleEndian);
    if (code === 0) break;
    if (code === 1) found++;
    at += 4 + ((length + 3) & ~3);
  }
  return found;
}

function time(seconds: number, nanoseconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime())
    ? `${seconds}.${String(nanoseconds).padStart(9, "0")} s after 1970`
    : date.toISOString().slice(0, 19) + "." + String(nanoseconds).padStart(9, "0") + "Z";
}

function sizeOf(input: string): number | null {
  try {
    const { isFile, size } = Deno.statSync(input);
    return isFile ? size : null;
  } catch {
    return null;
  }
}

function json(facts: CaptureFacts): string {
  return JSON.stringify(facts, (_k, v) => typeof v === "bigint" ? String(v) : v) + "\n";
}

function describe(f: CaptureFacts): string {
  const seconds = f.durationSeconds;
  const rate = (n: number, unit: string): string =>
    seconds ? `${(n / seconds).toFixed(2)} ${unit}/s` : "-";
  const rows: [string, string][] = [
    ["File", f.file],
    ["Format", `${f.format}, ${f.byteOrder}${f.compression ? `, in ${f.compression}` : ""}`],
    ["Size", f.size === null ? "-" : `${f.size} bytes`],
    ["Packets", `${f.packets}${f.shortPackets ? ` (${f.shortPackets} cut by the capture)` : ""}`],
    ["Bytes", `${f.wireBytes} on the wire, ${f.capturedBytes} captured`],
    ["First packet", f.firstTime ?? "-"],
    ["Last packet", f.lastTime ?? "-"],
    ["Duration", seconds === null ? "-" : `${seconds.toFixed(6)} s`],
    ["Rate", `${rate(f.packets, "packets")}, ${rate(f.wireBytes, "bytes")}`],
    ["Average size", f.packets ? `${(f.wireBytes / f.packets).toFixed(2)} bytes` : "-"],
    ["Time order", f.strictTimeOrder ? "strict" : "not strict"],
    [
      "Link types",
      Object.entries(f.linkTypes).map(([k, n]) => `${linkName(k)}: ${n}`).join(", ") || "-",
    ],
    ["Comments", String(f.comments)],
    ["Other blocks", String(f.otherBlocks)],
  ];
  f.interfaces.forEach((it, i) =>
    rows.push([
      `Interface ${i}`,
      [
        it.name ?? "",
        `link type ${linkName(it.linkType)}`,
        it.snapLength ? `snap length ${it.snapLength}` : "",
        `resolution ${it.resolution}`,
        it.filter ? `filter ${it.filter}` : "",
        it.description ?? "",
        it.os ?? "",
        it.hardware ?? "",
      ].filter((t) => t !== "").join(", "),
    ])
  );
  const width = Math.max(...rows.map(([k]) => k.length)) + 2;
  return rows.map(([k, v]) => `${(k + ":").padEnd(width)}${clean(v)}\n`).join("");
}

/** `1 (ETHERNET)`. */
function linkName(linkType: number | string): string {
  const name = LINKTYPES[Number(linkType)];
  return name === undefined ? String(linkType) : `${linkType} (${name})`;
}

/** Names come from the file: control characters must not reach the terminal. */
function clean(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}
