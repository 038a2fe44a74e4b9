/**
 * The same lines as `dpkt_dump.py`, from our own objects; and running the two against each other.
 *
 * @module
 */
import * as dpkt from "../engines/dpkt/objects/mod.ts";
import { len, Packet } from "../engines/dpkt/objects/packet.ts";

/** The interpreter that Debian's python3-dpkt is for. */
const PYTHON = "/usr/bin/python3";
const SCRIPT = new URL("dpkt_dump.py", import.meta.url).pathname;

/** Whether Python's dpkt is there. */
export function hasDpkt(): boolean {
  try {
    return new Deno.Command(PYTHON, { args: ["-c", "import dpkt"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

/** A value that is written as it is. */
export class Raw {
  /** The value. */
  readonly value: unknown;
  /** Keeps the value. */
  constructor(value: unknown) {
    this.value = value;
  }
}

/** A value as `dpkt_dump.py` writes it. */
export function plain(v: unknown): unknown {
  if (v instanceof Raw) return v.value;
  if (v instanceof Packet) return dump(v);
  if (v instanceof Uint8Array) return `x:${v.toHex()}`;
  if (typeof v === "string") return `s:${v}`;
  if (typeof v === "bigint") return Number(v);
  if (v === undefined) return null;
  if (Array.isArray(v)) return v.map(plain);
  if (v !== null && typeof v === "object") {
    return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]));
  }
  return v;
}

/** The value of `make()`, or the name of what it throws. */
export function attempt(make: () => unknown): unknown {
  try {
    return make();
  } catch (e) {
    return { error: (e as Error).name };
  }
}

/** Names of what the class computes from its fields. */
function properties(p: Packet): string[] {
  const found: string[] = [];
  const seen = new Set([...(p.constructor as typeof Packet).__hdr_fields__, "opts"]);
  // Deprecated: another name of _flags_offset.
  if (p instanceof dpkt.IP) seen.add("off");
  for (let o = Object.getPrototypeOf(p); o !== Packet.prototype; o = Object.getPrototypeOf(o)) {
    for (const [name, d] of Object.entries(Object.getOwnPropertyDescriptors(o))) {
      // Those that can be set are parts of fields; is_snap is the only one that is not.
      if (d.get && (d.set || name === "is_snap") && !seen.has(name)) found.push(name);
      seen.add(name);
    }
  }
  return found;
}

/** Payloads by name of their class. */
function uppers(p: Packet): string[] {
  const found = new Set<string>();
  for (let o = Object.getPrototypeOf(p); o !== Packet.prototype; o = Object.getPrototypeOf(o)) {
    for (const [name, d] of Object.entries(Object.getOwnPropertyDescriptors(o))) {
      if (d.get && !d.set && p.data instanceof Packet && p[name as keyof Packet] === p.data) {
        found.add(name);
      }
    }
  }
  return [...found];
}

/** A packet as `dpkt_dump.py` writes it. */
export function dump(p: Packet): unknown {
  const names = [...(p.constructor as typeof Packet).__hdr_fields__, ...properties(p)];
  const { data } = p;
  return {
    class: p.toString().split("(")[0],
    fields: Object.fromEntries(names.map((n) => [n, plain(p[n as keyof Packet])])),
    attrs: Object.fromEntries([
      ...p.attributes().map(([n, v]) => [n, plain(v)]),
      ...(p instanceof dpkt.ip6.IP6ExtensionHeader ? [["length", p.length]] : []),
      ...uppers(p).map((n) => [n, "=data"]),
    ]),
    data: plain(data),
    len: p instanceof dpkt.DNS.Q ? null : attempt(() => len(p)),
  };
}

/** A packet and its bytes. */
function whole(make: () => Packet): unknown {
  return attempt(() => {
    const p = make();
    return { object: dump(p), bytes: attempt(() => plain(p.bytes())) };
  });
}

const ROOTS: Readonly<Record<number, new (buf: Uint8Array) => Packet>> = {
  0: dpkt.Loopback,
  108: dpkt.Loopback,
  9: dpkt.PPP,
  113: dpkt.SLL,
  276: dpkt.SLL2,
};

/** The packet that a frame begins with. */
export function root(linkType: number, buf: Uint8Array): Packet {
  if ([12, 14, 101, 228, 229].includes(linkType)) {
    return buf[0] >> 4 === 6 ? new dpkt.IP6(buf) : new dpkt.IP(buf);
  }
  return new (ROOTS[linkType] ?? dpkt.Ethernet)(buf);
}

/** A frame as `dpkt_dump.py` writes it. */
export function frame(linkType: number, buf: Uint8Array): unknown {
  const out: Record<string, unknown> = { frame: whole(() => root(linkType, buf)) };
  let t: dpkt.TCP | dpkt.UDP | undefined;
  try {
    let p: unknown = root(linkType, buf);
    for (; p instanceof Packet && !t; p = p.data) {
      if (p instanceof dpkt.TCP || p instanceof dpkt.UDP) t = p;
    }
  } catch {
    return out;
  }
  if (t instanceof dpkt.TCP) out.opts = plain(dpkt.tcp.parse_opts(t.opts));
  const data = t?.data;
  if (!(data instanceof Uint8Array) || data.length === 0) return out;
  if (t instanceof dpkt.TCP) {
    if (t.sport === 53 || t.dport === 53) out.dns = whole(() => new dpkt.DNS(data.subarray(2)));
    out.request = whole(() => new dpkt.Request(data));
    out.response = whole(() => new dpkt.Response(data));
  } else {
    out.dns = whole(() => new dpkt.DNS(data));
    out.dhcp = whole(() => new dpkt.DHCP(data));
    out.ntp = whole(() => new dpkt.NTP(data));
  }
  return out;
}

/** A frame of a capture. */
export interface Frame {
  /** Link type. */
  readonly linkType: number;
  /** Bytes. */
  readonly bytes: Uint8Array;
}

/** Runs `dpkt_dump.py`: writes `input` to it, answers its lines. */
function python(
  mode: string,
  write: (w: WritableStreamDefaultWriter<Uint8Array>) => Promise<void>,
): AsyncIterable<string> {
  const child = new Deno.Command(PYTHON, { args: [SCRIPT, mode], stdin: "piped", stdout: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  const written = write(writer).then(() => writer.close());
  return (async function* () {
    let rest = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
    await written;
    if (!(await child.status).success) throw new Error("dpkt_dump.py failed");
  })();
}

/** What Python's dpkt makes of frames. */
export function theirs(frames: readonly Frame[]): AsyncIterable<string> {
  return python("frames", async (w) => {
    for (const { linkType, bytes } of frames) {
      await w.write(new Uint8Array(Uint32Array.of(linkType, bytes.length).buffer));
      await w.write(bytes);
    }
  });
}

/** What Python's dpkt reads of files (`readers`), or values of expressions (`eval`). */
export async function lines(
  mode: "readers" | "eval",
  input: readonly string[],
): Promise<unknown[]> {
  const found: unknown[] = [];
  const text = input.map((l) => `${l}\n`).join("");
  for await (const line of python(mode, (w) => w.write(new TextEncoder().encode(text)))) {
    found.push(JSON.parse(line));
  }
  return found;
}

/** A difference: where, what dpkt says, what we say. */
export interface Difference {
  /** Names of the way to the value. */
  readonly path: string;
  /** dpkt's value. */
  readonly theirs: unknown;
  /** Our value. */
  readonly ours: unknown;
}

/** Errors that dpkt means to raise; others are Python's own, of code that did not expect such bytes. */
const MEANT: ReadonlySet<unknown> = new Set(["Error", "UnpackError", "NeedData", "PackError"]);

/** `: ['` or `: [\"` in hexadecimal: how Python writes a list after a header field's name. */
const LIST = /3a205b2[27]/;

/** What differs on purpose, and why. docs/DPKT.md tells users. */
export const KEPT: readonly {
  /** Why. */
  readonly reason: string;
  /** Whether a difference is of this kind; `ours` is all that we say. */
  readonly is: (d: Difference, ours: unknown) => boolean;
}[] = [
  {
    reason: "dpkt dies of an error of Python's",
    is: ({ theirs, ours }) =>
      isObject(theirs) && "error" in theirs && !MEANT.has(theirs.error) &&
      (!isObject(ours) || !("error" in ours) || MEANT.has(ours.error)),
  },
  {
    reason: "RR.preference is a number, not a tuple of one",
    is: ({ path, theirs, ours }) =>
      path.endsWith("/preference") && Array.isArray(theirs) && theirs[0] === ours,
  },
  {
    reason: "repeated HTTP header fields are written as such, not as a list of Python's",
    is: ({ path, theirs }) =>
      /^\/(request|response)\/bytes$/.test(path) && LIST.test(String(theirs)),
  },
  {
    reason: "a damaged file ends with a CaptureFormatError, after all packets",
    is: ({ path, theirs, ours }) =>
      path === "/error"
        ? ours === "CaptureFormatError"
        : path === "" && isObject(theirs) && "error" in theirs && isObject(ours) &&
          ours.error === "CaptureFormatError",
  },
  {
    reason: "pcapng: a time is by the clock of the packet's own interface, not of the first",
    is: ({ path, theirs, ours }) => {
      const powers = Math.log10(Number(theirs) / Number(ours));
      return /^\/packets\/\d+\/0$/.test(path) && Math.abs(powers - Math.round(powers)) < 1e-9 &&
        Math.abs(powers) > 0.5;
    },
  },
  {
    reason: "pcapng: a section in another byte order is read",
    is: ({ path, theirs, ours }) =>
      /^\/packets\/\d+$/.test(path) && theirs === undefined && Array.isArray(ours),
  },
  {
    reason: "what a length that cannot be, or an unknown version, leaves of a file is no packet",
    is: ({ path, ours }, all) =>
      /^\/packets\/\d+$/.test(path) && ours === undefined && isObject(all) &&
      all.error === "CaptureFormatError",
  },
  {
    reason: "length of an HTTP message is that of its bytes, not of its text",
    is: ({ path, ours }) => /^\/(request|response)\/object\/len$/.test(path) && Number(ours) > 0,
  },
];

function isObject(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null;
}

/** What is different: the first 100 places; `kept` is told of each that {@linkcode KEPT} lists. */
export function differ(
  theirs: unknown,
  ours: unknown,
  kept: (reason: string, d: Difference) => void = () => {},
): Difference[] {
  const found: Difference[] = [];
  const all = ours;
  const look = (theirs: unknown, ours: unknown, path: string): void => {
    if (theirs === ours || found.length >= 100) return;
    const d = { path, theirs, ours };
    const rule = KEPT.find((k) => k.is(d, all));
    if (rule) return kept(rule.reason, d);
    if (!isObject(theirs) || !isObject(ours) || Array.isArray(theirs) !== Array.isArray(ours)) {
      found.push(d);
      return;
    }
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
      look(theirs[key], ours[key], `${path}/${key}`);
    }
  };
  look(theirs, ours, "");
  return found;
}

/** What our readers yield, as `dpkt_dump.py readers` writes it. */
export function read(path: string): unknown {
  return attempt(() => {
    const r = new dpkt.UniversalReader(Deno.readFileSync(path), path);
    const packets: unknown[] = [];
    const out: Record<string, unknown> = {
      class: r instanceof dpkt.pcap.Reader ? "dpkt.pcap" : "dpkt.pcapng",
      datalink: r.datalink(),
      snaplen: r.snaplen,
      dloff: r.dloff,
      packets,
    };
    try {
      for (const [ts, buf] of r) {
        const exact = r instanceof dpkt.pcap.Reader && r.nano ? Number(r.ns) : null;
        packets.push([ts, exact, buf.length, buf.reduce((a, b) => a + b, 0)]);
      }
    } catch (e) {
      out.error = (e as Error).name;
    }
    return out;
  });
}
