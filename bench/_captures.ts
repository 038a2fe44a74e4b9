/**
 * Benchmark captures: the same bytes for the same kind, count and seed, on every machine.
 *
 * ```sh
 * deno run -A bench/_captures.ts mix /tmp/mix.pcap 1000000
 * deno run -A bench/_captures.ts mix-ng /tmp/mix.pcapng 1000000
 * deno run -A bench/_captures.ts tiny64 /tmp/tiny.pcap 1000000
 * ```
 *
 * A capture of a million packets is some 800 MB, so nothing is held but one output buffer, and
 * nothing is allocated per packet. Three things make that cheap:
 *
 * - every payload (HTTP messages, TLS records, DNS messages, filler) is a slice of a pool which is
 *   built once and lies in the same `Uint8Array` as the output, so a payload is one `copyWithin`;
 * - the pool has prefix sums, so the checksum of a slice is one subtraction, which is why slices
 *   start at even offsets;
 * - a flow keeps ready-made headers for its two directions, in which a packet patches a few fields.
 *
 * @module
 */

/** What {@linkcode generate} makes: mixed traffic as pcap or pcapng, or minimal packets as pcap. */
export type CaptureKind = "mix" | "mix-ng" | "tiny64";

/** The kinds of {@linkcode CaptureKind}, for argument checks and loops over all of them. */
export const captureKinds: readonly CaptureKind[] = ["mix", "mix-ng", "tiny64"];

/** What a call of {@linkcode generate} wrote. */
export interface GeneratedCapture {
  /** Packets in the file. */
  packets: number;
  /** Bytes of all packets, without the records and blocks around them. */
  packetBytes: number;
  /** Size of the file in bytes. */
  fileBytes: number;
  /** Conversations begun, of which each has one or two directions. */
  conversations: number;
}

// The one array: the pool first, then the output buffer.
const POOL_SIZE = 1 << 20;
const OUT_SIZE = 4 << 20;
const TEXT_START = 512 << 10;
const TEXT_SIZE = 256 << 10;
const RANDOM_START = TEXT_START + TEXT_SIZE;
const RANDOM_SIZE = 256 << 10;
/** More than any record with its block around it takes. */
const MAX_RECORD = 2048;

// Room for one direction of a flow: Ethernet, a VLAN tag, IPv6 and the ports.
const TEMPLATE = 64;

const HTTP = 0;
const TLS = 1;
const BULK = 2;
const DNS = 3;
const WIREGUARD = 4;
const NTP = 5;
const ECHO = 6;
const NEIGHBOUR = 7;
const DHCP = 8;

const FIN = 0x01;
const SYN = 0x02;
const PSH = 0x08;
const ACK = 0x10;

const HOSTS = 512;
const CLIENTS = 2048;

/** mulberry32: 32 bits of state are plenty for traffic and it is the same everywhere. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 32 random bits as an unsigned number. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** At least 0 and less than 1. */
  unit(): number {
    return this.bits() / 4294967296;
  }

  /** A whole number from 0 to `n - 1`. */
  below(n: number): number {
    return Math.floor(this.unit() * n);
  }
}

/** The array shared by pool and output, and the slices that generators draw payloads from. */
class Pool {
  readonly bytes = new Uint8Array(POOL_SIZE + OUT_SIZE);
  /** Sum of the 16-bit words before each word, modulo 2^32, so a difference is a slice's sum. */
  readonly #sums = new Uint32Array(POOL_SIZE / 2 + 1);
  #used = 0;

  readonly httpRequest: Slices;
  readonly httpResponse: Slices;
  /** Body bytes that follow the response head of the same index. */
  readonly httpBody: Uint32Array;
  readonly clientHello: Slices;
  readonly serverHello: Slices;
  readonly tlsFinished: Slices;
  readonly tlsRequest: Slices;
  readonly tlsRecord: Slices;
  /** Bytes that follow the record start of the same index. */
  readonly tlsBody: Uint32Array;
  readonly dnsQuery: Slices;
  readonly dnsAnswer: Slices;
  readonly wireguard: Slices;
  readonly ntp: Slices;
  readonly dhcp: Slices;

  constructor(random: Random) {
    const names = hostNames(random);
    this.#fillers(random);

    this.httpRequest = this.#slices(names.map((name, i) => httpRequest(name, i)));
    // Sizes of objects on the web are heavy-tailed: many of a few kB, few of some hundred kB.
    const sizes = Array.from(
      { length: 256 },
      () => Math.min(400_000, Math.floor(1200 / Math.pow(1 - random.unit(), 0.85))),
    );
    this.httpBody = Uint32Array.from(sizes);
    this.httpResponse = this.#slices(sizes.map((size, i) => httpResponse(size, i)));

    this.clientHello = this.#slices(names.map((name) => clientHello(name, random)));
    this.serverHello = this.#slices(Array.from({ length: 16 }, () => serverHello(random)));
    this.tlsFinished = this.#slices(Array.from({ length: 16 }, () => tlsFinished(random)));
    this.tlsRequest = this.#slices(
      Array.from({ length: 64 }, () => tlsRecord(90 + random.below(600), random)),
    );
    // A record's start is its header and one byte, so that what follows starts at an even offset.
    const records = Array.from(
      { length: 128 },
      () => Math.min(16_401, 60 + Math.floor(1500 / Math.pow(1 - random.unit(), 0.9))),
    );
    this.tlsBody = Uint32Array.from(records, (size) => size - 1);
    this.tlsRecord = this.#slices(
      records.map((size) => Uint8Array.of(0x17, 3, 3, size >> 8, size & 0xff, random.bits() & 255)),
    );

    this.dnsQuery = this.#slices(names.map((name, i) => dnsMessage(name, i, false)));
    this.dnsAnswer = this.#slices(names.map((name, i) => dnsMessage(name, i, true)));
    this.wireguard = this.#slices(
      Array.from({ length: 64 }, () => {
        const head = new Uint8Array(16);
        head[0] = 4;
        for (let i = 4; i < 9; i++) head[i] = random.bits() & 0xff;
        return head;
      }),
    );
    this.ntp = this.#slices([ntpMessage(3), ntpMessage(4)]);
    this.dhcp = this.#slices([1, 2, 3, 5].map(dhcpMessage));

    const { bytes } = this;
    let sum = 0;
    for (let i = 0; i < POOL_SIZE; i += 2) {
      sum = (sum + ((bytes[i]! << 8) | bytes[i + 1]!)) >>> 0;
      this.#sums[i / 2 + 1] = sum;
    }
  }

  /** The sum of the words of a slice which starts at an even offset, an odd last byte as a word. */
  sum(start: number, length: number): number {
    const words = length >> 1;
    const first = start >> 1;
    const sum = (this.#sums[first + words]! - this.#sums[first]!) >>> 0;
    return length & 1 ? sum + (this.bytes[start + length - 1]! << 8) : sum;
  }

  /** Text that compresses like text, and bytes that do not compress, like ciphertext. */
  #fillers(random: Random): void {
    const words = Array.from({ length: 400 }, () => syllables(random, 1 + random.below(3)));
    const { bytes } = this;
    let at = TEXT_START;
    const end = TEXT_START + TEXT_SIZE;
    while (at < end) {
      const word = words[Math.floor(400 * random.unit() ** 2)]!;
      for (let i = 0; i < word.length && at < end; i++) bytes[at++] = word.charCodeAt(i);
      if (at < end) bytes[at++] = random.below(12) === 0 ? 10 : 32;
    }
    for (let i = 0; i < RANDOM_SIZE; i++) bytes[RANDOM_START + i] = random.bits() >>> 24;
  }

  #slices(parts: readonly Uint8Array[]): Slices {
    const slices = new Slices(parts.length);
    parts.forEach((part, i) => {
      if (this.#used + part.length > TEXT_START) throw new RangeError("The pool is too small");
      this.bytes.set(part, this.#used);
      slices.start[i] = this.#used;
      slices.length[i] = part.length;
      this.#used += (part.length + 1) & ~1;
    });
    return slices;
  }
}

/** Where the payloads of one sort lie in the pool. */
class Slices {
  readonly start: Uint32Array;
  readonly length: Uint32Array;

  constructor(readonly count: number) {
    this.start = new Uint32Array(count);
    this.length = new Uint32Array(count);
  }
}

function syllables(random: Random, count: number): string {
  let word = "";
  for (let i = 0; i < count; i++) {
    word += "bdfghklmnprstvwz"[random.below(16)]! + "aeiou"[random.below(5)]!;
  }
  return word;
}

function hostNames(random: Random): string[] {
  const prefixes = ["www", "api", "cdn", "img", "mail", "static"];
  const zones = ["example.com", "example.net", "example.org", "test"];
  return Array.from({ length: HOSTS }, () => {
    const label = syllables(random, 2 + random.below(3));
    return `${prefixes[random.below(6)]}.${label}.${zones[random.below(4)]}`;
  });
}

const encoder = new TextEncoder();

function httpRequest(host: string, i: number): Uint8Array {
  const path = ["/", "/index.html", `/api/v1/items?page=${i}`, `/img/${i * 7919}.webp`][i & 3];
  return encoder.encode(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n` +
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" +
      "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\n" +
      `Accept-Encoding: gzip, deflate\r\nCookie: session=${
        (i * 2654435761 >>> 0).toString(16)
      }\r\n` +
      "Connection: keep-alive\r\n\r\n",
  );
}

function httpResponse(size: number, i: number): Uint8Array {
  const head =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.26.0\r\nDate: Mon, 06 Jan 2025 10:00:00 GMT\r\n" +
    `Content-Type: text/plain; charset=utf-8\r\nETag: "${(i * 40503).toString(16)}"\r\n` +
    `Cache-Control: max-age=600\r\nConnection: keep-alive\r\nContent-Length: ${size}\r\n`;
  // The body has to start at an even offset; a second space after the colon is legal.
  return encoder.encode(
    head + (head.length & 1 ? "Vary:  Accept\r\n\r\n" : "Vary: Accept\r\n\r\n"),
  );
}

function randomBytes(random: Random, length: number): number[] {
  return Array.from({ length }, () => random.bits() >>> 24);
}

function sized(width: number, content: readonly number[]): number[] {
  const head: number[] = [];
  for (let i = width - 1; i >= 0; i--) head.push((content.length >> (8 * i)) & 0xff);
  return [...head, ...content];
}

function clientHello(name: string, random: Random): Uint8Array {
  const host = [...encoder.encode(name)];
  const extensions = [
    [0, 0, ...sized(2, sized(2, [0, ...sized(2, host)]))],
    [0, 10, ...sized(2, sized(2, [0, 29, 0, 23]))],
    [0, 13, ...sized(2, sized(2, [4, 3, 8, 4, 4, 1]))],
    [0, 16, ...sized(2, sized(2, [2, 104, 50, 8, ...encoder.encode("http/1.1")]))],
    [0, 43, ...sized(2, sized(1, [3, 4, 3, 3]))],
    [0, 45, ...sized(2, sized(1, [1]))],
    [0, 51, ...sized(2, sized(2, [0, 29, ...sized(2, randomBytes(random, 32))]))],
  ];
  const hello = [
    ...[3, 3, ...randomBytes(random, 32), ...sized(1, randomBytes(random, 32))],
    ...sized(2, [0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2f]),
    ...sized(1, [0]),
    ...sized(2, extensions.flat()),
  ];
  return Uint8Array.from([0x16, 3, 1, ...sized(2, [1, ...sized(3, hello)])]);
}

function serverHello(random: Random): Uint8Array {
  const hello = [
    ...[3, 3, ...randomBytes(random, 32), ...sized(1, randomBytes(random, 32))],
    ...[0x13, 1, 0],
    ...sized(2, [0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32, ...randomBytes(random, 32)]),
  ];
  return Uint8Array.from([
    ...[0x16, 3, 3, ...sized(2, [2, ...sized(3, hello)])],
    ...[0x14, 3, 3, 0, 1, 1],
    ...[0x17, 3, 3, ...sized(2, randomBytes(random, 900 + random.below(280)))],
  ]);
}

function tlsFinished(random: Random): Uint8Array {
  return Uint8Array.from([
    ...[0x14, 3, 3, 0, 1, 1],
    ...[0x17, 3, 3, ...sized(2, randomBytes(random, 53))],
  ]);
}

function tlsRecord(size: number, random: Random): Uint8Array {
  return Uint8Array.from([0x17, 3, 3, ...sized(2, randomBytes(random, size))]);
}

/** The transaction number stays 0 here and is patched by the packet. */
function dnsMessage(name: string, i: number, answer: boolean): Uint8Array {
  const labels = name.split(".").flatMap((label) => [label.length, ...encoder.encode(label)]);
  const type = i & 3 ? 1 : 28;
  const records: number[] = [];
  let count = 0;
  if (answer) {
    count = 1 + i % 4;
    const alias = i % 5 === 0;
    if (alias) {
      // The alias is "edge" in the zone of the queried name: a pointer past its first label.
      const target = [4, ...encoder.encode("edge"), 0xc0, 12 + 1 + labels[0]!];
      records.push(0xc0, 12, 0, 5, 0, 1, 0, 0, 1, 44, ...sized(2, target));
    }
    // The owner is the question's name, or else the alias, which starts after the first record head.
    const owner = alias ? 12 + labels.length + 1 + 4 + 12 : 12;
    for (let n = 0; n < count; n++) {
      const address = type === 1
        ? [198, 51, i & 0xff, n + 1]
        : [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, i & 0xff, n + 1];
      records.push(0xc0, owner, 0, type, 0, 1, 0, 0, 0, 60, ...sized(2, address));
    }
    if (alias) count++;
  }
  return Uint8Array.from([
    ...[0, 0, answer ? 0x81 : 1, answer ? 0x80 : 0, 0, 1, 0, count, 0, 0, 0, 1],
    ...[...labels, 0, 0, type, 0, 1],
    ...records,
    ...[0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0],
  ]);
}

function ntpMessage(mode: number): Uint8Array {
  const message = new Uint8Array(48);
  message.set([0x20 | mode, 2, 6, 0xe9]);
  if (mode === 4) message.set([192, 0, 2, 1], 12);
  for (const at of mode === 4 ? [16, 24, 32, 40] : [40]) {
    message.set([0xeb, 0x26, 0xb9, 0x80, 0x12, 0x34, 0x56, at], at);
  }
  return message;
}

/** Client addresses and the transaction number stay 0 here and are patched by the packet. */
function dhcpMessage(type: number): Uint8Array {
  const message = new Uint8Array(300);
  message.set([type === 2 || type === 5 ? 2 : 1, 1, 6, 0]);
  message.set([0x63, 0x82, 0x53, 0x63, 53, 1, type], 236);
  message.set(
    type === 2 || type === 5
      ? [54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 14, 16, 1, 4, 255, 0, 0, 0, 3, 4, 10, 0, 0, 1, 255]
      : [55, 6, 1, 3, 6, 15, 26, 42, 57, 2, 5, 220, 12, 4, 104, 111, 115, 116, 255],
    243,
  );
  return message;
}

/** Buffered, synchronous output of the records around packets. */
class Sink {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: Deno.FsFile;
  readonly #ng: boolean;
  #at = POOL_SIZE;
  #seconds = 1_736_157_600;
  #nanoseconds = 0;
  packets = 0;
  packetBytes = 0;
  fileBytes = 0;

  constructor(bytes: Uint8Array, file: Deno.FsFile, ng: boolean) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#file = file;
    this.#ng = ng;
    const words = ng
      // A section header, then one Ethernet interface "eth0" with nanoseconds.
      ? [
        ...[0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28],
        ...[1, 44, 1, 262144, 0x00040002, 0x30687465, 0x00010009, 9, 0, 0, 44],
      ]
      : [0xa1b2c3d4, 0x00040002, 0, 0, 262144, 1];
    for (const word of words) this.#word(word);
  }

  /** Lets time pass: `mean` nanoseconds on average, exponentially distributed. */
  advance(unit: number, mean: number): void {
    this.#nanoseconds += Math.floor(-Math.log(1 - unit) * mean);
    while (this.#nanoseconds >= 1_000_000_000) {
      this.#nanoseconds -= 1_000_000_000;
      this.#seconds++;
    }
  }

  /** The clock for TCP timestamps, in milliseconds modulo 2^32. */
  milliseconds(): number {
    return (Math.imul(this.#seconds, 1000) + Math.floor(this.#nanoseconds / 1e6)) >>> 0;
  }

  /** Begins a packet of `length` bytes and returns where its bytes go. */
  begin(length: number): number {
    if (this.#at + MAX_RECORD > this.bytes.length) this.flush();
    this.packets++;
    this.packetBytes += length;
    if (!this.#ng) {
      this.#word(this.#seconds);
      this.#word(Math.floor(this.#nanoseconds / 1000));
      this.#word(length);
      this.#word(length);
      const start = this.#at;
      this.#at += length;
      return start;
    }
    const padded = (length + 3) & ~3;
    const high = Math.floor(this.#seconds * 1e9 / 4294967296);
    // Not seconds * 1e9 modulo 2^32, which a double cannot hold exactly.
    const low = (Math.imul(this.#seconds, 1_000_000_000) + this.#nanoseconds) >>> 0;
    // The nanoseconds may carry into the upper word, which shows in the lower one.
    const carry = low < (Math.imul(this.#seconds, 1_000_000_000) >>> 0) ? 1 : 0;
    this.#word(6);
    this.#word(32 + padded);
    this.#word(0);
    this.#word(high + carry);
    this.#word(low);
    this.#word(length);
    this.#word(length);
    const start = this.#at;
    this.bytes.fill(0, start + length, start + padded);
    this.#at += padded;
    this.#word(32 + padded);
    return start;
  }

  flush(): void {
    let from = POOL_SIZE;
    this.fileBytes += this.#at - from;
    while (from < this.#at) from += this.#file.writeSync(this.bytes.subarray(from, this.#at));
    this.#at = POOL_SIZE;
  }

  #word(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }
}

/** Flows in progress, as columns: one slot is one conversation. */
class Traffic {
  readonly #random: Random;
  readonly #pool: Pool;
  readonly #sink: Sink;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #slots: number;

  readonly #kind: Uint8Array;
  readonly #v6: Uint8Array;
  readonly #stamps: Uint8Array;
  readonly #step: Uint8Array;
  readonly #turns: Uint16Array;
  readonly #host: Uint16Array;
  readonly #client: Uint16Array;
  readonly #left: Int32Array;
  readonly #unacked: Uint8Array;
  readonly #sequence: Uint32Array;
  readonly #templates: Uint8Array;
  /** Bytes before the IP header in a packet of the slot, which depends on the VLAN tag. */
  readonly #network: Uint8Array;
  /** Sum of addresses, protocol and ports: the same for both directions. */
  readonly #pseudo: Uint32Array;
  /** Sum of the IPv4 header without what changes per packet, per direction. */
  readonly #header: Uint32Array;
  readonly #identification: Uint16Array;
  /** Ports count up per client, as sockets do, so that no two living flows share a tuple. */
  readonly #port = new Uint16Array(CLIENTS);
  conversations = 0;

  constructor(random: Random, pool: Pool, sink: Sink, slots: number) {
    this.#random = random;
    this.#pool = pool;
    this.#sink = sink;
    this.#bytes = pool.bytes;
    this.#view = new DataView(pool.bytes.buffer);
    this.#slots = slots;
    this.#kind = new Uint8Array(slots);
    this.#v6 = new Uint8Array(slots);
    this.#stamps = new Uint8Array(slots);
    this.#step = new Uint8Array(slots);
    this.#turns = new Uint16Array(slots);
    this.#host = new Uint16Array(slots);
    this.#client = new Uint16Array(slots);
    this.#left = new Int32Array(slots);
    this.#unacked = new Uint8Array(slots);
    this.#sequence = new Uint32Array(2 * slots);
    this.#templates = new Uint8Array(2 * slots * TEMPLATE);
    this.#network = new Uint8Array(slots);
    this.#pseudo = new Uint32Array(slots);
    this.#header = new Uint32Array(2 * slots);
    this.#identification = new Uint16Array(2 * slots);
    for (let i = 0; i < CLIENTS; i++) this.#port[i] = random.below(28_232);
    for (let i = 0; i < slots; i++) this.#open(i);
  }

  /** Mixed traffic: packets come in trains of a flow, with other flows in between. */
  mix(count: number): void {
    let slot = 0;
    for (let i = 0; i < count; i++) {
      if (this.#random.unit() >= 0.7) slot = this.#random.below(this.#slots);
      this.#sink.advance(this.#random.unit(), 8000);
      if (this.#next(slot)) this.#open(slot);
    }
  }

  /** Minimal frames: acknowledgements, padded to 60 bytes, and UDP datagrams of 18 bytes. */
  tiny(count: number): void {
    for (let slot = 0; slot < this.#slots; slot++) {
      const v = this.#random.bits();
      const tcp = (slot & 1) === 0;
      // No protocol has these ports, so that no dissector takes the filler for its own.
      const port = 61_000 + slot % 4096;
      this.#address(slot, tcp ? 6 : 17, false, 0, v % CLIENTS, (v >>> 12) % HOSTS, 20_001, port);
      this.#kind[slot] = tcp ? HTTP : WIREGUARD;
      this.#stamps[slot] = 0;
    }
    for (let i = 0; i < count; i++) {
      const slot = this.#random.below(this.#slots);
      this.#sink.advance(this.#random.unit(), 700);
      if (this.#kind[slot] === HTTP) this.#tcp(slot, i & 1, ACK, 0, 0, 0, 0, 60);
      else this.#udp(slot, i & 1, TEXT_START, 18, 0, 0, 0, 0);
    }
  }

  /** Begins a new conversation in a slot. */
  #open(slot: number): void {
    const random = this.#random;
    const dice = random.unit();
    const kind = dice < 0.36
      ? TLS
      : dice < 0.52
      ? HTTP
      : dice < 0.53
      ? BULK
      : dice < 0.80
      ? DNS
      : dice < 0.82
      ? WIREGUARD
      : dice < 0.85
      ? NTP
      : dice < 0.91
      ? ECHO
      : dice < 0.99
      ? NEIGHBOUR
      : DHCP;
    const v6 = kind !== DHCP && kind !== WIREGUARD && random.unit() < 0.28;
    const vlan = random.unit() < 0.15 ? 100 + random.below(8) : 0;
    // Some clients and servers have most of the traffic.
    const client = Math.floor(CLIENTS * random.unit() ** 1.7);
    const host = Math.floor(HOSTS * random.unit() ** 2.5);
    const service = kind === TLS
      ? 443
      : kind === HTTP
      ? 80
      : kind === BULK
      ? 5201
      : kind === DNS
      ? 53
      : kind === WIREGUARD
      ? 51_820
      : kind === NTP
      ? 123
      : kind === DHCP
      ? 67
      : 0;
    const protocol = kind <= BULK ? 6 : kind === ECHO || kind === NEIGHBOUR ? (v6 ? 58 : 1) : 17;
    this.conversations++;
    this.#kind[slot] = kind;
    this.#client[slot] = client;
    this.#host[slot] = host;
    this.#step[slot] = 0;
    this.#unacked[slot] = 0;
    this.#left[slot] = 0;
    this.#stamps[slot] = random.unit() < 0.8 ? 1 : 0;
    this.#turns[slot] = kind === BULK
      ? 20 + random.below(200)
      : kind === WIREGUARD
      ? 20 + random.below(400)
      : kind === ECHO
      ? 1 + random.below(5)
      : kind <= TLS
      ? 1 + random.below(6)
      : 0;
    this.#sequence[2 * slot] = random.bits();
    this.#sequence[2 * slot + 1] = random.bits();
    this.#address(slot, protocol, v6, vlan, client, host, service, kind === DHCP ? 68 : 0);
  }

  /** Fills the header templates of a slot's two directions, and the sums over them. */
  #address(
    slot: number,
    protocol: number,
    v6: boolean,
    vlan: number,
    client: number,
    host: number,
    service: number,
    source: number,
  ): void {
    const t = this.#templates;
    const network = vlan ? 18 : 14;
    const ip = v6 ? 40 : 20;
    const ports = protocol === 6 || protocol === 17;
    let port = source;
    if (ports && port === 0) {
      this.#port[client] = (this.#port[client]! + 1) % 28_232;
      port = 32_768 + this.#port[client]!;
    }
    this.#v6[slot] = v6 ? 1 : 0;
    this.#network[slot] = network;
    let sum = protocol;
    for (let direction = 0; direction < 2; direction++) {
      const at = (2 * slot + direction) * TEMPLATE;
      t.fill(0, at, at + TEMPLATE);
      // Ethernet: the client's address and, for all that is elsewhere, the router's.
      const own = at + (direction ? 0 : 6);
      const other = at + (direction ? 6 : 0);
      t[own] = 2;
      t[own + 2] = 0x5e;
      t[own + 4] = client >> 8;
      t[own + 5] = client;
      t[other] = 2;
      t[other + 5] = 1;
      let p = at + 12;
      if (vlan) {
        t[p] = 0x81;
        t[p + 2] = vlan >> 8;
        t[p + 3] = vlan;
        p += 4;
      }
      t[p] = v6 ? 0x86 : 0x08;
      t[p + 1] = v6 ? 0xdd : 0x00;
      p += 2;
      const ttl = direction ? 40 + (host & 15) : 64;
      if (v6) {
        t[p] = 0x60;
        t[p + 6] = protocol;
        t[p + 7] = ttl;
        const near = p + (direction ? 24 : 8);
        const far = p + (direction ? 8 : 24);
        // 2001:db8:1::/64 for the clients, 2001:db8:f:n:: for the servers.
        t[near] = t[far] = 0x20;
        t[near + 1] = t[far + 1] = 0x01;
        t[near + 2] = t[far + 2] = 0x0d;
        t[near + 3] = t[far + 3] = 0xb8;
        t[near + 5] = 1;
        t[near + 14] = client >> 8;
        t[near + 15] = client;
        t[far + 5] = 0x0f;
        t[far + 6] = host >> 8;
        t[far + 7] = host;
        t[far + 15] = 0x10;
      } else {
        t[p] = 0x45;
        t[p + 6] = protocol === 6 ? 0x40 : 0;
        t[p + 8] = ttl;
        t[p + 9] = protocol;
        const near = p + (direction ? 16 : 12);
        const far = p + (direction ? 12 : 16);
        t[near] = 10;
        t[near + 1] = 1;
        t[near + 2] = client >> 8;
        t[near + 3] = client;
        // 198.18.0.0/15 is set aside for benchmarks.
        t[far] = 198;
        t[far + 1] = 18;
        t[far + 2] = host >> 8;
        t[far + 3] = host;
        let header = 0;
        for (let i = 0; i < 20; i += 2) header += (t[p + i]! << 8) | t[p + i + 1]!;
        this.#header[2 * slot + direction] = header;
        this.#identification[2 * slot + direction] = this.#random.bits();
      }
      p += ip;
      if (ports) {
        t[p] = (direction ? service : port) >> 8;
        t[p + 1] = direction ? service : port;
        t[p + 2] = (direction ? port : service) >> 8;
        t[p + 3] = direction ? port : service;
      }
      if (direction === 0) {
        const from = at + network + (v6 ? 8 : 12);
        const to = at + network + ip + (ports ? 4 : 0);
        for (let i = from; i < to; i += 2) sum += (t[i]! << 8) | t[i + 1]!;
      }
    }
    this.#pseudo[slot] = sum;
  }

  /** Writes the next packet of a conversation and tells whether it was the last. */
  #next(slot: number): boolean {
    switch (this.#kind[slot]!) {
      case HTTP:
      case TLS:
      case BULK:
        return this.#nextTcp(slot);
      case DNS: {
        const answer = this.#step[slot]!;
        this.#step[slot]!++;
        const slices = answer ? this.#pool.dnsAnswer : this.#pool.dnsQuery;
        const host = this.#host[slot]!;
        const start = slices.start[host]!;
        const id = this.#sequence[2 * slot]! & 0xffff;
        const at = this.#udp(slot, answer, start, slices.length[host]!, 0, 0, id, 0);
        this.#view.setUint16(at, id);
        return answer === 1;
      }
      case WIREGUARD: {
        const left = --this.#turns[slot]!;
        const direction = this.#random.unit() < 0.3 ? 0 : 1;
        const start = this.#pool.wireguard.start[slot & 63]!;
        // Transport data is padded to 16 bytes and ends in a tag of 16.
        const blocks = direction ? 40 + this.#random.below(47) : 2 + this.#random.below(8);
        this.#udp(slot, direction, start, 16, this.#filler(1), blocks * 16, 0, 0);
        return left === 0;
      }
      case NTP: {
        const answer = this.#step[slot]!;
        this.#step[slot]!++;
        this.#udp(slot, answer, this.#pool.ntp.start[answer]!, 48, 0, 0, 0, 0);
        return answer === 1;
      }
      case ECHO: {
        const answer = this.#step[slot]!;
        this.#step[slot] = answer ^ 1;
        this.#echo(slot, answer);
        return answer === 1 && --this.#turns[slot]! === 0;
      }
      case NEIGHBOUR: {
        const answer = this.#step[slot]!;
        this.#step[slot]!++;
        if (this.#v6[slot]) this.#neighbour(slot, answer);
        else this.#arp(slot, answer);
        return answer === 1;
      }
      default:
        return this.#dhcp(slot);
    }
  }

  #nextTcp(slot: number): boolean {
    const pool = this.#pool;
    const kind = this.#kind[slot]!;
    const step = this.#step[slot]!;
    const random = this.#random;
    const segment = this.#stamps[slot]
      ? (this.#v6[slot] ? 1428 : 1448)
      : this.#v6[slot]
      ? 1440
      : 1460;
    this.#step[slot] = step + 1;
    switch (step) {
      case 0:
        this.#tcp(slot, 0, SYN, 0, 0, 0, 0, 0);
        return false;
      case 1:
        this.#tcp(slot, 1, SYN | ACK, 0, 0, 0, 0, 0);
        return false;
      case 2:
        this.#tcp(slot, 0, ACK, 0, 0, 0, 0, 0);
        if (kind === HTTP) this.#step[slot] = 6;
        if (kind === BULK) {
          this.#left[slot] = this.#turns[slot]! * segment;
          this.#turns[slot] = 1;
          this.#step[slot] = 8;
        }
        return false;
      case 3: {
        const hello = pool.clientHello;
        const host = this.#host[slot]!;
        this.#tcp(slot, 0, PSH | ACK, hello.start[host]!, hello.length[host]!, 0, 0, 0);
        return false;
      }
      case 4: {
        const hello = pool.serverHello;
        const i = slot & 15;
        this.#tcp(slot, 1, PSH | ACK, hello.start[i]!, hello.length[i]!, 0, 0, 0);
        return false;
      }
      case 5: {
        const finished = pool.tlsFinished;
        const i = slot & 15;
        this.#tcp(slot, 0, PSH | ACK, finished.start[i]!, finished.length[i]!, 0, 0, 0);
        return false;
      }
      case 6: {
        const requests = kind === HTTP ? pool.httpRequest : pool.tlsRequest;
        const i = kind === HTTP ? this.#host[slot]! : random.below(64);
        this.#tcp(slot, 0, PSH | ACK, requests.start[i]!, requests.length[i]!, 0, 0, 0);
        return false;
      }
      case 7: {
        // The head of a response, with as much of the body as fits.
        const heads = kind === HTTP ? pool.httpResponse : pool.tlsRecord;
        const i = random.below(heads.count);
        const body = kind === HTTP ? pool.httpBody[i]! : pool.tlsBody[i]!;
        const head = heads.length[i]!;
        const now = Math.min(body, segment - head);
        const left = body - now;
        this.#left[slot] = left;
        const flags = left ? ACK : PSH | ACK;
        this.#tcp(slot, 1, flags, heads.start[i]!, head, this.#filler(kind), now, 0);
        this.#unacked[slot]!++;
        return false;
      }
      case 8: {
        // The rest of the body, acknowledged every second segment and at its end.
        const left = this.#left[slot]!;
        if (this.#unacked[slot]! >= 2 || (left === 0 && this.#unacked[slot]!)) {
          this.#tcp(slot, 0, ACK, 0, 0, 0, 0, 0);
          this.#unacked[slot] = 0;
          this.#step[slot] = left ? 8 : this.#after(slot, kind);
          return false;
        }
        const now = Math.min(left, segment);
        this.#left[slot] = left - now;
        this.#tcp(slot, 1, left === now ? PSH | ACK : ACK, this.#filler(kind), now, 0, 0, 0);
        this.#unacked[slot]!++;
        this.#step[slot] = 8;
        return false;
      }
      case 9:
        this.#tcp(slot, 0, FIN | ACK, 0, 0, 0, 0, 0);
        return false;
      case 10:
        this.#tcp(slot, 1, FIN | ACK, 0, 0, 0, 0, 0);
        return false;
      default:
        this.#tcp(slot, 0, ACK, 0, 0, 0, 0, 0);
        return true;
    }
  }

  /** The step after a response: more of it, another request, or the end. */
  #after(slot: number, kind: number): number {
    // Over TLS a large response is several records.
    if (kind === TLS && this.#random.unit() < 0.7) return 7;
    return --this.#turns[slot]! > 0 ? 6 : 9;
  }

  /** An even offset in the filler: text for what is sent in the clear, random bytes otherwise. */
  #filler(kind: number): number {
    const start = kind === TLS ? RANDOM_START : TEXT_START;
    return start + 2 * this.#random.below((TEXT_SIZE - 2048) / 2);
  }

  /** Starts a packet with the slot's template and an IP length; returns where its payload goes. */
  #begin(slot: number, direction: number, payload: number, least: number): number {
    const bytes = this.#bytes;
    const network = this.#network[slot]!;
    const v6 = this.#v6[slot]!;
    const headers = network + (v6 ? 40 : 20);
    const length = headers + payload;
    const start = this.#sink.begin(Math.max(length, least));
    const row = 2 * slot + direction;
    const from = row * TEMPLATE;
    const templates = this.#templates;
    for (let i = 0; i < headers + 4; i++) bytes[start + i] = templates[from + i]!;
    for (let i = length; i < least; i++) bytes[start + i] = 0;
    const ip = start + network;
    if (v6) {
      bytes[ip + 4] = payload >> 8;
      bytes[ip + 5] = payload;
    } else {
      const id = (this.#identification[row]! + 1) & 0xffff;
      this.#identification[row] = id;
      bytes[ip + 2] = (payload + 20) >> 8;
      bytes[ip + 3] = payload + 20;
      bytes[ip + 4] = id >> 8;
      bytes[ip + 5] = id;
      const sum = fold(this.#header[row]! + payload + 20 + id);
      bytes[ip + 10] = sum >> 8;
      bytes[ip + 11] = sum;
    }
    return start + headers;
  }

  /**
   * Writes a TCP segment, its payload the two slices one after the other, the first of even
   * length if there is a second.
   */
  #tcp(
    slot: number,
    direction: number,
    flags: number,
    first: number,
    firstLength: number,
    second: number,
    secondLength: number,
    least: number,
  ): void {
    const bytes = this.#bytes;
    const view = this.#view;
    const stamps = this.#stamps[slot]!;
    const options = flags & SYN ? (stamps ? 20 : 12) : stamps ? 12 : 0;
    const payload = firstLength + secondLength;
    const at = this.#begin(slot, direction, 20 + options + payload, least);
    const row = 2 * slot + direction;
    const sequence = this.#sequence[row]!;
    const acknowledged = flags & ACK ? this.#sequence[row ^ 1]! : 0;
    const window = flags & SYN ? 64_240 : 501;
    const offset = (((20 + options) >> 2) << 12) | flags;
    view.setUint32(at + 4, sequence);
    view.setUint32(at + 8, acknowledged);
    view.setUint16(at + 12, offset);
    view.setUint16(at + 14, window);
    view.setUint16(at + 18, 0);
    let p = at + 20;
    let sum = this.#pseudo[slot]! + 20 + options + payload + (sequence >>> 16) +
      (sequence & 0xffff) + (acknowledged >>> 16) + (acknowledged & 0xffff) + offset + window;
    if (flags & SYN) {
      const size = this.#v6[slot] ? 1440 : 1460;
      view.setUint32(p, 0x02040000 | size);
      sum += 0x0204 + size;
      p += 4;
      if (!stamps) {
        // No-operation, window scale, and two more before SACK permitted.
        view.setUint32(p, 0x01030308);
        view.setUint32(p + 4, 0x01010402);
        sum += 0x0103 + 0x0308 + 0x0101 + 0x0402;
        p += 8;
      }
    }
    if (stamps) {
      const now = this.#sink.milliseconds();
      const echo = flags & ACK ? (now - 7) >>> 0 : 0;
      const head = flags & SYN ? 0x0402080a : 0x0101080a;
      view.setUint32(p, head);
      view.setUint32(p + 4, now);
      view.setUint32(p + 8, echo);
      sum += (head >>> 16) + (head & 0xffff) + (now >>> 16) + (now & 0xffff) + (echo >>> 16) +
        (echo & 0xffff);
      p += 12;
      if (flags & SYN) {
        view.setUint32(p, 0x01030307);
        sum += 0x0103 + 0x0307;
        p += 4;
      }
    }
    if (firstLength) {
      bytes.copyWithin(p, first, first + firstLength);
      sum += this.#pool.sum(first, firstLength);
      p += firstLength;
    }
    if (secondLength) {
      bytes.copyWithin(p, second, second + secondLength);
      sum += this.#pool.sum(second, secondLength);
    }
    view.setUint16(at + 16, fold(sum));
    this.#sequence[row] = sequence + payload + (flags & (SYN | FIN) ? 1 : 0);
  }

  /**
   * Writes a UDP datagram as {@linkcode Traffic.#tcp} does; `patched` is the sum of what the caller
   * puts over zeros afterwards. Returns where the payload is.
   */
  #udp(
    slot: number,
    direction: number,
    first: number,
    firstLength: number,
    second: number,
    secondLength: number,
    patched: number,
    least: number,
  ): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const length = 8 + firstLength + secondLength;
    const at = this.#begin(slot, direction, length, least);
    view.setUint16(at + 4, length);
    bytes.copyWithin(at + 8, first, first + firstLength);
    let sum = this.#pseudo[slot]! + 2 * length + patched + this.#pool.sum(first, firstLength);
    if (secondLength) {
      bytes.copyWithin(at + 8 + firstLength, second, second + secondLength);
      sum += this.#pool.sum(second, secondLength);
    }
    // Zero would mean that there is no checksum.
    view.setUint16(at + 6, fold(sum) || 0xffff);
    return at + 8;
  }

  #echo(slot: number, answer: number): void {
    const view = this.#view;
    const v6 = this.#v6[slot]!;
    const at = this.#begin(slot, answer, 64, 0);
    const type = v6 ? 128 + answer : answer ? 0 : 8;
    const id = this.#sequence[2 * slot]! & 0xffff;
    const turn = this.#turns[slot]!;
    const filler = TEXT_START + 2 * (slot & 1023);
    view.setUint16(at, type << 8);
    view.setUint16(at + 4, id);
    view.setUint16(at + 6, turn);
    this.#bytes.copyWithin(at + 8, filler, filler + 56);
    // Only ICMPv6 has a pseudo-header in its checksum.
    const sum = (v6 ? this.#pseudo[slot]! + 64 : 0) + (type << 8) + id + turn +
      this.#pool.sum(filler, 56);
    view.setUint16(at + 2, fold(sum));
  }

  /** A neighbour solicitation for the router and its advertisement. */
  #neighbour(slot: number, answer: number): void {
    const bytes = this.#bytes;
    const view = this.#view;
    const at = this.#begin(slot, answer, 32, 0);
    // Neighbour discovery is accepted only with this hop limit, which proves the sender is near.
    bytes[at - 33] = 255;
    view.setUint32(at, (135 + answer) << 24);
    view.setUint32(at + 4, answer ? 0xe0000000 : 0);
    // The target is whom the client asks for: the address on the other side.
    const target = at - (answer ? 32 : 16);
    bytes.copyWithin(at + 8, target, target + 16);
    bytes[at + 24] = 1 + answer;
    bytes[at + 25] = 1;
    const link = at - 40 - this.#network[slot]! + 6;
    bytes.copyWithin(at + 26, link, link + 6);
    let sum = this.#pseudo[slot]! + 32;
    for (let i = 0; i < 32; i += 2) sum += (bytes[at + i]! << 8) | bytes[at + i + 1]!;
    view.setUint16(at + 2, fold(sum));
  }

  /** A request for the router's address, padded like a frame on the wire, and the reply. */
  #arp(slot: number, answer: number): void {
    const bytes = this.#bytes;
    const view = this.#view;
    const network = this.#network[slot]!;
    const at = this.#sink.begin(network + 46);
    const from = (2 * slot + answer) * TEMPLATE;
    for (let i = 0; i < network; i++) bytes[at + i] = this.#templates[from + i]!;
    if (!answer) bytes.fill(0xff, at, at + 6);
    const arp = at + network;
    bytes.fill(0, arp, arp + 46);
    view.setUint16(arp - 2, 0x0806);
    view.setUint32(arp, 0x00010800);
    view.setUint32(arp + 4, 0x06040001 + answer);
    bytes.copyWithin(arp + 8, at + 6, at + 12);
    if (answer) bytes.copyWithin(arp + 18, at, at + 6);
    const client = 0x0a010000 | this.#client[slot]!;
    view.setUint32(arp + 14, answer ? 0x0a01ff01 : client);
    view.setUint32(arp + 24, answer ? client : 0x0a01ff01);
  }

  /** One of discover, offer, request and acknowledgement. */
  #dhcp(slot: number): boolean {
    const step = this.#step[slot]!++;
    const answer = step & 1;
    const client = this.#client[slot]!;
    const transaction = this.#sequence[2 * slot]!;
    const high = answer ? 0x0a01 : 0;
    const low = answer ? client : 0;
    const patched = (transaction >>> 16) + (transaction & 0xffff) + high + low + 0x0200 + 0x5e00 +
      client;
    const message = this.#pool.dhcp;
    const at = this.#udp(
      slot,
      answer,
      message.start[step]!,
      message.length[step]!,
      0,
      0,
      patched,
      0,
    );
    const view = this.#view;
    view.setUint32(at + 4, transaction);
    view.setUint16(at + 16, high);
    view.setUint16(at + 18, low);
    view.setUint16(at + 28, 0x0200);
    view.setUint16(at + 30, 0x5e00);
    view.setUint16(at + 32, client);
    return step === 3;
  }
}

/** The Internet checksum from a sum of 16-bit words. */
function fold(sum: number): number {
  let folded = (sum & 0xffff) + (sum >>> 16);
  folded = (folded & 0xffff) + (folded >>> 16);
  folded = (folded & 0xffff) + (folded >>> 16);
  return ~folded & 0xffff;
}

/**
 * Writes a capture for benchmarks to a file.
 *
 * The bytes are determined by `kind`, `count` and `seed` alone. `mix` and `mix-ng` have the same
 * packets, one as pcap with microseconds, the other as pcapng with nanoseconds. All checksums are
 * right. Needs write permission for the path; an existing file is replaced.
 *
 * ```ts ignore
 * const { fileBytes } = generate("mix", "/tmp/mix.pcap", 1_000_000);
 * ```
 *
 * @param kind The sort of traffic and of file.
 * @param path The file to write.
 * @param count Packets to write.
 * @param seed Another seed makes other packets of the same sort.
 * @returns What was written.
 */
export function generate(
  kind: CaptureKind,
  path: string | URL,
  count: number,
  seed = 1,
): GeneratedCapture {
  const random = new Random(seed);
  const pool = new Pool(random);
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const sink = new Sink(pool.bytes, file, kind === "mix-ng");
  // As many flows at a time as let most of them come to their data in a short capture, too.
  const most = kind === "tiny64" ? 16_384 : 4096;
  const slots = Math.max(16, Math.min(most, Math.floor(count / (kind === "tiny64" ? 8 : 64))));
  const traffic = new Traffic(random, pool, sink, slots);
  if (kind === "tiny64") traffic.tiny(count);
  else traffic.mix(count);
  sink.flush();
  return {
    packets: sink.packets,
    packetBytes: sink.packetBytes,
    fileBytes: sink.fileBytes,
    conversations: traffic.conversations,
  };
}

if (import.meta.main) {
  const [kind, path, count = "1000000", seed = "1"] = Deno.args;
  const known = captureKinds.find((name) => name === kind);
  const packets = Number(count);
  if (known === undefined || path === undefined || !Number.isSafeInteger(packets) || packets < 0) {
    // deno-lint-ignore no-console -- this is the program, not the library
    console.error(`Usage: _captures.ts ${captureKinds.join("|")} OUT [COUNT] [SEED]`);
    Deno.exit(2);
  }
  const started = performance.now();
  const made = generate(known, path, packets, Number(seed));
  const seconds = (performance.now() - started) / 1000;
  const average = made.packetBytes / Math.max(1, made.packets);
  // deno-lint-ignore no-console -- this is the program, not the library
  console.log(
    `${made.packets} packets, ${average.toFixed(1)} bytes on average, ` +
      `${made.conversations} conversations, ${made.fileBytes} bytes in ${seconds.toFixed(2)} s`,
  );
}
