/**
 * Address Resolution Protocol (RFC 826), reverse (RFC 903), inverse (RFC 2390), and for ATM (RFC 2225).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { writeIpv4, writeMac } from "../core/address.ts";
import {
  bytes,
  choose,
  custom,
  type Field,
  flag,
  inline,
  ipv4Address,
  later,
  macAddress,
  text,
  u16,
  u8,
  within,
  type Writer,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { KernelWalk, type Protocol, protocol } from "../core/protocol.ts";
import { RecipeRead, type RunField, runField } from "../core/recipe.ts";
import type { TextWriter } from "../core/text_writer.ts";
import { ARP_HARDWARE, ETHERTYPES } from "./_names.ts";
import { Step } from "./_transport.ts";

/** An ARP message. Addresses are MAC and IPv4 addresses where the types say so, else bytes. */
export interface Arp {
  /** Hardware type: 1 for Ethernet. */
  readonly hardwareType: number;
  /** Protocol type: an EtherType. */
  readonly protocolType: number;
  /** Length of hardware addresses in bytes. */
  readonly hardwareSize: number;
  /** Length of protocol addresses in bytes. */
  readonly protocolSize: number;
  /** Operation: 1 request, 2 reply. */
  readonly opcode: number;
  /** The sender's hardware address. */
  readonly senderHardware: string | Uint8Array;
  /** The sender's protocol address. */
  readonly senderProtocol: string | Uint8Array;
  /** The target's hardware address. */
  readonly targetHardware: string | Uint8Array;
  /** The target's protocol address; an error's status takes its first byte. */
  readonly targetProtocol: string | Uint8Array | number;
  /** For ATM: type and length of the sender's number. */
  readonly senderNumberType?: number;
  /** For ATM: type and length of the sender's subaddress. */
  readonly senderSubaddressType?: number;
  /** For ATM: length of the sender's protocol address in bytes. */
  readonly senderProtocolSize?: number;
  /** For ATM: type and length of the target's number. */
  readonly targetNumberType?: number;
  /** For ATM: type and length of the target's subaddress. */
  readonly targetSubaddressType?: number;
  /** For ATM: length of the target's protocol address in bytes. */
  readonly targetProtocolSize?: number;
  /** For ATM: the sender's subaddress. */
  readonly senderSubaddress?: Uint8Array;
  /** For ATM: the target's subaddress. */
  readonly targetSubaddress?: Uint8Array;
}

const HEADER = 8, ATM_HEADER = 12;
const ETHERNET = 1, AX25 = 3, IEEE802 = 6, ATM = 19;
/** Length of an AX.25 address (AX.25 v2.2 section 3.12): six characters and a number. */
const AX25_ADDRESS = 7;
const IPV4 = 0x0800, AX25_IP = 0xcc;
const REQUEST = 1, REPLY = 2, RARP_REQUEST = 3, RARP_REPLY = 4, DRARP_ERROR = 7;
/** Of type and length of an ATM number: the length. */
const ATM_LENGTH = 0x3f, ATM_E164 = 0x40;

/** Operations (IANA "arp-parameters"); as Wireshark shows them. */
const OPERATIONS: Readonly<Record<number, string>> = {
  0: "reserved",
  1: "request",
  2: "reply",
  3: "reverse request",
  4: "reverse reply",
  5: "drarp request",
  6: "drarp reply",
  7: "drarp error",
  8: "inverse request",
  9: "inverse reply",
  10: "arp nak",
  11: "mars request",
  12: "mars multi",
  13: "mars mserv",
  14: "mars join",
  15: "mars leave",
  16: "mars nak",
  17: "mars unserv",
  18: "mars sjoin",
  19: "mars sleave",
  20: "mars grouplist request",
  21: "mars grouplist reply",
  22: "mars redirect map",
  23: "mapos unarp",
  24: "experimental 1",
  25: "experimental 2",
  65535: "reserved",
};
const ERRORS: Readonly<Record<number, string>> = {
  1: "restricted",
  2: "no address",
  3: "serverdown",
  4: "moved",
  5: "failure",
};

const itself = usual();

/** Address Resolution Protocol. */
export const arp: Protocol<Arp> = protocol<Arp>({
  name: "arp",
  title: "Address Resolution Protocol",
  label: "ARP",
  layer: "link",
  parents: {
    ethertype: [0x0806, 0x8035],
    "gre.proto": [0x0806],
    "arcnet.protocol_id": [0xd5],
    "ax25.pid": [0xcd],
  },
  fields: {
    _atm: new Step(
      (items) => {
        const b = items.bytes, s = items.start, there = items.headerEnd - s;
        if (there < 2 || ((b[s] << 8) | b[s + 1]) !== ATM) return;
        // Of such a message nothing is reported unless it is whole.
        if (there < ATM_HEADER || there < atmLength(b, s)) items.at = items.end;
      },
      [],
      [],
      (r) => {
        // Of Ethernet and IPv4, a request or a reply, whose sender is neither the target nor without an address.
        r.test(0, 0xffff, ETHERNET);
        r.test(2, 0xffff, IPV4);
        r.test(4, 0xffff, 0x0604);
        r.test(6, 0xffff, REQUEST, REPLY);
        r.differ(14, 24, 4);
        r.unless(14, -1, 0);
        r.bounded = true;
      },
    ),
    hardwareType: u16("arp.hw.type", "Hardware type", { values: ARP_HARDWARE, initial: ETHERNET }),
    protocolType: u16("arp.proto.type", "Protocol type", {
      hex: true,
      values: ETHERTYPES,
      initial: IPV4,
    }),
    _form: choose(
      "hardwareType",
      { [ATM]: later(atm) },
      itself,
      undefined,
      (r) => itself.recipe(r),
    ),
  },
  walk,
  kernelWalk: KernelWalk.Addresses,
  summary,
});

function isEther(b: Uint8Array, s: number): boolean {
  const type = (b[s] << 8) | b[s + 1];
  return (type === ETHERNET || type === IEEE802) && b[s + 4] === 6;
}
function isIpv4(b: Uint8Array, s: number, size: number): boolean {
  const type = (b[s + 2] << 8) | b[s + 3];
  return (type === IPV4 || type === AX25_IP) && size === 4;
}
function opcodeField(): Field<number> {
  return u16("arp.opcode", "Opcode", { values: OPERATIONS, initial: REQUEST });
}

/** Writes an address in text or bytes; a missing one as `size` zero bytes. */
function writeAddress(writer: Writer, value: unknown, size: number): void {
  if (value instanceof Uint8Array) writer.put(value);
  else if (typeof value === "string") {
    const mac = value.includes(":"), o = writer.reserve(mac ? 6 : 4);
    if (mac) writeMac(writer.bytes, o, value);
    else writeIpv4(writer.bytes, o, value);
  } else if (size > 0) {
    const o = writer.reserve(size);
    if (typeof value === "number") writer.bytes[o] = value;
  }
}

/** Everything but ATM. */
function usual(): Field<unknown> {
  const gratuitous = flag(0, "arp.isgratuitous", "Is gratuitous");
  const probe = flag(0, "arp.isprobe", "Is probe");
  const announcement = flag(0, "arp.isannouncement", "Is announcement");
  const side = (side: "src" | "dst", name: string) => ({
    mac: macAddress(`arp.${side}.hw_mac`, `${name} MAC address`),
    hardware: bytes(`arp.${side}.hw`, `${name} hardware address`),
    ax25: bytes(`arp.${side}.hw_ax25`, `${name} AX.25 address`),
    ipv4: ipv4Address(`arp.${side}.proto_ipv4`, `${name} IP address`),
    protocol: bytes(`arp.${side}.proto`, `${name} protocol address`),
  });
  const src = side("src", "Sender"), dst = side("dst", "Target");
  const status = u16("arp.dst.drarp_error_status", "DRARP error status", { values: ERRORS });
  return inline({
    hardwareSize: u8("arp.hw.size", "Hardware size", { initial: 6 }),
    protocolSize: u8("arp.proto.size", "Protocol size", { initial: 4 }),
    opcode: opcodeField(),
    _kind: new Step(
      (items) => {
        const kind = kindOf(items.bytes, items.start, items.end, items.reported);
        if (kind & GRATUITOUS) items.add(gratuitous.id, items.at, 0, 1);
        if (kind & PROBE) items.add(probe.id, items.at, 0, 1);
        if (kind & ANNOUNCEMENT) items.add(announcement.id, items.at, 0, 1);
        if (kind & INCOMPLETE) {
          items.short = true;
          items.at = items.end;
        }
      },
      ["arp.isgratuitous", "arp.isprobe", "arp.isannouncement"],
      [
        gratuitous,
        probe,
        announcement,
      ],
      () => {},
    ),
    _addresses: custom({
      fields: {
        senderHardware: src.mac,
        _1: inline({ senderHardware: src.hardware }),
        _6: inline({ senderHardware: src.ax25 }),
        senderProtocol: src.ipv4,
        _2: inline({ senderProtocol: src.protocol }),
        targetHardware: dst.mac,
        _3: inline({ targetHardware: dst.hardware }),
        _7: inline({ targetHardware: dst.ax25 }),
        targetProtocol: dst.ipv4,
        _4: inline({ targetProtocol: dst.protocol }),
        _5: inline({ targetProtocol: status }),
      },
      emit(items) {
        const b = items.bytes, s = items.start;
        const hln = b[s + 4], pln = b[s + 5], opcode = (b[s + 6] << 8) | b[s + 7];
        const ether = isEther(b, s), ipv4 = isIpv4(b, s, pln);
        const ax25 = ((b[s] << 8) | b[s + 1]) === AX25 && hln === AX25_ADDRESS;
        for (let i = 0; i < 2; i++) {
          const f = i === 0 ? src : dst;
          if (!items.has(hln)) return;
          if (hln > 0) {
            items.add((ether ? f.mac : ax25 ? f.ax25 : f.hardware).id, items.at, hln, 0);
          }
          items.at += hln;
          if (!items.has(pln)) return;
          if (pln > 0) {
            if (i === 1 && opcode === DRARP_ERROR) {
              items.add(status.id, items.at, 1, b[items.at]);
            } else items.add((ipv4 ? f.ipv4 : f.protocol).id, items.at, pln, 0);
          }
          items.at += pln;
        }
      },
      recipe(r) {
        const place = ({ id }: Field<unknown>, at: number, length: number): RunField =>
          runField({ id, read: RecipeRead.None, at, length });
        const fields = [place(src.mac, 0, 6), place(src.ipv4, 6, 4), place(dst.mac, 10, 6)];
        r.run([...fields, place(dst.ipv4, 16, 4)], 20);
      },
      write(writer, _, object) {
        const hln = Number(object.hardwareSize), pln = Number(object.protocolSize);
        writeAddress(writer, object.senderHardware, hln);
        writeAddress(writer, object.senderProtocol, pln);
        writeAddress(writer, object.targetHardware, hln);
        writeAddress(writer, object.targetProtocol, pln);
      },
    }),
  });
}

/** What {@link kindOf} answers: bits. */
const GRATUITOUS = 1, PROBE = 2, ANNOUNCEMENT = 4, INCOMPLETE = 8;

/**
 * What a message that starts at `s` is for: an announcement of the sender's own address, or a probe for it (RFC 5227).
 * Of a message whose addresses are not all there as its operation needs them, none is reported.
 */
function kindOf(b: Uint8Array, s: number, end: number, reported: number): number {
  const hln = b[s + 4], pln = b[s + 5], opcode = (b[s + 6] << 8) | b[s + 7];
  const source = s + HEADER + hln, target = source + pln, last = target + hln;
  if (last + pln > reported) return INCOMPLETE;
  const request = opcode === REQUEST;
  if (!request && opcode !== REPLY) {
    const need = opcode === RARP_REQUEST || opcode === 5 || opcode === 8
      ? last
      : opcode === RARP_REPLY || opcode === 6
      ? last + pln
      : opcode === 9 || (opcode >= 11 && opcode <= 23)
      ? target
      : 0;
    return need > end ? INCOMPLETE : 0;
  }
  if (last + pln > end) return INCOMPLETE;
  let zero = request && target + 6 <= end;
  for (let i = 0; zero && i < 6; i++) zero = b[target + i] === 0;
  let same = pln > 0;
  for (let i = 0; same && i < pln; i++) same = b[source + i] === b[last + i];
  if (same) return zero ? GRATUITOUS | ANNOUNCEMENT : GRATUITOUS;
  if (!zero || source + 4 > end) return 0;
  return (b[source] | b[source + 1] | b[source + 2] | b[source + 3]) === 0 ? PROBE : 0;
}

/** Messages for ATM, whose addresses have lengths of their own. */
function atm(): Field<unknown> {
  const typed = (side: "src" | "dst", name: string, what: string, letter: string) => [
    flag(ATM_E164, `arp.${side}.${letter}type`, `${name} ATM ${what} type`),
    within(ATM_LENGTH, `arp.${side}.${letter}len`, `${name} ATM ${what} length`),
  ];
  const [sht, shl] = typed("src", "Sender", "number", "h");
  const [sst, ssl] = typed("src", "Sender", "subaddress", "s");
  const [tht, thl] = typed("dst", "Target", "number", "h");
  const [tst, tsl] = typed("dst", "Target", "subaddress", "s");
  const side = (side: "src" | "dst", name: string) => ({
    e164: text(`arp.${side}.atm_num_e164`, `${name} ATM number (E.164)`),
    nsap: bytes(`arp.${side}.atm_num_nsap`, `${name} ATM number (NSAP)`),
    sub: bytes(`arp.${side}.atm_subaddr`, `${name} ATM subaddress`),
    ipv4: ipv4Address(`arp.${side}.proto_ipv4`, `${name} IP address`),
    protocol: bytes(`arp.${side}.proto`, `${name} protocol address`),
  });
  const src = side("src", "Sender"), dst = side("dst", "Target");
  const parts = nsapParts();
  return inline({
    senderNumberType: u8("", "Sender ATM number type/length", { initial: 20 }),
    _sht: sht,
    _shl: shl,
    senderSubaddressType: u8("", "Sender ATM subaddress type/length"),
    _sst: sst,
    _ssl: ssl,
    opcode: opcodeField(),
    senderProtocolSize: u8("arp.src.pln", "Sender protocol size", { initial: 4 }),
    targetNumberType: u8("", "Target ATM number type/length", { initial: 20 }),
    _tht: tht,
    _thl: thl,
    targetSubaddressType: u8("", "Target ATM subaddress type/length"),
    _tst: tst,
    _tsl: tsl,
    targetProtocolSize: u8("arp.dst.pln", "Target protocol size", { initial: 4 }),
    _addresses: custom({
      fields: {
        _1: inline({ senderHardware: src.e164 }),
        senderHardware: src.nsap,
        senderSubaddress: src.sub,
        senderProtocol: src.ipv4,
        _2: inline({ senderProtocol: src.protocol }),
        _3: inline({ targetHardware: dst.e164 }),
        targetHardware: dst.nsap,
        targetSubaddress: dst.sub,
        targetProtocol: dst.ipv4,
        _4: inline({ targetProtocol: dst.protocol }),
        ...Object.fromEntries(Object.entries(parts).map(([k, f]) => [`_${k}`, f])),
      },
      emit(items) {
        const b = items.bytes, s = items.start;
        if (items.left < atmLength(b, s) - ATM_HEADER) {
          items.short = true;
          return;
        }
        for (let i = 0; i < 2; i++) {
          const f = i === 0 ? src : dst, at = i === 0 ? s + 4 : s + 9;
          const pln = b[i === 0 ? s + 8 : s + 11];
          const hln = b[at] & ATM_LENGTH, sub = b[at + 1] & ATM_LENGTH;
          const e164 = (b[at] & ATM_E164) !== 0;
          if (hln > 0) items.add((e164 ? f.e164 : f.nsap).id, items.at, hln, 0);
          if (!e164 && hln === NSAP) emitNsap(items, parts);
          items.at += hln;
          if (sub > 0) items.add(f.sub.id, items.at, sub, 0);
          items.at += sub;
          if (pln > 0) items.add((isIpv4(b, s, pln) ? f.ipv4 : f.protocol).id, items.at, pln, 0);
          items.at += pln;
        }
      },
      write(writer, _, object) {
        const encoder = new TextEncoder();
        for (const side of ["sender", "target"]) {
          const number = object[`${side}Hardware`];
          const length = Number(object[`${side}NumberType`]) & ATM_LENGTH;
          writeAddress(
            writer,
            typeof number === "string" ? encoder.encode(number) : number,
            length,
          );
          writeAddress(
            writer,
            object[`${side}Subaddress`],
            Number(object[`${side}SubaddressType`]) & ATM_LENGTH,
          );
          writeAddress(writer, object[`${side}Protocol`], Number(object[`${side}ProtocolSize`]));
        }
      },
    }),
  });
}

/** Length of an ATM end system address. */
const NSAP = 20;
/** Authorities and formats (ATM Forum UNI 4.0 section 3.0): what the address begins with. */
const FORMATS: Readonly<Record<number, string>> = {
  0x39: "DCC ATM format",
  0xbd: "DCC ATM group format",
  0x47: "ICD ATM format",
  0xc5: "ICD ATM group format",
  0x45: "E.164 ATM format",
  0xc3: "E.164 ATM group format",
};

/** The parts of an ATM end system address. Wireshark calls those of the target like those of the sender. */
function nsapParts() {
  const name = (part: string): string => `arp.src.atm_${part}`;
  const country = name("data_country_code"), designator = name("international_code_designator");
  const u16Hex = (abbrev: string, label: string) => u16(abbrev, label, { hex: true });
  return {
    afi: u8(name("afi"), "AFI", { hex: true, values: FORMATS }),
    dcc: u16Hex(country, "Data Country Code"),
    dccGroup: u16Hex(`${country}_group`, "Data Country Code (group)"),
    icd: u16Hex(designator, "International Code Designator"),
    icdGroup: u16Hex(`${designator}_group`, "International Code Designator (group)"),
    isdn: bytes(name("e.164_isdn"), "E.164 ISDN"),
    isdnGroup: bytes(name("e.164_isdn_group"), "E.164 ISDN"),
    dsp: bytes(name("high_order_dsp"), "High Order DSP"),
    system: bytes(name("end_system_identifier"), "End System Identifier"),
    selector: u8(name("selector"), "Selector", { hex: true }),
    rest: bytes(name("rest_of_address"), "Rest of address"),
  };
}

/** Reports the parts of the address at the cursor, which is all there. */
function emitNsap(items: Items, parts: ReturnType<typeof nsapParts>): void {
  const b = items.bytes, at = items.at, format = b[at];
  items.depth++;
  items.add(parts.afi.id, at, 1, format);
  let dsp = at + 3;
  const two = (f: Field<number>): void => items.add(f.id, at + 1, 2, (b[at + 1] << 8) | b[at + 2]);
  const eight = (f: Field<unknown>): void => {
    items.add(f.id, at + 1, 8, 0);
    dsp = at + 9;
  };
  switch (format) {
    case 0x39:
      two(parts.dcc);
      break;
    case 0xbd:
      two(parts.dccGroup);
      break;
    case 0x47:
      two(parts.icd);
      break;
    case 0xc5:
      two(parts.icdGroup);
      break;
    case 0x45:
      eight(parts.isdn);
      break;
    case 0xc3:
      eight(parts.isdnGroup);
      break;
    default:
      items.add(parts.rest.id, at + 1, NSAP - 1, 0);
      items.depth--;
      return;
  }
  const system = at + NSAP - 7;
  items.add(parts.dsp.id, dsp, system - dsp, 0);
  items.add(parts.system.id, system, 6, 0);
  items.add(parts.selector.id, system + 6, 1, b[system + 6]);
  items.depth--;
}

/** Length of the ATM message at `s`, whose header must be there. */
function atmLength(b: Uint8Array, s: number): number {
  return ATM_HEADER + (b[s + 4] & ATM_LENGTH) + (b[s + 5] & ATM_LENGTH) + b[s + 8] +
    (b[s + 9] & ATM_LENGTH) + (b[s + 10] & ATM_LENGTH) + b[s + 11];
}

function walk(w: Walker): void {
  const b = w.bytes, s = w.start;
  w.next = -2;
  const wide = ((b[s] << 8) | b[s + 1]) === ATM, header = wide ? ATM_HEADER : HEADER;
  w.end = s + header;
  if (w.end > w.limit) return;
  w.end = s + (wide ? atmLength(b, s) : HEADER + 2 * b[s + 4] + 2 * b[s + 5]);
  w.close(w.end);
}

function summary(
  layer: {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly limit: number;
    readonly reported: number;
  },
  out: TextWriter,
): void {
  const b = layer.bytes, s = layer.start;
  if (layer.limit - s < HEADER) return;
  const opcode = (b[s + 6] << 8) | b[s + 7], hln = b[s + 4], pln = b[s + 5];
  const atm = ((b[s] << 8) | b[s + 1]) === ATM;
  const kind = atm ? INCOMPLETE : kindOf(b, s, layer.limit, layer.reported);
  const sha = s + HEADER, spa = sha + hln, tha = spa + pln, tpa = tha + hln;
  if (kind & INCOMPLETE || opcode === DRARP_ERROR || opcode > 9 || opcode === 0) {
    out.ascii(atm ? "ATMARP " : "ARP ");
    const name = OPERATIONS[opcode];
    if (name !== undefined) return out.ascii(name);
    out.ascii("opcode 0x");
    out.ensure(16);
    out.hex(opcode, 4);
    return;
  }
  const hardware = (at: number): void => {
    out.ensure(32);
    if (hln === 0) out.ascii("<No address>");
    else if (isEther(b, s)) out.mac(b, at);
    else out.hexBytes(b, at, hln);
  };
  const network = (at: number): void => {
    out.ensure(32);
    if (pln === 0) out.ascii("<No address>");
    else if (isIpv4(b, s, pln)) out.ipv4(b, at);
    else out.hexBytes(b, at, pln);
  };
  if (kind & ANNOUNCEMENT) {
    out.ascii("ARP Announcement for ");
    network(tpa);
  } else if (kind & GRATUITOUS) {
    out.ascii("Gratuitous ARP for ");
    network(tpa);
    out.ascii(opcode === REQUEST ? " (Request)" : " (Reply)");
  } else if (opcode === REQUEST) {
    out.ascii("Who has ");
    network(tpa);
    if (kind & PROBE) return out.ascii("? (ARP Probe)");
    out.ascii("? Tell ");
    network(spa);
  } else if (opcode === REPLY) {
    network(spa);
    out.ascii(" is at ");
    hardware(sha);
  } else if (opcode === RARP_REPLY || opcode === 6) {
    hardware(tha);
    out.ascii(" is at ");
    network(tpa);
  } else if (opcode === 9) {
    hardware(sha);
    out.ascii(" is at ");
    network(spa);
  } else {
    out.ascii("Who is ");
    hardware(tha);
    out.ascii("? Tell ");
    hardware(sha);
  }
}
