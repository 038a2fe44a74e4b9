import { assert, assertEquals } from "@std/assert";
import * as dpkt from "../../engines/dpkt/objects/mod.ts";
import {
  attempt,
  differ,
  dump,
  type Frame,
  frame,
  hasDpkt,
  lines,
  plain,
  Raw,
  read,
  theirs,
} from "../../_tools/_dpkt.ts";
import { open } from "../../mod.ts";

const CAPTURES = new URL("../captures/", import.meta.url).pathname;
const FILES = [...Deno.readDirSync(CAPTURES)].map((e) => CAPTURES + e.name)
  .filter((n) => /\.pcap(ng)?$/.test(n)).sort();
/** What needs Python's dpkt: Debian's package python3-dpkt. */
const ignore = !hasDpkt();

async function framesOf(path: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const p of open(path)) frames.push({ linkType: p.linkType, bytes: p.bytes.slice() });
  return frames;
}

/** What frames are to both, line for line. Answers how many of them dpkt accepts. */
async function compareFrames(frames: readonly Frame[]): Promise<number> {
  let i = 0, accepted = 0;
  const wrong: string[] = [];
  for await (const line of theirs(frames)) {
    const { linkType, bytes } = frames[i++];
    const expected = JSON.parse(line);
    if (expected.frame?.object) accepted++;
    const found = differ(expected, JSON.parse(JSON.stringify(frame(linkType, bytes))));
    if (found.length > 0) wrong.push(`${linkType} ${bytes.toHex()} ${JSON.stringify(found[0])}`);
  }
  assertEquals(i, frames.length);
  assertEquals(wrong.slice(0, 5), []);
  return accepted;
}

/** Values of Python expressions beside ours. */
async function compareValues(
  cases: readonly (readonly [python: string, ours: () => unknown])[],
): Promise<void> {
  const expected = await lines("eval", cases.map(([python]) => python));
  cases.forEach(([python, ours], i) => {
    assertEquals(JSON.parse(JSON.stringify(attempt(() => plain(ours())))), expected[i], python);
  });
}

Deno.test({
  name: "dpkt objects equal those of Python's dpkt on every recorded frame",
  ignore,
  fn: async () => {
    const frames = (await Promise.all(FILES.map(framesOf))).flat();
    const accepted = await compareFrames(frames);
    assert(accepted > 1000, `dpkt accepts ${accepted}`);
  },
});

Deno.test({
  name: "dpkt objects equal those of Python's dpkt on frames cut at every length",
  ignore,
  fn: async () => {
    const frames: Frame[] = [];
    for (const path of FILES) {
      // The last of the sizes that a capture begins with: most likely not its simplest frame.
      const kinds = new Map((await framesOf(path)).map((f) => [f.bytes.length, f]));
      const { linkType, bytes } = [...kinds.values()].at(-1)!;
      for (let n = 0; n < Math.min(bytes.length, 120); n++) {
        frames.push({ linkType, bytes: bytes.subarray(0, n) });
      }
    }
    await compareFrames(frames);
  },
});

Deno.test({
  name: "dpkt objects equal those of Python's dpkt on mutated frames",
  ignore,
  fn: async () => {
    // A generator of its own, so that what fails once fails always.
    let seed = 20261121;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor(seed / 2 ** 32 * n);
    };
    const all = (await Promise.all(FILES.map(framesOf))).flat();
    const frames = Array.from({ length: 1500 }, () => {
      const { linkType, bytes } = all[random(all.length)];
      const copy = bytes.slice();
      for (let n = random(4) + 1; n > 0; n--) {
        copy[random(Math.min(copy.length, 80))] = random(2) ? random(256) : [0, 1, 0xff][random(3)];
      }
      return { linkType, bytes: copy };
    });
    await compareFrames(frames);
  },
});

Deno.test({
  name: "dpkt readers yield what those of Python's dpkt yield",
  ignore,
  fn: async () => {
    const expected = await lines("readers", FILES);
    FILES.forEach((path, i) => assertEquals(differ(expected[i], read(path)), [], path));
  },
});

/** Classes by module. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  ah: ["AH"],
  aoe: ["AOE"],
  arp: ["ARP"],
  cdp: ["CDP", "CDP.TLV", "CDP.Address", "CDP.TLV_Addresses"],
  dns: ["DNS"],
  edp: ["EDP"],
  esp: ["ESP"],
  ethernet: ["Ethernet", "MPLSlabel", "VLANtag8021Q", "VLANtagISL"],
  gre: ["GRE", "GRE.SRE"],
  http: ["Request", "Response"],
  icmp: [
    "ICMP",
    "ICMP.Echo",
    "ICMP.Quote",
    "ICMP.Unreach",
    "ICMP.Quench",
    "ICMP.Redirect",
    "ICMP.ParamProbe",
    "ICMP.TimeExceed",
  ],
  icmp6: [
    "ICMP6",
    "ICMP6.Error",
    "ICMP6.Unreach",
    "ICMP6.TooBig",
    "ICMP6.TimeExceed",
    "ICMP6.ParamProb",
    "ICMP6.Echo",
  ],
  igmp: ["IGMP"],
  ip: ["IP"],
  ip6: [
    "IP6",
    "IP6HopOptsHeader",
    "IP6DstOptsHeader",
    "IP6RoutingHeader",
    "IP6FragmentHeader",
    "IP6AHHeader",
    "IP6ESPHeader",
  ],
  ipx: ["IPX"],
  llc: ["LLC"],
  loopback: ["Loopback"],
  ospf: ["OSPF"],
  pcap: ["FileHdr", "LEFileHdr", "PktHdr", "LEPktHdr", "PktModHdr", "LEPktModHdr"],
  pcapng: [
    "SectionHeaderBlock",
    "SectionHeaderBlockLE",
    "InterfaceDescriptionBlock",
    "InterfaceDescriptionBlockLE",
  ],
  pim: ["PIM"],
  ppp: ["PPP"],
  pppoe: ["PPPoE", "PPP"],
  sll: ["SLL"],
  sll2: ["SLL2"],
  stp: ["STP"],
  tcp: ["TCP"],
  udp: ["UDP"],
};

/** Something of our module, by dpkt's name. */
function ours(module: string, name: string): unknown {
  let found: unknown = dpkt[module as keyof typeof dpkt];
  for (const part of name.split(".")) found = (found as Record<string, unknown>)[part];
  return found;
}

Deno.test({
  name: "defaults of dpkt objects are those of Python's dpkt",
  ignore,
  fn: () =>
    compareValues(
      Object.entries(CLASSES).flatMap(([module, names]) =>
        names.flatMap((name): [string, () => unknown][] => {
          const path = `dpkt.${module}.${name}`;
          const kind = ours(module, name) as typeof dpkt.Packet;
          const list: [string, () => unknown][] = [
            [`dump(${path}())["fields"]`, () => (dump(new kind()) as { fields: unknown }).fields],
            [`bytes(${path}())`, () => new kind().bytes()],
          ];
          if (module !== "http") {
            list.push(
              [`${path}.__hdr_len__`, () => kind.__hdr_len__],
              [`${path}.__hdr_fields__`, () => kind.__hdr_fields__],
              [`{k: v for k, v in ${path}.__hdr_defaults__.items()}`, () => kind.__hdr_defaults__],
            );
          }
          return list;
        })
      ).map(([python, make]): [string, () => unknown] => [
        // Values that are made already: `plain` must not write them a second time.
        python.startsWith("dump") ? `Raw(${python})` : python,
        python.startsWith("dump") ? () => new Raw(make()) : make,
      ]),
    ),
});

Deno.test({
  name: "every constant of dpkt's modules is there, with its value",
  ignore,
  fn: async () => {
    const modules = [...Object.keys(CLASSES), "dhcp", "dtp", "ntp", "sctp"];
    const expected = await lines(
      "eval",
      modules.map((m) =>
        `{k: v for k, v in vars(dpkt.${m}).items() if type(v) is int and not k.startswith("_")}`
      ),
    );
    let many = 0;
    modules.forEach((m, i) => {
      for (const [name, value] of Object.entries(expected[i] as Record<string, number>)) {
        assertEquals(ours(m, name), value, `${m}.${name}`);
        many++;
      }
    });
    assert(many > 500, `${many} constants`);
  },
});

const bytes = (...b: number[]): Uint8Array => Uint8Array.from(b);
const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const hex = (s: string): Uint8Array => Uint8Array.fromHex(s);

Deno.test({
  name: "dpkt objects made of fields pack as those of Python's dpkt",
  ignore,
  fn: () => {
    const { DNS, DHCP } = dpkt;
    const src = bytes(10, 0, 0, 1), dst = bytes(10, 0, 0, 2);
    const [pySrc, pyDst] = [`src=b"\\x0a\\0\\0\\1"`, `dst=b"\\x0a\\0\\0\\2"`];
    const six = hex("20010db8000000000000000000000001");
    const pySix = `bytes.fromhex("20010db8000000000000000000000001")`;
    return compareValues([
      [
        `bytes(dpkt.ethernet.Ethernet(src=b"abcdef", data=dpkt.ip.IP(${pySrc}, ${pyDst}, p=17, data=dpkt.udp.UDP(sport=1, dport=2, ulen=11, data=b"abc"))))`,
        () =>
          new dpkt.Ethernet({
            src: text("abcdef"),
            data: new dpkt.IP({
              src,
              dst,
              p: 17,
              data: new dpkt.UDP({ sport: 1, dport: 2, ulen: 11, data: text("abc") }),
            }),
          }).bytes(),
      ],
      [
        `bytes(dpkt.ip.IP(${pySrc}, ${pyDst}, p=6, opts=b"\\1\\1\\1\\0", hl=6, data=dpkt.tcp.TCP(flags=0x12, off=6, opts=b"\\2\\4\\5\\xb4", data=b"odd")))`,
        () =>
          new dpkt.IP({
            src,
            dst,
            p: 6,
            opts: bytes(1, 1, 1, 0),
            hl: 6,
            data: new dpkt.TCP({
              flags: 0x12,
              off: 6,
              opts: bytes(2, 4, 5, 0xb4),
              data: text("odd"),
            }),
          }).bytes(),
      ],
      [
        `bytes(dpkt.ip.IP(mf=1, p=17, data=dpkt.udp.UDP()))`,
        () => new dpkt.IP({ mf: 1, p: 17, data: new dpkt.UDP() }).bytes(),
      ],
      [`dpkt.ip.IP(data=b"12345").len`, () => new dpkt.IP({ data: text("12345") }).len],
      [
        `dpkt.ip.IP(data=b"12345", len=7).len`,
        () => new dpkt.IP({ data: text("12345"), len: 7 }).len,
      ],
      [
        `bytes(dpkt.ip6.IP6(src=${pySix}, dst=${pySix}, nxt=58, plen=12, fc=3, flow=0xfffff, data=dpkt.icmp6.ICMP6(type=128, data=dpkt.icmp6.ICMP6.Echo(id=1, seq=2, data=b"ping"))))`,
        () =>
          new dpkt.IP6({
            src: six,
            dst: six,
            nxt: 58,
            plen: 12,
            fc: 3,
            flow: 0xfffff,
            data: new dpkt.ICMP6({
              type: 128,
              data: new dpkt.ICMP6.Echo({ id: 1, seq: 2, data: text("ping") }),
            }),
          }).bytes(),
      ],
      [
        `bytes(dpkt.ip6.IP6(src=${pySix}, nxt=0, extension_hdrs={0: dpkt.ip6.IP6HopOptsHeader(nxt=17, data=b"\\1\\4\\0\\0\\0\\0")}, data=dpkt.udp.UDP()))`,
        () =>
          new dpkt.IP6({
            src: six,
            nxt: 0,
            extension_hdrs: {
              0: new dpkt.IP6HopOptsHeader({ nxt: 17, data: bytes(1, 4, 0, 0, 0, 0) }),
            },
            data: new dpkt.UDP(),
          }).bytes(),
      ],
      [
        `bytes(dpkt.icmp.ICMP(data=dpkt.icmp.ICMP.Echo(id=1, seq=2, data=b"x")))`,
        () =>
          new dpkt.ICMP({ data: new dpkt.ICMP.Echo({ id: 1, seq: 2, data: text("x") }) }).bytes(),
      ],
      [
        `bytes(dpkt.ethernet.Ethernet(vlan_tags=[dpkt.ethernet.VLANtag8021Q(pri=1, id=5), dpkt.ethernet.VLANtag8021Q(id=6)], data=dpkt.arp.ARP(op=2)))`,
        () =>
          new dpkt.Ethernet({
            vlan_tags: [
              new dpkt.VLANtag8021Q({ pri: 1, id: 5 }),
              new dpkt.VLANtag8021Q({ id: 6 }),
            ],
            data: new dpkt.ARP({ op: 2 }),
          }).bytes(),
      ],
      [
        `bytes(dpkt.ethernet.Ethernet(mpls_labels=[dpkt.ethernet.MPLSlabel(val=16, ttl=3), dpkt.ethernet.MPLSlabel(val=17)], data=dpkt.ip.IP()))`,
        () =>
          new dpkt.Ethernet({
            mpls_labels: [
              new dpkt.MPLSlabel({ val: 16, ttl: 3 }),
              new dpkt.MPLSlabel({ val: 17 }),
            ],
            data: new dpkt.IP(),
          }).bytes(),
      ],
      [
        `bytes(dpkt.ethernet.Ethernet(data=dpkt.llc.LLC(data=dpkt.ip.IP()), padding=b"\\0\\0", fcs=0, trailer=b"t"))`,
        () =>
          new dpkt.Ethernet({
            data: new dpkt.LLC({ data: new dpkt.IP() }),
            padding: bytes(0, 0),
            fcs: 0,
            trailer: text("t"),
          }).bytes(),
      ],
      [
        `dpkt.ethernet.Ethernet(data=bytes(dpkt.ip.IP(p=17, data=dpkt.udp.UDP())))`,
        () =>
          new dpkt.Ethernet({
            data: new dpkt.IP({ p: 17, data: new dpkt.UDP() }).bytes(),
          }),
      ],
      [
        `bytes(dpkt.gre.GRE(flags=0x3000, key=7, seq=9, data=dpkt.ip.IP()))`,
        () => new dpkt.GRE({ flags: 0x3000, key: 7, seq: 9, data: new dpkt.IP() }).bytes(),
      ],
      [
        `bytes(dpkt.sctp.SCTP(sport=1, dport=2, vtag=3, chunks=[dpkt.sctp.Chunk(type=1, len=6, data=b"ab", padding=b"\\0\\0")]))`,
        () =>
          new dpkt.SCTP({
            sport: 1,
            dport: 2,
            vtag: 3,
            chunks: [
              new dpkt.sctp.Chunk({ type: 1, len: 6, data: text("ab"), padding: bytes(0, 0) }),
            ],
          }).bytes(),
      ],
      [
        `bytes(dpkt.dns.DNS(id=5, rd=0, qr=1, rcode=3, qd=[dpkt.dns.DNS.Q(name="a.example.com")], an=[dpkt.dns.DNS.RR(name="a.example.com", ttl=9, ip=b"\\1\\2\\3\\4"), dpkt.dns.DNS.RR(name="B.Example.com", type=15, preference=4, mxname="a.example.com"), dpkt.dns.DNS.RR(name="example.com", type=6, mname="x.com", rname="y.x.com", serial=1, refresh=2, retry=3, expire=4, minimum=5), dpkt.dns.DNS.RR(name="com", type=33, priority=1, weight=2, port=3, srvname="x.com"), dpkt.dns.DNS.RR(name="", type=12, ptrname="y.x.com")]))`,
        () =>
          new DNS({
            id: 5,
            rd: 0,
            qr: 1,
            rcode: 3,
            qd: [new DNS.Q({ name: "a.example.com" })],
            an: [
              new DNS.RR({ name: "a.example.com", ttl: 9, ip: bytes(1, 2, 3, 4) }),
              new DNS.RR({
                name: "B.Example.com",
                type: 15,
                preference: 4,
                mxname: "a.example.com",
              }),
              new DNS.RR({
                name: "example.com",
                type: 6,
                mname: "x.com",
                rname: "y.x.com",
                serial: 1,
                refresh: 2,
                retry: 3,
                expire: 4,
                minimum: 5,
              }),
              new DNS.RR({
                name: "com",
                type: 33,
                priority: 1,
                weight: 2,
                port: 3,
                srvname: "x.com",
              }),
              new DNS.RR({ name: "", type: 12, ptrname: "y.x.com" }),
            ],
          }).bytes(),
      ],
      [
        `bytes(dpkt.dhcp.DHCP(xid=1, chaddr=b"abcdef", opts=[(53, b"\\1"), (12, b"host")]))`,
        () =>
          new DHCP({ xid: 1, chaddr: text("abcdef"), opts: [[53, bytes(1)], [12, text("host")]] })
            .bytes(),
      ],
      [
        `bytes(dpkt.ntp.NTP(v=4, mode=3, id=b"abcd", update_time=b"12345678", originate_time=b"1", receive_time=b"2", transmit_time=b"3"))`,
        () =>
          new dpkt.NTP({
            v: 4,
            mode: 3,
            id: text("abcd"),
            update_time: text("12345678"),
            originate_time: text("1"),
            receive_time: text("2"),
            transmit_time: text("3"),
          }).bytes(),
      ],
      [
        `bytes(dpkt.http.Request(method="POST", uri="/x", headers={"host": "h", "one": "1"}, body=b"b"))`,
        () =>
          new dpkt.Request({
            method: "POST",
            uri: "/x",
            headers: { host: "h", one: "1" },
            body: text("b"),
          }).bytes(),
      ],
      [`bytes(dpkt.tcp.TCP(sport=70000))`, () => new dpkt.TCP({ sport: 70000 }).bytes()],
      [`dpkt.tcp.TCP(sport=70000).sport`, () => new dpkt.TCP({ sport: 70000 }).sport],
      [
        `bytes(dpkt.ethernet.Ethernet(dst=b"too long by far"))`,
        () => new dpkt.Ethernet({ dst: text("too long by far") }).bytes(),
      ],
      [`dpkt.ip.get_ip_proto_name(17)`, () => dpkt.ip.get_ip_proto_name(17)],
      [
        `[dpkt.ip.get_ip_proto_name(p) for p in range(256)]`,
        () => Array.from({ length: 256 }, (_, p) => dpkt.ip.get_ip_proto_name(p)),
      ],
      [
        `[dpkt.tcp.tcp_flags_to_str(f) for f in range(512)]`,
        () => Array.from({ length: 512 }, (_, f) => dpkt.tcp.tcp_flags_to_str(f)),
      ],
      [
        `dpkt.hexdump(bytes(range(256)))`,
        () => dpkt.hexdump(Uint8Array.from({ length: 256 }, (_, i) => i)),
      ],
      [`dpkt.in_cksum(b"odd")`, () => dpkt.in_cksum(text("odd"))],
      [`dpkt.utils.mac_to_str(b"abcdef")`, () => dpkt.utils.mac_to_str(text("abcdef"))],
      [`dpkt.utils.inet_to_str(${pySix})`, () => dpkt.utils.inet_to_str(six)],
      [
        `repr(dpkt.ethernet.Ethernet(src=b"a'\\x00\\n~\\\\", data=dpkt.ip.IP(p=6, ttl=3, df=1, data=dpkt.tcp.TCP(data=b'"\\x7f')))) `,
        () =>
          new dpkt.Ethernet({
            src: bytes(97, 39, 0, 10, 126, 92),
            data: new dpkt.IP({
              p: 6,
              ttl: 3,
              df: 1,
              data: new dpkt.TCP({ data: bytes(34, 127) }),
            }),
          }).toString(),
      ],
      [
        `repr(dpkt.stp.STP(max_age=5, hello=2))`,
        () => new dpkt.STP({ max_age: 5, hello: 2 }).toString(),
      ],
    ]);
  },
});

Deno.test({
  name: "a frame that is read, changed and packed again is as from Python's dpkt",
  ignore,
  fn: async () => {
    const [first] = (await framesOf(`${CAPTURES}sample.pcap`))
      .filter(({ bytes }) => {
        const ip = new dpkt.Ethernet(bytes).ip;
        return ip?.data instanceof dpkt.TCP && ip.data.data.length > 0;
      });
    const py = `dpkt.ethernet.Ethernet(bytes.fromhex("${first.bytes.toHex()}"))`;
    const change = (f: (eth: dpkt.Ethernet, ip: dpkt.IP, tcp: dpkt.TCP) => unknown) => () => {
      const eth = new dpkt.Ethernet(first.bytes);
      f(eth, eth.ip!, eth.ip!.tcp!);
      return eth.bytes();
    };
    const steps: [string, Parameters<typeof change>[0]][] = [
      ["e.dst = b'123456'", (e) => e.dst = text("123456")],
      ["e.data.ttl = 1", (_, ip) => ip.ttl = 1],
      ["e.data.ttl = 1; e.data.sum = 0", (_, ip) => Object.assign(ip, { ttl: 1, sum: 0 })],
      [
        "e.data.df = 0; e.data.mf = 1; e.data.offset = 99",
        (_, ip) => Object.assign(ip, { df: 0, mf: 1, offset: 99 }),
      ],
      ["e.data.data.dport = 8080; e.data.sum = 0; e.data.data.sum = 0", (_, ip, tcp) => {
        tcp.dport = 8080;
        ip.sum = tcp.sum = 0;
      }],
      ["e.data.data.flags = 0x1ff", (_, __, tcp) => tcp.flags = 0x1ff],
      ["e.data.data.data = b'short'; e.data.sum = 0; e.data.data.sum = 0", (_, ip, tcp) => {
        tcp.data = text("short");
        ip.sum = tcp.sum = 0;
      }],
      ["e.data = b'raw'", (e) => e.data = text("raw")],
      ["e.data.data = dpkt.udp.UDP(); e.data.p = 17; e.data.sum = 0", (_, ip) => {
        ip.data = new dpkt.UDP();
        ip.p = 17;
        ip.sum = 0;
      }],
      [
        "e.data.src, e.data.dst = e.data.dst, e.data.src",
        (_, ip) => [ip.src, ip.dst] = [ip.dst.slice(), ip.src.slice()],
      ],
    ];
    await compareValues(steps.map(([python, f]) => [
      `changed(${py}, ${JSON.stringify(python)})`,
      change(f),
    ]));
  },
});

/** An open file that keeps what is written to it. */
class Memory {
  readonly parts: number[] = [];
  writeSync(p: Uint8Array): number {
    // Less than all, as a pipe might.
    const n = Math.min(p.length, 7);
    this.parts.push(...p.subarray(0, n));
    return n;
  }
  get bytes(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}

Deno.test({
  name: "dpkt writers write the bytes that those of Python's dpkt write",
  ignore,
  fn: async () => {
    const times = [
      0,
      1,
      1454725786.99,
      1454725786.526401,
      0.9999999,
      1.0000005,
      4294967295.5,
      2.5e-6,
    ];
    const packet = text("packet");
    const written = (make: (f: Memory) => unknown) => () => {
      const f = new Memory();
      make(f);
      return f.bytes;
    };
    const pyTimes = `[(t, b"packet") for t in ${JSON.stringify(times)}]`;
    const pairs = times.map((t): [number, Uint8Array] => [t, packet]);
    await compareValues([
      [`written(lambda f: dpkt.pcap.Writer(f))`, written((f) => new dpkt.pcap.Writer(f))],
      [
        `written(lambda f: dpkt.pcap.Writer(f, snaplen=65535, linktype=101).writepkts(${pyTimes}))`,
        written((f) => new dpkt.pcap.Writer(f, { snaplen: 65535, linktype: 101 }).writepkts(pairs)),
      ],
      [
        `written(lambda f: dpkt.pcap.Writer(f, nano=True).writepkts(${pyTimes}))`,
        written((f) => new dpkt.pcap.Writer(f, { nano: true }).writepkts(pairs)),
      ],
      [
        `written(lambda f: dpkt.pcap.Writer(f).writepkt(dpkt.udp.UDP(), 5.25))`,
        written((f) => new dpkt.pcap.Writer(f).writepkt(new dpkt.UDP(), 5.25)),
      ],
      [
        `written(lambda f: dpkt.pcap.Writer(f, nano=True).writepkt(b"x", Decimal("1454725786.123456789")))`,
        written((f) =>
          new dpkt.pcap.Writer(f, { nano: true }).writepkt(text("x"), 1454725786123456789n)
        ),
      ],
      [
        `written(lambda f: dpkt.pcapng.Writer(f, snaplen=9, linktype=113).writepkts(${pyTimes}))`,
        written((f) => new dpkt.pcapng.Writer(f, { snaplen: 9, linktype: 113 }).writepkts(pairs)),
      ],
      [
        `written(lambda f: dpkt.pcapng.Writer(f).writepkt(dpkt.udp.UDP().pack(), 5.25))`,
        written((f) => new dpkt.pcapng.Writer(f).writepkt(new dpkt.UDP(), 5.25)),
      ],
      [
        `written(lambda f: dpkt.pcapng.Writer(f, shb=dpkt.pcapng.SectionHeaderBlockLE(opts=[dpkt.pcapng.PcapngOptionLE(code=1, text="naïve"), dpkt.pcapng.PcapngOptionLE()]), idb=[dpkt.pcapng.InterfaceDescriptionBlockLE(snaplen=5), dpkt.pcapng.InterfaceDescriptionBlockLE(linktype=101)]).writepkt(dpkt.pcapng.EnhancedPacketBlockLE(iface_id=1, pkt_data=b"abcde", opts=[dpkt.pcapng.PcapngOptionLE(code=1, data=b"c"), dpkt.pcapng.PcapngOptionLE()]), 7.5))`,
        written((f) => {
          const { pcapng } = dpkt;
          const end = new pcapng.PcapngOptionLE();
          new pcapng.Writer(f, {
            shb: new pcapng.SectionHeaderBlockLE({
              opts: [new pcapng.PcapngOptionLE({ code: 1, text: "naïve" }), end],
            }),
            idb: [
              new pcapng.InterfaceDescriptionBlockLE({ snaplen: 5 }),
              new pcapng.InterfaceDescriptionBlockLE({ linktype: 101 }),
            ],
          }).writepkt(
            new pcapng.EnhancedPacketBlockLE({
              iface_id: 1,
              pkt_data: text("abcde"),
              opts: [new pcapng.PcapngOptionLE({ code: 1, data: text("c") }), end],
            }),
            7.5,
          );
        }),
      ],
    ]);
  },
});
