/**
 * Every trait of the capture formats, each in a small file, read as tshark reads it (features.md 9.1 of the design, and
 * some more). Where `../shared` is present, its truth table and conformance suite are read too.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { CaptureFormatError } from "../../core/errors.ts";
import { openCapture } from "../../capture/open.ts";
import { createKit } from "../../kit.ts";
import { craft, eth, ip, udp } from "../../mod.ts";
import { inline } from "../../workers/inline.ts";
import { has } from "../cli/_process.ts";
import {
  block,
  END,
  epb,
  idb,
  join,
  numbers,
  option,
  pcapHeader,
  type PcapKind,
  pcapRecord,
  shb,
} from "./craft.ts";

const SECONDS = 1_700_000_000n;
const PACKET = craft(
  eth.of({ dst: "02:00:00:00:00:02", src: "02:00:00:00:00:01" }),
  ip.of({ src: "10.0.0.1", dst: "10.0.0.2" }),
  udp.of({ srcPort: 1000, dstPort: 2000 }),
  new TextEncoder().encode("four"),
);
/** The packet without its Ethernet header, for link type 101. */
const RAW = PACKET.subarray(14);
const ORDERS = [true, false];

const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
const name = (le: boolean): string => le ? "little-endian" : "big-endian";
/** An option if_tsresol. */
const resolution = (le: boolean, value: number): Uint8Array =>
  join(option(le, 9, Uint8Array.of(value)), END);

function classic(le: boolean, kind: PcapKind): Uint8Array {
  return join(
    pcapHeader(le, kind),
    ...[1, 2, 3].map((n) => pcapRecord(le, kind, n, PACKET, { fraction: 123_456 * n })),
  );
}

/** A section with one packet, whose time is in units of 10^-`digits`. */
function section(le: boolean, digits: number): Uint8Array {
  return join(
    shb(le),
    idb(le, resolution(le, digits)),
    epb(le, 0, SECONDS * 10n ** BigInt(digits) + 123n, PACKET),
  );
}

function everyBlock(le: boolean): Uint8Array {
  const key = text(`CLIENT_RANDOM ${"ab".repeat(32)} ${"cd".repeat(48)}\n`);
  return join(
    shb(le, join(option(le, 4, text("a program")), option(le, 1, text("of the file")), END)),
    idb(le, join(option(le, 2, text("eth0")), option(le, 3, text("the first")), END)),
    epb(
      le,
      0,
      SECONDS * 1_000_000n,
      PACKET,
      join(option(le, 1, text("of the packet")), option(le, 2, numbers(le, [32, 1])), END),
    ),
    // Names, secrets, a custom block, one of a type that nobody registered, statistics, the old packet block.
    block(
      le,
      4,
      join(
        numbers(le, [16, 1], [16, 11]),
        Uint8Array.of(10, 0, 0, 1),
        text("a.test\0"),
        new Uint8Array(5),
      ),
    ),
    block(le, 0xa, join(numbers(le, [32, 0x544c534b], [32, key.length]), key)),
    block(le, 0xbad, join(numbers(le, [32, 32473]), text("data"))),
    block(le, 0x7777, text("what")),
    block(
      le,
      5,
      join(numbers(le, [32, 0], [32, 0], [32, 0]), option(le, 4, numbers(le, [64, 1n])), END),
    ),
    block(
      le,
      2,
      join(
        numbers(le, [16, 0], [16, 7], [32, 0], [32, 5], [32, PACKET.length], [32, PACKET.length]),
        PACKET,
        new Uint8Array(-PACKET.length & 3),
      ),
    ),
    epb(le, 0, SECONDS * 1_000_000n + 2n, PACKET),
  );
}

async function gzip(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** zstd's frame of one block that is stored as it is (RFC 8878 section 3.1.1). */
function zstd(bytes: Uint8Array): Uint8Array {
  const header = numbers(true, [32, 0xfd2fb528], [8, 0xa0], [32, bytes.length]);
  return join(header, numbers(true, [8, bytes.length << 3 | 1], [16, bytes.length >> 5]), bytes);
}

/** Files by trait. */
async function traits(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const le of ORDERS) {
    const order = name(le);
    for (const kind of ["us", "ns", "mod"] as const) {
      files.set(`pcap ${kind} ${order}`, classic(le, kind));
    }
    for (const digits of [3, 6, 9]) {
      files.set(`pcapng ${order}, 10^-${digits} s`, section(le, digits));
    }
    files.set(
      `pcapng ${order}, 2^-10 s`,
      join(shb(le), idb(le, resolution(le, 0x8a)), epb(le, 0, SECONDS * 1024n + 512n, PACKET)),
    );
    files.set(
      `pcapng ${order}, if_tsoffset`,
      join(
        shb(le),
        idb(le, join(option(le, 14, numbers(le, [64, SECONDS])), END)),
        epb(le, 0, 5_000_000n, PACKET),
      ),
    );
    files.set(
      `pcapng ${order}, two link types`,
      join(
        shb(le),
        idb(le),
        idb(le, undefined, 101),
        epb(le, 0, SECONDS * 1_000_000n, PACKET),
        epb(le, 1, SECONDS * 1_000_000n, RAW),
      ),
    );
    files.set(
      `pcapng ${order}, two resolutions`,
      join(
        shb(le),
        idb(le, resolution(le, 6)),
        idb(le, resolution(le, 9)),
        epb(le, 0, SECONDS * 1_000_000n, PACKET),
        epb(le, 1, SECONDS * 1_000_000_000n, PACKET),
      ),
    );
    files.set(
      `pcapng ${order}, simple packet blocks`,
      join(
        shb(le),
        idb(le),
        ...[1, 2].map(() =>
          block(
            le,
            3,
            join(numbers(le, [32, PACKET.length]), PACKET, new Uint8Array(-PACKET.length & 3)),
          )
        ),
      ),
    );
    files.set(`pcapng ${order}, every block`, everyBlock(le));
    files.set(`pcapng ${order}, cut short`, section(le, 6).subarray(0, -20));
    for (const then of ORDERS) {
      files.set(
        `pcapng, a section ${order}, then one ${name(then)}`,
        join(section(le, 9), section(then, 6)),
      );
    }
  }
  const plain = classic(true, "us");
  files.set("pcap in gzip", await gzip(plain));
  files.set(
    "pcap in two members of gzip",
    join(await gzip(plain.subarray(0, 100)), await gzip(plain.subarray(100))),
  );
  files.set("pcap in zstd", zstd(plain));
  return files;
}

/** The captures of a folder in `../shared`, none if it is not there. */
function* shared(folder: string): Iterable<[string, Uint8Array]> {
  const url = new URL(`../../../shared/captures/${folder}/`, import.meta.url);
  try {
    for (const { name } of Deno.readDirSync(url)) {
      if (name.includes(".pcap")) {
        yield [`${folder}/${name}`, Deno.readFileSync(new URL(name, url))];
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** What is compared: everything a capture file says of a packet, and enough of its bytes to know it was read with its link type. */
const FIELDS = [
  "frame.time_epoch",
  "frame.cap_len",
  "frame.len",
  "frame.interface_id",
  "frame.interface_name",
  "frame.interface_description",
  "frame.packet_flags",
  "frame.comment",
  "ip.src",
  "ip.dst",
  "udp.srcport",
  "udp.checksum",
];

/** What a reader says of a file: the packets, and whether it ended in an error. */
interface Told {
  readonly packets: Record<string, string[]>[];
  readonly failed: boolean;
}

/** tshark's answer. Custom blocks are frames to it; they are no packets. */
async function theirs(path: string): Promise<Told> {
  const { stdout, success } = await new Deno.Command("tshark", {
    // deno-fmt-ignore
    args: ["-n", "-r", path, "-T", "json", "-e", "frame.cb_pen", ...FIELDS.flatMap((f) => ["-e", f])],
    env: { TZ: "UTC", LC_ALL: "C.UTF-8", WIRESHARK_CONFIG_DIR: "/nonexistent" },
    stderr: "null",
  }).output();
  const all = JSON.parse(new TextDecoder().decode(stdout)) as {
    _source: { layers?: Record<string, string[]> };
  }[];
  const packets = all.map((p) => p._source.layers ?? {}).filter((p) => !("frame.cb_pen" in p));
  for (const packet of packets) {
    if (packet["frame.packet_flags"]) {
      packet["frame.packet_flags"] = packet["frame.packet_flags"].map((v) => String(Number(v)));
    }
    if (packet["udp.checksum"]) {
      packet["udp.checksum"] = packet["udp.checksum"].map((v) => String(Number(v)));
    }
  }
  return { packets, failed: !success };
}

const kit = createKit();

/** Our answer, as NDJSON has it. */
async function ours(path: string): Promise<Told> {
  let text = "";
  let failed = false;
  try {
    await using capture = await openCapture(path);
    const job = {
      engine: { name: "default" },
      format: { name: "ndjson", options: { fields: FIELDS } },
    };
    await using crew = await inline(job, kit);
    for await (const { output } of crew.run(capture)) text += new TextDecoder().decode(output);
  } catch (error) {
    if (!(error instanceof CaptureFormatError)) throw error;
    failed = true;
  }
  const packets = text.trimEnd().split("\n").filter((l) => l !== "").map((line) => {
    const { fields } = JSON.parse(line) as { fields: Record<string, unknown[]> };
    return Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, v.map(String)]));
  });
  return { packets, failed };
}

Deno.test({
  name: "every trait of the capture formats is read as tshark reads it",
  ignore: !has("tshark"),
  async fn() {
    const files = await traits();
    assert(files.size >= 33, `${files.size} files`);
    for (const [name, bytes] of shared("_truth-table")) files.set(name, bytes);
    const folder = await Deno.makeTempDir();
    let packets = 0;
    const read = async (name: string, bytes: Uint8Array, path: string): Promise<void> => {
      await Deno.writeFile(path, bytes);
      const expected = theirs(path);
      const told = await ours(path);
      assertEquals(told, await expected, name);
      packets += told.packets.length;
    };
    try {
      // tshark takes its time to start: some at a time.
      const some: Promise<void>[] = [];
      for (const [name, bytes] of files) {
        some.push(read(name, bytes, `${folder}/${some.length}`));
        if (some.length === 4) await Promise.all(some.splice(0));
      }
      await Promise.all(some);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    assert(packets > files.size, `${packets} packets`);
  },
});
