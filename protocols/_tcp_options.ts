/**
 * TCP options (IANA "tcp-parameters"; RFC 1072, 1146, 1644, 2018, 2385, 4727, 4782, 5482, 5925, 6994, 7323, 7413, 8684,
 * CCSDS 714.0-B-2, draft-ietf-tcpm-accurate-ecn), reported as far as a length that fits its kind allows.
 *
 * @module
 */
import {
  bits,
  bool,
  bytes,
  choose,
  computed,
  custom,
  type Field,
  fixedBytes,
  flag,
  group,
  inline,
  ipv4Address,
  ipv6Address,
  list,
  optional,
  sized,
  type TlvSpec,
  u16,
  u24,
  u32,
  u64,
  u8,
  within,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { RecipeRead, runField } from "../core/recipe.ts";

type Fields = Readonly<Record<string, Field<unknown>>>;
type Value = Readonly<Record<string, unknown>>;
type Case = readonly [abbrev: string, name: string, fields: Fields];

/** Option kinds. */
const KINDS: Readonly<Record<number, string>> = {
  0: "End of Option List",
  1: "No-Operation",
  2: "Maximum Segment Size",
  3: "Window Scale",
  4: "SACK Permitted",
  5: "SACK",
  6: "Echo",
  7: "Echo Reply",
  8: "Time Stamp Option",
  9: "Partial Order Connection Permitted",
  10: "Partial Order Service Profile",
  11: "CC",
  12: "CC.NEW",
  13: "CC.ECHO",
  14: "TCP Alternate Checksum Request",
  15: "TCP Alternate Checksum Data",
  16: "Skeeter",
  17: "Bubba",
  18: "Trailer Checksum Option",
  19: "MD5 Signature Option",
  20: "SCPS Capabilities",
  21: "Selective Negative Acknowledgements",
  22: "Record Boundaries",
  23: "Corruption experienced",
  24: "SNAP",
  25: "Unassigned",
  26: "TCP Compression Filter",
  27: "Quick-Start Response",
  28: "User Timeout Option",
  29: "The TCP Authentication Option",
  30: "Multipath TCP",
  34: "TCP Fast Open Cookie",
  76: "Riverbed Probe",
  78: "Riverbed Transparency",
  172: "Accurate ECN Order 0",
  174: "Accurate ECN Order 1",
  253: "RFC3692-style Experiment 1",
  254: "RFC3692-style Experiment 2",
};

/** Identifiers of experiments (RFC 6994). */
const EXPERIMENTS: Readonly<Record<number, string>> = {
  0x00ac: "TCP ACK Rate Request",
  0x0348: "Host ID",
  0x0a0d: "Autonomous System Compensation",
  0x0ca0: "Capability Option",
  0x0ed0: "Extended Data Offset",
  0x454e: "Encryption Negotiation",
  0x5323: "Service Number",
  0x75ec: "Timestamp Interval",
  0xacc0: "Accurate ECN - Order 0",
  0xacc1: "Accurate ECN - Order 1",
  0xacce: "Accurate ECN",
  0xe2d4: "Shared Memory communications over RMDA protocol",
  0xf989: "Fast Open",
  0xf990: "Low Latency",
};
const TARR = 0x00ac, ACC_ECN_0 = 0xacc0, ACC_ECN_1 = 0xacc1, FAST_OPEN = 0xf989;

/** Rates of the Quick-Start response (RFC 4782 section 3.1). */
const RATES: Readonly<Record<number, string>> = {
  0: "0 bit/s",
  1: "80 Kbit/s",
  2: "160 Kbit/s",
  3: "320 Kbit/s",
  4: "640 Kbit/s",
  5: "1.28 Mbit/s",
  6: "2.56 Mbit/s",
  7: "5.12 Mbit/s",
  8: "10.24 Mbit/s",
  9: "20.48 Mbit/s",
  10: "40.96 Mbit/s",
  11: "81.92 Mbit/s",
  12: "163.84 Mbit/s",
  13: "327.68 Mbit/s",
  14: "655.36 Mbit/s",
  15: "1.31072 Gbit/s",
};

/** Multipath TCP option subtypes (RFC 8684 section 3). */
const SUBTYPES: Readonly<Record<number, string>> = {
  0: "Multipath Capable",
  1: "Join Connection",
  2: "Data Sequence Signal",
  3: "Add Address",
  4: "Remove Address",
  5: "Change Subflow Priority",
  6: "TCP Fallback",
  7: "Fast Close",
  8: "TCP Reset",
};

/** Reasons for a subflow's reset (RFC 8684 section 3.6). */
const RESET_REASONS: Readonly<Record<number, string>> = {
  0: "Unspecified error",
  1: "MPTCP-specific error",
  2: "Lack of resources",
  3: "Administratively prohibited",
  4: "Too much outstanding data",
  5: "Unacceptable performance",
  6: "Middlebox interference",
};

/** Length of an option as it says itself; the cursor stands `offset` bytes behind its length. */
function told(items: Items, offset: number): number {
  return items.bytes[items.at - offset - 1];
}

/** What is left of a value whose length fits no layout: kept, but no field of Wireshark's. */
function rest(): Field<unknown> {
  return inline({ data: bytes("", "Data") });
}

/** Fields that are there if the whole option has the length `length`; `offset` bytes of it stand before. */
function exactly(length: number, fields: Fields, offset = 0): Field<unknown> {
  const usual = inline(fields);
  return choose(
    (items) => told(items, offset) === length ? 1 : 0,
    { 1: usual },
    rest(),
    (o) => o.data === undefined ? 1 : 0,
    (r) => offset === 0 && r.told(length) && usual.recipe(r),
  );
}

/** One of several layouts, by the length of the whole option; `by` answers it of what is to be written. */
function byLength(
  cases: Readonly<Record<number, Fields>>,
  by: (object: Value) => number,
  offset = 0,
): Field<unknown> {
  const fields: Record<number, Field<unknown>> = {};
  for (const [length, f] of Object.entries(cases)) fields[Number(length)] = inline(f);
  return choose(
    (items) => told(items, offset),
    fields,
    rest(),
    (o) => o.data === undefined ? by(o) : -1,
  );
}

function given(object: Value, key: string): boolean {
  return object[key] !== undefined;
}

/** A number of `size` bytes that Wireshark has no field for. */
function unnamed(key: string, name: string, size: number): Field<unknown> {
  const field = bits(size * 8, "", name);
  return custom({
    fields: { [key]: field },
    emit(items) {
      if (!items.has(size)) return;
      let v = 0;
      for (let i = 0; i < size; i++) v = (v << 8) | items.bytes[items.at + i];
      items.add(field.id, items.at, size, v);
      items.at += size;
    },
    write: (writer, _value, object) => writer.uint(Number(object[key] ?? 0), size),
  });
}

/** The bytes up to the end of the option: all of them or, if the capture was cut, none. */
function tail(key: string, abbrev: string, name: string): Field<unknown> {
  const field = bytes(abbrev, name);
  return custom({
    fields: { [key]: field },
    emit(items) {
      const start = optionStart(items), end = start + items.bytes[start + 1];
      if (end > items.end) items.has(end - items.at);
      else if (end > items.at) {
        items.add(field.id, items.at, end - items.at, 0);
        items.at = end;
      }
    },
    write(writer, _value, object) {
      const value = object[key];
      if (value instanceof Uint8Array) writer.put(value);
    },
  });
}

/** Function (which Wireshark has no field for) and rate of a Quick-Start response (RFC 4782 section 3.1). */
function quickStartRate(): Field<unknown> {
  const fields = {
    function: bits(4, "", "Function"),
    rate: bits(4, "tcp.options.qs.rate", "QS Rate", { values: RATES }),
  };
  return custom({
    fields,
    emit(items) {
      if (!items.has(1)) return;
      const v = items.bytes[items.at];
      items.add(fields.function.id, items.at, 1, v >> 4);
      items.add(fields.rate.id, items.at++, 1, v & 15);
    },
    write: (writer, _value, object) =>
      writer.uint((Number(object.function ?? 0) << 4) | (Number(object.rate ?? 0) & 15), 1),
  });
}

/** Counters of Accurate ECN, in the order of their kinds; `before`: length of what stands in front of them. */
function counters(order: 0 | 1, before: number): Field<unknown> {
  const ee0b = () => u24("tcp.options.acc_ecn.ee0b", "Accurate ECN Echo ECT(0) Byte Counter");
  const eceb = () => u24("tcp.options.acc_ecn.eceb", "Accurate ECN Echo CE Byte Counter");
  const ee1b = () => u24("tcp.options.acc_ecn.ee1b", "Accurate ECN Echo ECT(1) Byte Counter");
  const first = order === 0 ? "ect0Bytes" : "ect1Bytes";
  const last = order === 0 ? "ect1Bytes" : "ect0Bytes";
  const a = order === 0 ? ee0b : ee1b, b = order === 0 ? ee1b : ee0b;
  return byLength(
    {
      [before]: {},
      [before + 3]: { [first]: a() },
      [before + 6]: { [first]: a(), ceBytes: eceb() },
      [before + 9]: { [first]: a(), ceBytes: eceb(), [last]: b() },
    },
    (o) => before + (given(o, last) ? 9 : given(o, "ceBytes") ? 6 : given(o, first) ? 3 : 0),
    before - 2,
  );
}

/** A TCP Fast Open cookie, or the request for one (RFC 7413 section 4.1.1); `before`: length of what stands in front. */
function fastOpen(before: number): Field<unknown> {
  return choose(
    (items) => told(items, before - 2) === before ? 0 : 1,
    { 0: group("tcp.options.tfo.request", "Fast Open Cookie Request", {}) },
    inline({ _cookie: tail("cookie", "tcp.options.tfo.cookie", "Fast Open Cookie") }),
    (o) => given(o, "cookie") ? 1 : 0,
  );
}

/** An experiment of kind 253 or 254 (RFC 4727, RFC 6994). */
function experiment(): Fields {
  return {
    _body: choose(
      (items) => told(items, 0) >= 4 ? 1 : 0,
      {
        1: inline({
          experiment: u16("tcp.options.experimental.exid", "Experiment Identifier", {
            hex: true,
            values: EXPERIMENTS,
          }),
          _content: choose(
            (items) => (items.bytes[items.at - 2] << 8) | items.bytes[items.at - 1],
            {
              [TARR]: byLength(
                {
                  4: {},
                  5: {
                    rate: bits(7, "tcp.options.tarr.rate", "TARR Rate"),
                    tarrReserved: bits(1, "tcp.options.tar.reserved", "TARR Reserved"),
                  },
                },
                (o) => given(o, "rate") ? 5 : 4,
                2,
              ),
              [ACC_ECN_0]: counters(0, 4),
              [ACC_ECN_1]: counters(1, 4),
              [FAST_OPEN]: fastOpen(4),
            },
            inline({ _data: tail("data", "tcp.options.experimental.data", "Data") }),
            (o) => Number(o.experiment),
          ),
        }),
      },
      rest(),
      (o) => given(o, "experiment") ? 1 : 0,
    ),
  };
}

const subtype = (): Field<number> =>
  bits(4, "tcp.options.mptcp.subtype", "Multipath TCP subtype", { values: SUBTYPES });
/** The byte that holds a subtype and four flags, which Wireshark reports as a whole. */
const flagsAndSubtype = (): Fields => ({
  flags: u8("tcp.options.mptcp.flags", "Multipath TCP flags", { hex: true }),
  subtype: within(0xf0, "tcp.options.mptcp.subtype", "Multipath TCP subtype", {
    values: SUBTYPES,
  }),
});
/** Four bits that mean nothing. */
const nibble = (): Field<number> => bits(4, "", "Reserved");
const addressId = (): Field<number> => u8("tcp.options.mptcp.addrid", "Address ID");
const random = (): Field<number> => u32("tcp.options.mptcp.sendrand", "Sender's Random Number");
const backup = (): Field<number> => within(0x01, "tcp.options.mptcp.backup.flag", "Backup flag");
const reserved12 = (): Field<number> =>
  bits(12, "tcp.options.mptcp.reserved", "Reserved", { hex: true });
const dataLength = (): Field<number> => u16("tcp.options.mptcp.datalvllen", "Data-level Length");
const dataChecksum = (): Field<number> =>
  u16("tcp.options.mptcp.checksum", "Checksum", { hex: true });

/** Flags of MP_CAPABLE, whose meaning the version before them tells (RFC 6824 and 8684, section 3.1). */
function capableFlags(version: 0 | 1): Fields {
  return {
    flags: u8("tcp.options.mptcp.flags", "Multipath TCP flags", { hex: true, initial: 1 }),
    checksumRequired: within(
      0x80,
      "tcp.options.mptcp.checksumreq.flags",
      "Checksum required",
    ),
    extensibility: within(0x40, "tcp.options.mptcp.extensibility.flag", "Extensibility"),
    ...(version === 1
      ? {
        noMoreSubflows: within(
          0x20,
          "tcp.options.mptcp.nomoresubflows.flag",
          "Do not attempt to establish new subflows to this address and port",
        ),
        hmacSha256: within(0x01, "tcp.options.mptcp.sha256.flag", "Use HMAC-SHA256"),
        reservedFlags: within(0x1e, "tcp.options.mptcp.reserved.flag", "Reserved", { hex: true }),
      }
      : {
        hmacSha1: within(0x01, "tcp.options.mptcp.sha1.flag", "Use HMAC-SHA1"),
        reservedFlags: within(0x3e, "tcp.options.mptcp.reserved.flag", "Reserved", { hex: true }),
      }),
  };
}

/** MP_CAPABLE (RFC 8684 section 3.1): with no key, one, two, and with the mapping of the first data. */
function capable(): Fields {
  const sender = () => u64("tcp.options.mptcp.sendkey", "Sender's Key");
  const receiver = () => u64("tcp.options.mptcp.recvkey", "Receiver's Key");
  return {
    subtype: subtype(),
    version: bits(4, "tcp.options.mptcp.version", "Multipath TCP version", { initial: 1 }),
    _flags: choose(
      (items) => items.bytes[items.at - 1] & 0x0f,
      { 1: inline(capableFlags(1)) },
      inline(capableFlags(0)),
      (o) => Number(o.version ?? 1),
    ),
    _keys: byLength(
      {
        4: {},
        12: { senderKey: sender() },
        20: { senderKey: sender(), receiverKey: receiver() },
        22: { senderKey: sender(), receiverKey: receiver(), dataLength: dataLength() },
        24: {
          senderKey: sender(),
          receiverKey: receiver(),
          dataLength: dataLength(),
          checksum: dataChecksum(),
        },
      },
      (o) =>
        given(o, "checksum")
          ? 24
          : given(o, "dataLength")
          ? 22
          : given(o, "receiverKey")
          ? 20
          : given(o, "senderKey")
          ? 12
          : 4,
      2,
    ),
  };
}

/** MP_JOIN (RFC 8684 section 3.2): of a SYN, of its answer, and of the third segment. */
function join(): Field<unknown> {
  const key = (o: Value): number =>
    given(o, "hmac") ? 24 : given(o, "truncatedHmac") ? 16 : given(o, "receiverToken") ? 12 : -1;
  return choose(
    (items) => told(items, 0),
    {
      12: inline({
        ...flagsAndSubtype(),
        backup: backup(),
        addressId: addressId(),
        receiverToken: u32("tcp.options.mptcp.recvtok", "Receiver's Token"),
        random: random(),
      }),
      16: inline({
        ...flagsAndSubtype(),
        backup: backup(),
        addressId: addressId(),
        truncatedHmac: u64("tcp.options.mptcp.sendtrunchmac", "Sender's Truncated HMAC"),
        random: random(),
      }),
      24: inline({
        subtype: subtype(),
        reserved: reserved12(),
        hmac: fixedBytes(20, "tcp.options.mptcp.sendhmac", "Sender's HMAC"),
      }),
    },
    inline({ subtype: subtype(), reserved: nibble(), data: bytes("", "Data") }),
    key,
  );
}

/** First byte of the option at hand: the heading last opened. */
function optionStart(items: Items): number {
  const rows = items.rows, depth = items.depth - 1;
  let p = items.used - 4;
  while (p > 0 && rows[p] >>> 16 > depth) p -= 4;
  return rows[p + 1];
}

/** A data sequence signal (RFC 8684 section 3.3). */
function dataSequence(): Fields {
  const number = (
    wide: number,
    there: number,
    key: string,
    abbrev: string,
    name: string,
  ): Field<unknown> =>
    choose(
      (items) => sequenceWidth(items.bytes[optionStart(items) + 3], wide, there),
      {
        4: inline({ [key]: u64(abbrev, name, { width: 32 }) }),
        8: inline({ [key]: u64(abbrev, name) }),
      },
      undefined,
      (o) => sequenceWidth(Number(o.flags ?? 0), wide, there),
    );
  return {
    subtype: subtype(),
    _: nibble(),
    flags: u8("tcp.options.mptcp.flags", "Multipath TCP flags", { hex: true }),
    dataFin: within(0x10, "tcp.options.mptcp.datafin.flag", "DATA_FIN"),
    sequence8: within(
      0x08,
      "tcp.options.mptcp.dseqn8.flag",
      "Data Sequence Number is 8 octets",
    ),
    sequencePresent: within(
      0x04,
      "tcp.options.mptcp.dseqnpresent.flag",
      "Data Sequence Number, Subflow Sequence Number, Data-level Length, Checksum present",
    ),
    ack8: within(0x02, "tcp.options.mptcp.dataack8.flag", "Data ACK is 8 octets"),
    ackPresent: within(
      0x01,
      "tcp.options.mptcp.dataackpresent.flag",
      "Data ACK is present",
    ),
    _ack: number(
      0x02,
      0x01,
      "dataAck",
      "tcp.options.mptcp.rawdataack",
      "Original MPTCP Data ACK",
    ),
    _sequence: number(
      0x08,
      0x04,
      "dataSequence",
      "tcp.options.mptcp.rawdataseqno",
      "Data Sequence Number",
    ),
    _mapping: optional(
      (items) => (items.bytes[optionStart(items) + 3] & 0x04) !== 0,
      inline({
        subflowSequence: u32("tcp.options.mptcp.subflowseqno", "Subflow Sequence Number"),
        dataLength: dataLength(),
        // Wireshark 4.0 shows the checksum only if two bytes more follow it.
        _checksum: choose(
          (items) => items.left >= 4 ? 4 : items.left >= 2 ? 2 : 0,
          {
            4: inline({ checksum: dataChecksum() }),
            2: unnamed("checksum", "Checksum", 2),
          },
          undefined,
          (o) => given(o, "checksum") ? 2 : 0,
        ),
      }),
      (o) => (Number(o.flags ?? 0) & 0x04) !== 0,
    ),
  };
}

function sequenceWidth(flags: number, wide: number, there: number): number {
  return (flags & there) === 0 ? 0 : (flags & wide) !== 0 ? 8 : 4;
}

/** ADD_ADDR (RFC 6824 and 8684, section 3.4.1): either version, with or without port and HMAC. */
function addAddress(): Fields {
  const ipv4 = () => ipv4Address("tcp.options.mptcp.ipv4", "Advertised IPv4 Address");
  const ipv6 = () => ipv6Address("tcp.options.mptcp.ipv6", "Advertised IPv6 Address");
  const port = () => u16("tcp.options.mptcp.port", "Advertised port");
  const hmac = () => u64("tcp.options.mptcp.addaddrtrunchmac", "Truncated HMAC");
  return {
    // The subtype shares its byte with what is chosen next.
    _version: choose(
      (items) => {
        const low = items.peek(0) & 0x0f;
        return low === 4 || low === 6 ? 0 : 1;
      },
      {
        0: inline({
          subtype: subtype(),
          ipVersion: bits(4, "tcp.options.mptcp.ipver", "IP version"),
        }),
      },
      inline({
        subtype: subtype(),
        _: bits(3, "", "Reserved"),
        echo: bits(1, "tcp.options.mptcp.echo", "Echo"),
      }),
      (o) => given(o, "ipVersion") ? 0 : 1,
    ),
    addressId: addressId(),
    _address: byLength(
      {
        4: {},
        8: { ipv4: ipv4() },
        10: { ipv4: ipv4(), port: port() },
        16: { ipv4: ipv4(), truncatedHmac: hmac() },
        18: { ipv4: ipv4(), port: port(), truncatedHmac: hmac() },
        20: { ipv6: ipv6() },
        22: { ipv6: ipv6(), port: port() },
        28: { ipv6: ipv6(), truncatedHmac: hmac() },
        30: { ipv6: ipv6(), port: port(), truncatedHmac: hmac() },
      },
      (o) =>
        !given(o, "ipv4") && !given(o, "ipv6")
          ? 4
          : (given(o, "ipv6") ? 20 : 8) + (given(o, "port") ? 2 : 0) +
            (given(o, "truncatedHmac") ? 8 : 0),
      2,
    ),
  };
}

/** A Multipath TCP option (RFC 8684 section 3), by its subtype. */
function multipath(): Fields {
  return {
    _body: choose(
      (items) => items.left === 0 ? 9 : items.peek(0) >> 4,
      {
        0: inline(capable()),
        1: join(),
        2: inline(dataSequence()),
        3: inline(addAddress()),
        4: inline({
          subtype: subtype(),
          _: nibble(),
          _count: computed(
            "mptcp.rm_addr.count",
            "Number of removed addresses",
            (items) => told(items, 1) - 3,
          ),
          addressIds: list(addressId()),
        }),
        5: inline({
          ...flagsAndSubtype(),
          backup: backup(),
          _id: byLength(
            { 3: {}, 4: { addressId: addressId() } },
            (o) => given(o, "addressId") ? 4 : 3,
            1,
          ),
        }),
        6: inline({
          subtype: subtype(),
          reserved: reserved12(),
          dataSequence: u64("tcp.options.mptcp.rawdataseqno", "Data Sequence Number"),
          data: bytes("", "Data"),
        }),
        7: inline({
          subtype: subtype(),
          reserved: reserved12(),
          receiverKey: u64("tcp.options.mptcp.recvkey", "Receiver's Key"),
          data: bytes("", "Data"),
        }),
        8: inline({
          ...flagsAndSubtype(),
          u: flag(0x08, "tcp.options.mptcp.flag_U.flag", "Flag U"),
          v: flag(0x04, "tcp.options.mptcp.flag_V.flag", "Flag V"),
          w: flag(0x02, "tcp.options.mptcp.flag_W.flag", "Flag W"),
          transient: flag(0x01, "tcp.options.mptcp.flag_T.flag", "Transient"),
          reason: u8("tcp.options.mptcp.rst_reason", "TCPRST Reason", {
            hex: true,
            values: RESET_REASONS,
          }),
          data: bytes("", "Data"),
        }),
      },
      inline({ subtype: subtype(), _: nibble(), data: bytes("", "Data") }),
      (o) => Number(o.subtype ?? 0),
    ),
  };
}

/** A Riverbed probe: its first byte's lowest bit tells which of two layouts it has. */
function riverbedProbe(): Fields {
  const prober = () => ipv4Address("tcp.options.rvbd.probe.prober", "CSH IP");
  const proxy = () => ({
    proxy: ipv4Address("tcp.options.rvbd.probe.proxy.ip", "SSH IP"),
    proxyPort: u16("tcp.options.rvbd.probe.proxy.port", "SSH Port"),
  });
  const client = () => ipv4Address("tcp.options.rvbd.probe.client.ip", "Client IP");
  const reserved = () => u8("tcp.options.rvbd.probe.reserved", "Reserved", { hex: true });
  const type1 = (): Fields => ({
    type: bits(4, "tcp.options.rvbd.probe.type1", "Type", { values: PROBE_TYPES }),
    version: bits(4, "tcp.options.rvbd.probe.version", "Version"),
  });
  const type2 = (): Fields => ({
    type: bits(7, "tcp.options.rvbd.probe.type2", "Type", { values: PROBE_TYPES }),
    versionBit: bits(1, "tcp.options.rvbd.probe.version_raw", "Version"),
    _version: computed("tcp.options.rvbd.probe.version", "Version", () => 2),
  });
  const flags = (): Field<number> =>
    u8("tcp.options.rvbd.probe.flags", "Probe Flags", { hex: true });
  const cfe = (): Fields => ({
    flags: flags(),
    notCfe: flag(0x04, "tcp.options.rvbd.probe.flags.notcfe", "Not CFE"),
    lastNotify: flag(0x01, "tcp.options.rvbd.probe.flags.last", "Last Notify"),
  });
  const version = () => ({
    applicationVersion: u16("tcp.options.rvbd.probe.appli_ver", "Application Version"),
  });
  const data = () => bytes("", "Data");
  const first = (fields: Fields): Field<unknown> =>
    inline({ ...type1(), reserved: reserved(), prober: prober(), ...fields, data: data() });
  const second = (fields: Fields): Field<unknown> =>
    inline({ ...type2(), ...fields, data: data() });
  const cases: Record<number, Field<unknown>> = {
    // Layout 1: sixteen times the type, plus one.
    0x01: first(version()),
    0x11: first(proxy()),
    0x21: inline({ ...type1(), data: data() }),
    0x31: first(version()),
    0x41: first(version()),
    0x51: first({ client: client(), ...proxy() }),
    // Layout 2: the type alone, made distinct.
    0x106: second(cfe()),
    0x107: second({
      flags: flags(),
      noCache: flag(
        0x10,
        "tcp.options.rvbd.probe.flags.probe",
        "Disable Probe Cache on CSH",
      ),
      ssl: flag(0x02, "tcp.options.rvbd.probe.flags.ssl", "SSL Enabled"),
      serverEstablished: flag(
        0x01,
        "tcp.options.rvbd.probe.flags.server",
        "SSH outer to server established",
      ),
    }),
    0x108: second({ ...cfe(), client: client() }),
    0x109: second({ ...cfe(), storeId: u32("tcp.options.rvbd.probe.storeid", "CFE Store ID") }),
    0x10a: second({ flags: flags() }),
  };
  for (let type = 6; type <= 10; type++) cases[type * 16 + 1] = first({});
  for (let type = 0; type <= 5; type++) cases[0x100 + type] = second({});
  return {
    _body: choose(
      (items) => {
        const b = items.peek(0);
        return told(items, 0) < 3 ? -1 : b & 1 ? (b & 0xf0) | 1 : 0x100 | (b >> 1);
      },
      cases,
      rest(),
      (o) =>
        !given(o, "type")
          ? -1
          : given(o, "versionBit")
          ? 0x100 | Number(o.type)
          : Number(o.type) * 16 + 1,
    ),
  };
}

const PROBE_TYPES: Readonly<Record<number, string>> = {
  0: "Probe Query",
  1: "Probe Response",
  2: "Probe Internal",
  3: "Probe Trace",
  4: "Probe Query SH",
  5: "Probe Response SH",
  6: "Probe Query Info",
  7: "Probe Response Info",
  8: "Probe Query Info Store ID",
  9: "Probe Response Info Store ID",
  10: "Probe Reset",
};

/** A Riverbed transparency option: the addresses that the appliances talk with. */
function transparency(): Fields {
  return {
    flags: u16("tcp.options.rvbd.trpy.flags", "Transparency Options", { hex: true }),
    resetProbe: flag(
      0x0400,
      "tcp.options.rvbd.trpy.flags.fw_rst_probe",
      "Enable FW traversal feature",
    ),
    resetInner: flag(
      0x0200,
      "tcp.options.rvbd.trpy.flags.fw_rst_inner",
      "Enable Inner FW feature on All FWs",
    ),
    reset: flag(
      0x0100,
      "tcp.options.rvbd.trpy.flags.fw_rst",
      "Enable Transparency FW feature on All FWs",
    ),
    checksum: flag(0x0004, "tcp.options.rvbd.trpy.flags.chksum", "Reserved"),
    outOfBand: flag(
      0x0002,
      "tcp.options.rvbd.trpy.flags.oob",
      "Out of band connection",
    ),
    port: flag(0x0001, "tcp.options.rvbd.trpy.flags.mode", "Transparency Mode"),
    src: ipv4Address("tcp.options.rvbd.trpy.src.ip", "Src SH IP Addr"),
    dst: ipv4Address("tcp.options.rvbd.trpy.dst.ip", "Dst SH IP Addr"),
    srcPort: u16("tcp.options.rvbd.trpy.src.port", "Src SH Inner Port"),
    dstPort: u16("tcp.options.rvbd.trpy.dst.port", "Dst SH Inner Port"),
  };
}

/**
 * The first block, where it says what arrived twice: it ends below the acknowledgment number, or within the second
 * block (RFC 2883 section 4).
 */
function duplicateSack(): Field<unknown> {
  const left = u32("tcp.options.sack.dsack_le", "TCP D-SACK Left Edge");
  const right = u32("tcp.options.sack.dsack_re", "TCP D-SACK Right Edge");
  return custom({
    fields: { _left: left, _right: right },
    emit(items) {
      const b = items.bytes, start = optionStart(items), blocks = (b[start + 1] - 2) >> 3;
      if (blocks < 1 || start + b[start + 1] > items.end) return;
      const word = (at: number): number =>
        (b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3];
      const from = word(start + 2), to = word(start + 6);
      // Sequence numbers are compared around the circle.
      const known = ((word(items.start + 8) - to) | 0) >= 0;
      if (
        !known && (blocks < 2 || ((word(start + 10) - to) | 0) >= 0 ||
          ((word(start + 14) - to) | 0) < 0)
      ) return;
      items.add(left.id, start + 2, 4, from);
      items.add(right.id, start + 6, 4, to);
    },
    write: () => {},
  });
}

/** The options as they follow the fixed header. */
export function tcpOptions(): TlvSpec {
  const fixed = (
    length: number,
    abbrev: string,
    name: string,
    fields: Fields,
  ): Case => [abbrev, name, { _body: exactly(length, fields) }];
  const counter = (abbrev: string, name: string): Case =>
    fixed(6, abbrev, name, { count: u32("tcp.options.cc_value", "TCP CC Option") });
  const echo = (abbrev: string, name: string): Case =>
    fixed(6, abbrev, name, { value: u32("tcp.options.echo_value", "TCP Echo Option") });
  return {
    heading: ["tcp.options.unknown", "TCP Option - Unknown"],
    kind: () => u8("tcp.option_kind", "Kind", { values: KINDS }),
    length: () => u8("tcp.option_len", "Length"),
    lengthCoversAll: true,
    single: {
      0: ["tcp.options.eol", "TCP Option - End of Option List (EOL)"],
      1: ["tcp.options.nop", "TCP Option - No-Operation (NOP)"],
    },
    last: 0,
    lastRepeats: true,
    wholeUntil: (items) => items.start + ((items.bytes[items.start + 12] & 0xf0) >> 2),
    padTo: 4,
    cases: {
      2: fixed(4, "tcp.options.mss", "TCP Option - Maximum segment size", {
        mss: u16("tcp.options.mss_val", "MSS Value"),
      }),
      3: fixed(3, "tcp.options.wscale", "TCP Option - Window scale", {
        shift: u8("tcp.options.wscale.shift", "Shift count"),
        // RFC 7323 section 2.3: a greater shift counts as 14.
        _multiplier: computed(
          "tcp.options.wscale.multiplier",
          "Multiplier",
          (c) => 1 << Math.min(c.bytes[c.at - 1], 14),
          {
            recipe(r, id) {
              const table = Array.from({ length: 256 }, (_, i) => 1 << Math.min(i, 14));
              r.run([runField({ id, read: RecipeRead.Table, at: 0, length: 0, table })], 0);
            },
          },
        ),
      }),
      4: fixed(2, "tcp.options.sack_perm", "TCP Option - SACK permitted", {}),
      5: ["tcp.options.sack", "TCP Option - SACK", {
        // The blocks of an option cut off are not counted.
        _count: computed("tcp.options.sack.count", "TCP SACK Count", (c) => {
          const n = told(c, 0) - 2;
          return n > c.left ? -1 : n >> 3;
        }),
        blocks: sized(
          (c) => c.left & ~3,
          list(group("", "SACK block", {
            left: u32("tcp.options.sack_le", "TCP SACK Left Edge"),
            right: optional(
              (c) => c.left >= 4,
              u32("tcp.options.sack_re", "TCP SACK Right Edge"),
            ),
          })),
        ),
        _duplicate: duplicateSack(),
      }],
      6: echo("tcp.options.echo", "TCP Option - Echo"),
      7: echo("tcp.options.echoreply", "TCP Option - Echo reply"),
      8: fixed(10, "tcp.options.timestamp", "TCP Option - Timestamps", {
        tsVal: u32("tcp.options.timestamp.tsval", "Timestamp value"),
        tsEcr: u32("tcp.options.timestamp.tsecr", "Timestamp echo reply"),
      }),
      11: counter("tcp.options.cc", "TCP Option - CC"),
      12: counter("tcp.options.ccnew", "TCP Option - CC.NEW"),
      13: counter("tcp.options.ccecho", "TCP Option - CC.ECHO"),
      19: fixed(18, "tcp.options.md5", "TCP Option - TCP MD5 signature", {
        digest: fixedBytes(16, "tcp.options.md5.digest", "MD5 digest"),
      }),
      20: fixed(4, "tcp.options.scps", "TCP Option - SCPS capabilities", {
        vector: u8("tcp.options.scps.vector", "TCP SCPS Capabilities Vector", { hex: true }),
        bets: flag(0x80, "tcp.options.scpsflags.bets", "Partial Reliability Capable (BETS)"),
        snack1: flag(
          0x40,
          "tcp.options.scpsflags.snack1",
          "Short Form SNACK Capable (SNACK1)",
        ),
        snack2: flag(0x20, "tcp.options.scpsflags.snack2", "Long Form SNACK Capable (SNACK2)"),
        compression: flag(
          0x10,
          "tcp.options.scpsflags.compress",
          "Lossless Header Compression (COMP)",
        ),
        timestamps: flag(
          0x08,
          "tcp.options.scpsflags.nlts",
          "Network Layer Timestamp (NLTS)",
        ),
        reserved: within(0x07, "tcp.options.scpsflags.reserved", "Reserved"),
        connectionId: u8("tcp.options.scps.binding", "Connection ID"),
      }),
      21: fixed(6, "tcp.options.snack", "TCP Option - Selective Negative Acknowledgment", {
        offset: u16("tcp.options.snack.offset", "TCP SNACK Offset"),
        size: u16("tcp.options.snack.size", "TCP SNACK Size"),
      }),
      22: fixed(2, "tcp.options.scpsrec", "TCP Option - SCPS record boundary", {}),
      23: fixed(2, "tcp.options.scpscor", "TCP Option - SCPS corruption experienced", {}),
      27: fixed(8, "tcp.options.qs", "TCP Option - Quick-Start", {
        _rate: quickStartRate(),
        ttlDifference: u8("tcp.options.qs.ttl_diff", "QS Rate"),
        _nonce: unnamed("nonce", "Nonce", 4),
      }),
      28: fixed(4, "tcp.options.user_to", "TCP Option - User Timeout", {
        minutes: bool("tcp.options.user_to_granularity", "Granularity"),
        timeout: bits(15, "tcp.options.user_to_val", "User Timeout"),
      }),
      29: ["tcp.options.ao", "TCP Option - TCP AO", {
        _body: choose(
          (c) => told(c, 0) >= 4 ? 1 : 0,
          {
            1: inline({
              keyId: u8("tcp.options.ao.keyid", "AO KeyID"),
              nextKeyId: u8("tcp.options.ao.rnextkeyid", "AO RNextKeyID"),
              _mac: tail("mac", "tcp.options.ao.mac", "AO MAC"),
            }),
          },
          rest(),
          (o) => o.data === undefined ? 1 : 0,
        ),
      }],
      30: ["", "TCP Option - Multipath TCP", multipath()],
      34: ["tcp.options.tfo", "TCP Option - TCP Fast Open", { _body: fastOpen(2) }],
      76: ["tcp.options.rvbd.probe", "TCP Option - Riverbed Probe", riverbedProbe()],
      78: ["tcp.options.rvbd.trpy", "TCP Option - Riverbed Transparency", {
        _body: byLength(
          {
            16: transparency(),
            18: {
              ...transparency(),
              clientPort: u16(
                "tcp.options.rvbd.trpy.client.port",
                "Out of band connection Client Port",
              ),
            },
          },
          (o) => given(o, "clientPort") ? 18 : 16,
        ),
      }],
      172: ["tcp.options.acc_ecn", "TCP Option - Accurate ECN", { _body: counters(0, 2) }],
      174: ["tcp.options.acc_ecn", "TCP Option - Accurate ECN", { _body: counters(1, 2) }],
      253: ["tcp.options.experimental", "TCP Option - Experimental", experiment()],
      254: ["tcp.options.experimental", "TCP Option - Experimental", experiment()],
    },
    otherwise: () => ({ _data: tail("data", "tcp.options.unknown.payload", "Payload") }),
  };
}
