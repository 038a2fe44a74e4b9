/**
 * Filters every pcap file of ../shared/captures by our own code and by `tcpdump -r FILE -w - EXPRESSION`, and demands the
 * same bytes.
 *
 * ```sh
 * deno task oracle-bpf                       # some expressions
 * deno task oracle-bpf 'tcp port 80' vlan    # these
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { filterCapture } from "../capture/bpf/capture.ts";
import { FilterSyntaxError } from "../capture/libpcap/errors.ts";
import { openCapture, type OpenCaptureOptions } from "../capture/open.ts";
import { PCAP_HEADER_BYTES, PCAP_MAGIC_MICROSECONDS } from "../capture/pcap.ts";
import { MemorySink } from "../capture/sink.ts";
import { PcapWriter } from "../capture/write_pcap.ts";
import { CaptureFormatError } from "../core/errors.ts";

/** Filters of headers at fixed places, at places found in the packet, of lengths, and by arithmetic. */
const EXPRESSIONS: readonly string[] = [
  "tcp port 80",
  "ip6 or arp or vlan",
  "len > 200 and not udp",
  "ip[8] < 64 or ip6[7] < 64 or ether[0] & 1 != 0",
];

/** How filtering a file compares. */
export interface Comparison {
  /**
   * `same`; `header`: all records are the same, and the file header is not, which we copy and libpcap writes anew (zone
   * and accuracy 0, other snap lengths and bits of the link type); `refused` by both; `odd`: records hold more bytes than the file's header promises, of which libpcap sees and
   * keeps those promised only, and we all; or damaged times, which it copies and we carry over; or `differs`.
   */
  readonly kind: "same" | "header" | "refused" | "odd" | "differs";
  /** What differs, or why both refuse. */
  readonly what?: string;
  /** Bytes written. */
  readonly bytes: number;
}

/** What we wrote, or why nothing; and whether a record contradicts the header, or its time itself. */
interface Ours {
  readonly bytes: Uint8Array | string;
  readonly odd: boolean;
}

/**
 * What we write of the frames that pass, or why we write nothing. tcpdump writes microseconds in the machine's byte
 * order; of files that are not so already that is asked of our writer too, the others are copied.
 */
async function ours(path: string, expression: string): Promise<Ours> {
  const sink = new MemorySink();
  let odd = false;
  try {
    const options: OpenCaptureOptions = {
      reuse: true,
      onWarning: ({ code }) => odd ||= code === "W_CAPLEN_GT_SNAPLEN" || code === "W_BAD_SUBSECOND",
    };
    await using capture = await filterCapture(await openCapture(path, options), expression);
    const { header } = capture;
    const { snapLength = 0, linkType, fcsLength } = header;
    const verbatim = header.littleEndian && header.magic === PCAP_MAGIC_MICROSECONDS;
    await using writer = new PcapWriter(
      sink,
      verbatim ? { header } : {
        precision: "microseconds",
        snapLength,
        ...(linkType === undefined ? {} : { linkType }),
        ...(fcsLength === undefined ? {} : { fcsLength }),
        onLoss: () => {},
      },
    );
    for await (const batch of capture) await writer.write(batch);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return { bytes: error.reason, odd };
    // tcpdump too writes the packets before the damage.
    if (!(error instanceof CaptureFormatError)) throw error;
    if (sink.bytes().length === 0) return { bytes: error.message, odd };
  }
  return { bytes: sink.bytes(), odd };
}

/** What tcpdump writes, or says instead. */
async function tcpdump(path: string, expression: string): Promise<Uint8Array | string> {
  const { stdout, stderr } = await new Deno.Command("tcpdump", {
    args: ["-r", path, "-w", "-", "--", expression],
  }).output();
  return stdout.length > 0 ? stdout : new TextDecoder().decode(stderr).trim();
}

/** Compares one file and expression. */
export async function compareFile(path: string, expression: string): Promise<Comparison> {
  const [{ bytes: a, odd }, b] = await Promise.all([
    ours(path, expression),
    tcpdump(path, expression),
  ]);
  if (typeof a === "string" || typeof b === "string") {
    return typeof a === typeof b
      ? { kind: "refused", what: String(a), bytes: 0 }
      : { kind: "differs", what: typeof a === "string" ? a : `tcpdump: ${b}`, bytes: 0 };
  }
  const at = a.findIndex((byte, i) => byte !== b[i]);
  if (at < 0 && a.length === b.length) return { kind: "same", bytes: a.length };
  const inHeader = a.length === b.length &&
    a.every((byte, i) => i < PCAP_HEADER_BYTES || byte === b[i]);
  return {
    kind: inHeader ? "header" : odd ? "odd" : "differs",
    what: `at byte ${at < 0 ? a.length : at}; ${a.length} bytes, tcpdump's are ${b.length}`,
    bytes: a.length,
  };
}

/** Whether a file is a pcap file, uncompressed. */
export function isPcap(path: string): boolean {
  using file = Deno.openSync(path);
  const head = new Uint8Array(4);
  if (file.readSync(head) !== 4) return false;
  const view = new DataView(head.buffer);
  return [0xa1b2c3d4, 0xa1b23c4d].some((m) =>
    view.getUint32(0) === m || view.getUint32(0, true) === m
  );
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* filesIn(path);
    else if (isPcap(path)) yield path;
  }
}

if (import.meta.main) {
  const folder = new URL("../../shared/captures", import.meta.url).pathname;
  const counts = { same: 0, header: 0, refused: 0, odd: 0, differs: 0 };
  let files = 0, bytes = 0;
  for (const path of filesIn(folder)) {
    files++;
    for (const expression of Deno.args.length > 0 ? Deno.args : EXPRESSIONS) {
      const comparison = await compareFile(path, expression);
      counts[comparison.kind]++;
      bytes += comparison.bytes;
      if (comparison.kind === "differs") {
        console.error(`${path} "${expression}": ${comparison.what}`);
      }
    }
  }
  console.error(
    `${files} pcap files: ${counts.same} outputs the same (${bytes} bytes), ${counts.header} but for the file header, ` +
      `${counts.refused} refused by both, ` +
      `${counts.odd} of damaged records, ` +
      `${counts.differs} differ`,
  );
  Deno.exit(counts.differs > 0 ? 1 : 0);
}
