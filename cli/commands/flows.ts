/**
 * Flows: packets and bytes by addresses, protocol and ports. With the `dpkt` engine neither the kit nor any protocol is
 * loaded: counting the flows of a small file takes as long as starting.
 *
 * @module
 */
import { findInput } from "../../capture/file_source.ts";
import { type Capture, openCapture, type OpenCaptureOptions } from "../../capture/open.ts";
import { firstFrames, type FrameBatch } from "../../core/batch.ts";
import type { TextWriter } from "../../core/text_writer.ts";
import { hasPorts, NAMES } from "../../engines/dpkt/columns.ts";
import {
  type Conversations,
  conversations,
  directions,
  type SORT_KEYS,
  sorted,
  total,
} from "../../engines/dpkt/conversations.ts";
import { flowCounter } from "../../engines/dpkt/counter.ts";
import {
  BYTES,
  DST,
  ENTRY_WORDS,
  FIRST,
  type Flows,
  FlowTable,
  KIND,
  PACKETS,
  PORTS,
  SRC,
} from "../../engines/dpkt/flow_table.ts";
import { damageError } from "../../capture/capture_index.ts";
import { FLOWS_SPREAD_BYTES } from "../../core/limits.ts";
import type { CountedFlows } from "../../workers/count_flows.ts";
import { type Args, UsageError } from "../flags.ts";
import {
  breather,
  interruption,
  progress,
  say,
  sinkFor,
  sizeOf,
  WarningPrinter,
  writeOut,
} from "../io.ts";
import { filtered, selectionOf } from "../reading.ts";

/** Bytes read at a time: what the second-level cache holds together with the table's busy part. */
const BUFFER_BYTES = 512 * 1024;
/** Bytes of text written at a time. */
const TEXT_BYTES = 256 * 1024;

/** Something that counts: a table, and what fills it. */
interface Counting extends AsyncDisposable {
  readonly flows: Flows;
  add(frames: FrameBatch): void | Promise<void>;
  readonly options: Pick<OpenCaptureOptions, "framers" | "allocate">;
}

/** Counts and prints. */
export async function flowsCommand(args: Args): Promise<number> {
  const input = findInput(args.operands[0]);
  if (args.has("total")) args.refuse(["sort", "top"], "is for flows, and --total shows none");
  if (args.one("strategy") === "inline") args.refuse(["workers"], "is not for strategy inline");
  const select = selectionOf(args), bpf = args.one("bpf");
  using stop = interruption();
  const warnings = new WarningPrinter();
  const bar = progress(select === undefined ? sizeOf(input) : 0, !args.has("no-progress"));
  const most = args.number("count") ?? Infinity, follow = args.has("follow");
  const framer = args.one("framer");
  let failure: unknown;
  let flows: Flows;
  let spread: CountedFlows | undefined;
  try {
    spread = await spreadOver(args, input, stop.signal);
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) return 130;
    throw error;
  }
  if (spread) {
    flows = spread.flows;
    const { damage, name, warnings: odd, warningCount } = spread.index;
    for (const w of odd) warnings.add(`"${name}" at byte ${w.offset}: ${w.reason} (${w.code})`);
    warnings.count += warningCount - odd.length;
    warnings.end();
    if (damage !== undefined) failure = damageError(name, damage);
  } else {
    await using counting = await start(args);
    flows = counting.flows;
    const opened = await openCapture(input, {
      reuse: "next",
      batchBytes: BUFFER_BYTES,
      signal: stop.signal,
      ...counting.options,
      ...(framer === undefined ? {} : { framer }),
      ...(follow ? { follow } : {}),
      ...(select === undefined ? {} : { select }),
      onWarning: (w) => warnings.add(`"${input}" at byte ${w.offset}: ${w.reason} (${w.code})`),
    });
    await using capture = bpf === undefined ? opened : await filtered(opened, bpf);
    try {
      await count(capture, counting, most, bar);
    } catch (error) {
      // What came before is counted all the same, and said before the error is.
      failure = error;
    } finally {
      bar.stop();
      warnings.end();
    }
  }
  const both = args.has("bidirectional") ? conversations(flows) : undefined;
  const found = both?.count ?? flows.count;
  if (args.has("total")) {
    const counted = flows.packets - flows.otherPackets - flows.unkeptPackets;
    const bytes = countedBytes(flows);
    await writeOut(
      args.has("json")
        ? `{"flows":${found},"packets":${counted},"bytes":${bytes}}\n`
        : `${found} ${counted} ${bytes}\n`,
    );
  } else await print(args, flows, both ?? directions(flows));
  tell(flows, both ? `${found} conversations` : `${found} flows`);
  const interrupted = stop.signal.aborted && failure === stop.signal.reason;
  if (failure !== undefined && !interrupted) throw failure;
  if (interrupted && !follow) return 130;
  return args.has("strict") && (warnings.count > 0 || flows.unkeptPackets > 0) ? 1 : 0;
}

/** The flows, counted on several threads, if that is asked for or worth it; `undefined` if not. */
async function spreadOver(
  args: Args,
  input: string,
  signal: AbortSignal,
): Promise<CountedFlows | undefined> {
  const strategy = args.one("strategy") ?? "auto", workers = args.number("workers");
  const whole = ["range", "since", "until", "framer", "bpf", "count"].every((f) =>
    args.one(f) === undefined
  );
  const can = whole && !args.has("follow") && (args.one("engine") ?? "dpkt") === "dpkt" &&
    args.all("plugin").length === 0 && sizeOf(input) > 0;
  if (strategy === "server" && !can) {
    throw new UsageError("--strategy server counts whole plain files, with the engine dpkt alone");
  }
  if (strategy === "inline" || !can) return undefined;
  if (strategy === "auto" && sizeOf(input) < FLOWS_SPREAD_BYTES) return undefined;
  const { countFlows } = await import("../../workers/count_flows.ts");
  const { notThreaded } = await import("../../workers/_thread.ts");
  if (strategy === "auto" && notThreaded() !== undefined) return undefined;
  const counted = await countFlows(input, {
    signal,
    ...(workers === undefined ? {} : { workers }),
  });
  if (!counted && strategy === "server") {
    throw new UsageError("--strategy server cannot begin in the middle of a compressed file");
  }
  return counted;
}

/** What counts, by the engine asked for. */
async function start(args: Args): Promise<Counting> {
  const name = args.one("engine") ?? "dpkt";
  if (name === "dpkt" && args.all("plugin").length === 0) {
    args.refuse(["engine-option"], "is for other engines than dpkt, which has none");
    const counter = await flowCounter();
    return {
      flows: counter,
      add: (frames) => counter.add(frames),
      options: counter.allocate ? { allocate: counter.allocate } : {},
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const [{ engineOptionsOf, kitOf }, { prepare }, { columnsOfRows }, { makeColumns }] =
    await Promise.all([
      import("../run.ts"),
      import("../../workers/job.ts"),
      import("../../engines/dpkt/columns_of_rows.ts"),
      import("../../engines/dpkt/columns.ts"),
    ]);
  const kit = await kitOf(args);
  const work = await prepare(
    { engine: { name, options: engineOptionsOf(args) }, reuse: true },
    kit,
  );
  const table = new FlowTable(), fill = columnsOfRows(work.catalogue);
  let columns = makeColumns(0);
  return {
    flows: table,
    async add(frames) {
      const packets = await work.dissect(frames);
      // Of a display filter's, fewer than were given.
      const found = packets.frames;
      if (columns.capacity < found.count) columns = makeColumns(found.count);
      fill(packets, columns);
      table.addColumns(found, columns);
    },
    options: { framers: [...kit.framers.values()] },
    [Symbol.asyncDispose]: () => work[Symbol.asyncDispose](),
  };
}

async function count(
  capture: Capture,
  counting: Counting,
  most: number,
  bar: ReturnType<typeof progress>,
): Promise<void> {
  const { flows } = counting;
  const breathe = breather();
  let bytes = 0;
  while (flows.packets < most) {
    const next = capture.next();
    const batch = next instanceof Promise ? await next : next;
    if (batch === undefined) return;
    const added = counting.add(firstFrames(batch, most - flows.packets));
    if (added) await added;
    bytes += batch.bytes.length;
    bar.update(flows.packets, bytes);
    const pause = breathe();
    if (pause) await pause;
  }
}

/** Bytes of all flows. */
function countedBytes({ count, floats }: Flows): number {
  let bytes = 0;
  for (let i = 0; i < count; i++) bytes += floats[i * (ENTRY_WORDS / 2) + BYTES];
  return bytes;
}

/** Says on standard error how much was counted, and what was not. */
function tell(flows: Flows, found: string): void {
  const { packets, otherPackets, unkeptPackets } = flows;
  say(
    `${found} of ${packets - otherPackets - unkeptPackets} packets` +
      (otherPackets > 0 ? `; no IP header found in ${otherPackets} packets` : ""),
  );
  if (unkeptPackets > 0) {
    say(
      `pcapkit: ${unkeptPackets} packets were of further flows: no more than ${flows.count} are kept`,
      "warning",
    );
  }
}

async function print(args: Args, flows: Flows, found: Conversations): Promise<void> {
  const key = (args.one("sort") ?? "first") as typeof SORT_KEYS[number];
  const order = sorted(flows, found, key).subarray(0, args.number("top") ?? found.count);
  const { TextWriter } = await import("../../core/text_writer.ts");
  const sink = sinkFor(args.one("output"));
  try {
    const out = new TextWriter(TEXT_BYTES + 1024);
    const line = args.has("json")
      ? jsonLine(out, flows, found, args.has("bidirectional"))
      : textLine(out, flows, found, args.has("bidirectional"));
    for (let i = 0; i < order.length; i++) {
      line(order[i]);
      if (out.at < TEXT_BYTES) continue;
      const wait = sink.write(out.written());
      if (wait) await wait;
      out.clear();
    }
    await sink.write(out.written());
  } finally {
    await sink.close();
  }
}

/** Writes conversations as lines of a table, its heading first. */
function textLine(
  out: TextWriter,
  flows: Flows,
  found: Conversations,
  both: boolean,
): (conversation: number) => void {
  const { words, floats } = flows;
  const octets = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  let six = false;
  for (let i = 0; i < flows.count && !six; i++) six = (words[i * ENTRY_WORDS + KIND] & 0xff) === 6;
  // The longest address and port: "[xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:xxxx]:65535" or "255.255.255.255:65535".
  const wide = six ? 47 : 21;
  const pad = (from: number, width: number): void => {
    out.ensure(width);
    while (out.at - from < width) out.byte(32);
  };
  const right = (value: number, width: number): void => {
    let digits = 1;
    for (let v = value; v >= 10; v = Math.floor(v / 10)) digits++;
    pad(out.at, Math.max(1, width - digits));
    out.number(value);
  };
  const columns = both
    ? ["packets", "bytes", "packets \u2192", "bytes \u2192", "packets \u2190", "bytes \u2190"]
    : [
      "packets",
      "bytes",
    ];
  out.utf8(
    "proto  " + "source".padEnd(wide + 2) + "destination".padEnd(wide) +
      columns.map((c, i) => c.padStart(i % 2 ? 16 : 11)).join("") + "\n",
  );
  const half = ENTRY_WORDS / 2;
  return (conversation) => {
    const flow = found.forward[conversation], back = found.backward[conversation];
    const w = flow * ENTRY_WORDS, kind = words[w + KIND];
    let from = out.at;
    out.ascii(NAMES[kind >>> 8] ?? String(kind >>> 8));
    pad(from, 7);
    for (let side = 0; side < 2; side++) {
      from = out.at;
      endpoint(out, octets, w, kind, side);
      pad(from, side === 0 ? wide + 2 : wide);
    }
    right(total(floats, found, conversation, PACKETS), 11);
    right(total(floats, found, conversation, BYTES), 16);
    if (both) {
      right(floats[flow * half + PACKETS], 11);
      right(floats[flow * half + BYTES], 16);
      right(back < 0 ? 0 : floats[back * half + PACKETS], 11);
      right(back < 0 ? 0 : floats[back * half + BYTES], 16);
    }
    out.ascii("\n");
  };
}

/** An address and, where the protocol has them, a port. */
function endpoint(
  out: TextWriter,
  octets: Uint8Array,
  w: number,
  kind: number,
  side: number,
): void {
  const ports = hasPorts(kind >>> 8), six = (kind & 0xff) === 6;
  out.ensure(64);
  if (six && ports) out.byte(91);
  address(out, octets, w, kind, side);
  if (six && ports) out.byte(93);
  if (ports) {
    out.byte(58);
    out.uint(port(octets, w, side));
  }
}

function address(out: TextWriter, octets: Uint8Array, w: number, kind: number, side: number): void {
  const at = (w + (side === 0 ? SRC : DST)) * 4;
  if ((kind & 0xff) === 6) out.ipv6(octets, at);
  else out.ipv4(octets, at);
}

function port(octets: Uint8Array, w: number, side: number): number {
  const at = (w + PORTS) * 4 + 2 * side;
  return (octets[at] << 8) | octets[at + 1];
}

/** Writes conversations as JSON, one a line. */
function jsonLine(
  out: TextWriter,
  flows: Flows,
  found: Conversations,
  both: boolean,
): (conversation: number) => void {
  const { words, floats } = flows;
  const octets = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const half = ENTRY_WORDS / 2;
  const counts = (packets: number, bytes: number): void => {
    out.ascii('"packets":');
    out.number(packets);
    out.ascii(',"bytes":');
    out.number(bytes);
  };
  return (conversation) => {
    const flow = found.forward[conversation], back = found.backward[conversation];
    const w = flow * ENTRY_WORDS, kind = words[w + KIND], protocol = kind >>> 8;
    out.ascii(`{"protocol":"${NAMES[protocol] ?? protocol}","proto":${protocol}`);
    for (let side = 0; side < 2; side++) {
      out.ascii(side === 0 ? ',"src":"' : ',"dst":"');
      out.ensure(64);
      address(out, octets, w, kind, side);
      out.ascii('"');
      if (!hasPorts(protocol)) continue;
      out.ascii(side === 0 ? ',"srcport":' : ',"dstport":');
      out.number(port(octets, w, side));
    }
    out.ascii(",");
    counts(total(floats, found, conversation, PACKETS), total(floats, found, conversation, BYTES));
    if (both) {
      out.ascii(',"forward":{');
      counts(floats[flow * half + PACKETS], floats[flow * half + BYTES]);
      out.ascii('},"backward":{');
      counts(
        back < 0 ? 0 : floats[back * half + PACKETS],
        back < 0 ? 0 : floats[back * half + BYTES],
      );
      out.ascii("}");
    }
    out.ascii(',"first":');
    out.number(words[w + FIRST]);
    out.ascii("}\n");
  };
}
