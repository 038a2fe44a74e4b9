/**
 * What some vendors put into DHCP options: capabilities and configuration of cable devices (CableLabs CM-SP-MULPIv3.0
 * annex C.1.3.1, PKT-SP-PROV1.5 section 10, RFC 3495, CL-SP-CANN-DHCP-Reg), boot images of Apple's BSDP.
 *
 * @module
 */
import type { Registry, ValueNames } from "../core/field.ts";
import { type Items, Kind } from "../core/items.ts";
import { info, type Look } from "./_dns_parts.ts";

type Spec = readonly [abbrev: string, name: string, kind: Kind, look?: Look];
const BYTE: Look = { bits: 8 }, WORD: Look = { bits: 16 }, LONG: Look = { bits: 32 };

/** Capabilities of cable modems. */
const MODEM_TYPES: ValueNames = {
  1: "Concatenation Support",
  2: "DOCSIS Version",
  3: "Fragmentation Support",
  4: "Payload Header Suppression Support",
  5: "IGMP Support",
  6: "Privacy Support",
  7: "Downstream SAID Support",
  8: "Upstream Service Flow Support",
  9: "Optional Filtering Support",
  10: "Transmit Equalizer Taps per Modulation Interval",
  11: "Number of Transmit Equalizer Taps",
  12: "DCC Support",
  13: "IP Filters Support",
  14: "LLC Filters Support",
  15: "Expanded Unicast SID Space",
  16: "Ranging Hold-Off Support",
  17: "L2VPN Capability",
  18: "L2VPN eSAFE Host Capability",
  19: "Downstream Unencrypted Traffic (DUT) Filtering",
  20: "Upstream Frequency Range Support",
  21: "Upstream Symbol Rate Support",
  22: "Selectable Active Code Mode 2 Support",
  23: "Code Hopping Mode 2 Support",
  24: "Multiple Transmit Channel Support",
  25: "5.12 Msps Upstream Transmit Channel Support",
  26: "2.56 Msps Upstream Transmit Channel Support",
  27: "Total SID Cluster Support",
  28: "SID Clusters per Service Flow Support",
  29: "Multiple Receive Channel Support",
  30: "Total Downstream Service ID (DSID) Support",
  31: "Resequencing Downstream Service ID (DSID) Support",
  32: "Multicast Downstream Service ID (DSID) Support",
  33: "Multicast DSID Forwarding",
  34: "Frame Control Type Forwarding Capability",
  35: "DPV Capability",
  36: "Unsolicited Grant Service/Upstream Service Flow Support",
  37: "MAP and UCD Receipt Support",
  38: "Upstream Drop Classifier Support",
  39: "IPv6 Support",
  40: "Extended Upstream Transmit Power Capability (1/4 dB)",
  41: "Optional 802.1ad, 802.1ah, MPLS Classification Support",
  42: "D-ONU Capabilities Encoding",
  44: "Energy Management Capabilities",
};
const HOLD_OFF = 16, SYMBOL_RATE = 21, CLASSIFICATION = 41;

/** A field and the bits it is of a number. */
type Flags = readonly (readonly [mask: number, abbrev: string, name: string])[];

const HOLD_OFF_FLAGS: Flags = [
  [1, "dhcp.docsis_cm_cap.ranging_hold_off.cm", "CM"],
  [2, "dhcp.docsis_cm_cap.ranging_hold_off.eps", "ePS or eRouter"],
  [4, "dhcp.docsis_cm_cap.ranging_hold_off.emta", "EMTA or EDVA"],
  [8, "dhcp.docsis_cm_cap.ranging_hold_off.dsg", "DSG/eSTB"],
];
const RATE_FLAGS: Flags = [160, 320, 640, 1280, 2560, 5120].map((rate, i) =>
  [1 << i, `dhcp.docsis_cm_cap.ussymrate.${rate}`, `${rate} ksps symbol rate`] as const
);
const CLASSIFICATION_FLAGS: Flags = [
  ["stpid", "[IEEE 802.1ad] S-TPID"],
  ["svid", "[IEEE 802.1ad] S-VID"],
  ["spcp", "[IEEE 802.1ad] S-PCP"],
  ["sdei", "[IEEE 802.1ad] S-DEI"],
  ["ctpid", "[IEEE 802.1ad] C-TPID"],
  ["cvid", "[IEEE 802.1ad] C-VID"],
  ["cpcp", "[IEEE 802.1ad] C-PCP"],
  ["ccfi", "[IEEE 802.1ad] C-CFI"],
  ["stci", "[IEEE 802.1ad] S-TCI"],
  ["ctci", "[IEEE 802.1ad] C-TCI"],
  ["itpid", "[IEEE 802.1ad] I-TPID"],
  ["isid", "[IEEE 802.1ad] I-SID"],
  ["itci", "[IEEE 802.1ad] I-TCI"],
  ["ipcp", "[IEEE 802.1ad] I-PCP"],
  ["idei", "[IEEE 802.1ad] I-DEI"],
  ["iuca", "[IEEE 802.1ad] I-UCA"],
  ["btpid", "[IEEE 802.1ad] B-TPID"],
  ["btci", "[IEEE 802.1ad] B-TCI"],
  ["bpcp", "[IEEE 802.1ad] B-PCP"],
  ["bdei", "[IEEE 802.1ad] B-DEI"],
  ["bvid", "[IEEE 802.1ad] B-VID"],
  ["bda", "[IEEE 802.1ad] B-DA"],
  ["bsa", "[IEEE 802.1ad] B-SA"],
  ["tc", "MPLS TC"],
  ["label", "MPLS Label"],
].map(([key, name], i) => [2 ** i, `dhcp.docsis_cm_cap.mpls.${key}`, name] as const);

/** Capabilities of terminal adapters, by their number. */
const ADAPTER_CAPABILITIES: readonly (readonly [number: string, name: string])[] = [
  ["01", "PacketCable Version"],
  ["02", "Number Of Telephony Endpoints"],
  ["03", "TGT Support"],
  ["04", "HTTP Download File Access Method Support"],
  ["05", "MTA-24 Event SYSLOG Notification Support"],
  ["06", "NCS Service Flow Support"],
  ["07", "Primary Line Support"],
  ["08", "Vendor Specific TLV Type(s)"],
  ["09", "NVRAM Ticket/Session Keys Storage Support"],
  ["0a", "Provisioning Event Reporting Support"],
  ["0b", "Supported CODEC(s)"],
  ["0c", "Silence Suppression Support"],
  ["0d", "Echo Cancellation Support"],
  ["0e", "RSVP Support/ Reserved"],
  ["0f", "UGS-AD Support"],
  ["10", 'MTA\'s "ifIndex" starting number in "ifTable"'],
  ["11", "Provisioning Flow Logging Support"],
  ["12", "Supported Provisioning Flows"],
  ["13", "T38 Version Support"],
  ["14", "T38 Error Correction Support"],
  ["15", "RFC 2833 DTMF Support"],
  ["16", "Voice Metrics Support"],
  ["17", "MIB Support"],
  ["18", "Multiple Grants Per Interval Support"],
  ["19", "V.152 Support"],
  ["1a", "Certificate Bootstrapping Support"],
];
/** The same by the two digits as they stand there, in either case. */
const ADAPTER_TYPES: ValueNames = Object.fromEntries(
  ADAPTER_CAPABILITIES.flatMap(([number, name]) =>
    [number, number.toUpperCase()].map((digits) =>
      [(digits.charCodeAt(0) << 8) | digits.charCodeAt(1), name] as const
    )
  ),
);

/** Types of a terminal adapter's capabilities: two hexadecimal digits, read as two bytes of text. */
const FLOWS = 0x3132, MIBS = 0x3137;
const FLOW_FLAGS: Flags = [
  [1, "dhcp.vendor.pktc.mdc.supp_flow.secure", "Secure Flow (Full Secure Provisioning Flow)"],
  [2, "dhcp.vendor.pktc.mdc.supp_flow.hybrid", "Hybrid Flow"],
  [4, "dhcp.vendor.pktc.mdc.supp_flow.basic", "Basic Flow"],
];
const cableMibs = (who: string): Flags => [
  [1, `dhcp.vendor.pktc.mdc_${who}.mib.mta`, "PacketCable 1.5 MTA MIB"],
  [2, `dhcp.vendor.pktc.mdc_${who}.mib.signaling`, "PacketCable 1.5 Signaling MIB"],
  [4, `dhcp.vendor.pktc.mdc_${who}.mib.management_event`, "PacketCable 1.5 Management Event MIB"],
  [8, `dhcp.vendor.pktc.mdc_${who}.mib.mta_extension`, "PacketCable 1.5 MTA Extension MIB"],
  [
    0x10,
    `dhcp.vendor.pktc.mdc_${who}.mib.signaling_extension`,
    "PacketCable 1.5 Signaling Extension MIB",
  ],
  [0x20, `dhcp.vendor.pktc.mdc_${who}.mib.mem_extension`, "PacketCable 1.5 MEM Extension MIB"],
  [0xc0, `dhcp.vendor.pktc.mdc_${who}.mib.reserved`, "Reserved"],
];
/** Management information bases by who made them: CableLabs, IETF, EuroCableLabs. */
const MIB_FLAGS: readonly Flags[] = [
  cableMibs("cl"),
  [
    [1, "dhcp.vendor.pktc.mdc_ietf.mib.mta", "IETF MTA MIB"],
    [2, "dhcp.vendor.pktc.mdc_ietf.mib.signaling", "IETF Signaling MIB"],
    [4, "dhcp.vendor.pktc.mdc_ietf.mib.management_event", "IETF Management Event MIB"],
    [0xf8, "dhcp.vendor.pktc.mdc_ietf.mib.reserved", "Reserved"],
  ],
  cableMibs("euro"),
];

/** Control of security tickets (RFC 3594 section 3). */
const TICKET_FLAGS: Flags = [
  [
    1,
    "dhcp.ccc.ietf.sec_tkt.pc_provision_server",
    "Invalidate PacketCable Provisioning Server",
  ],
  [
    2,
    "dhcp.ccc.ietf.sec_tkt.all_pc_call_management",
    "Invalidate All PacketCable Call Management Servers",
  ],
];
/** Attributes of a boot image. */
const IMAGE_FLAGS: Flags = [
  [0x8000, "dhcp.option.vendor.bsdp.boot_image.attribute.install", "Install"],
  [0x7f00, "dhcp.option.vendor.bsdp.boot_image.attribute.kind", "Kind"],
  [0x00ff, "dhcp.option.vendor.bsdp.boot_image.attribute.reserved", "Reserved"],
];

const realm = (part: string, what: string): Spec => [
  `dhcp.cl.ietf_ccc.dev_realm_unc_key_${part}`,
  `pktcMtaDevRealmUnsolicitedKey${what}`,
  Kind.Uint,
  LONG,
];
const prov = (part: string, what: string): Spec => [
  `dhcp.cl.ietf_ccc.dev_prov_unc_key_${part}`,
  `pktcMtaDevProvUnsolicitedKey${what}`,
  Kind.Uint,
  LONG,
];
const RELAY = "dhcp.option.agent_information_option.vi.cl", BSDP = "dhcp.option.vendor.bsdp";

const SPECS = {
  modemLength: ["dhcp.vendor.docsis.cm_cap_len", "CM DC Length", Kind.Uint, BYTE],
  modemType: ["dhcp.docsis_cm_cap_type", "CM DC Type", Kind.Uint, {
    ...WORD,
    values: MODEM_TYPES,
  }],
  adapterLength: ["dhcp.vendor.pktc.mta_cap_len", "MTA DC Length", Kind.Uint, BYTE],
  adapterType: ["dhcp.vendor.pktc.mta_cap_type", "Type", Kind.Uint, {
    ...WORD,
    values: ADAPTER_TYPES,
  }],
  realmNominal: realm("nom_timeout", "NomTimeout"),
  realmMaximum: realm("max_timeout", "MaxTimeout"),
  realmRetries: realm("max_retries", "MaxRetries"),
  provNominal: prov("nom_timeout", "NomTimeout"),
  provMaximum: prov("max_timeout", "MaxTimeout"),
  provRetries: prov("max_retries", "MaxRetries"),
  relayDocsis: [`${RELAY}.docsis_version`, "DOCSIS Version Number", Kind.Uint, {
    ...WORD,
    hex: true,
  }],
  relayDpoe: [`${RELAY}.dpoe_system_version`, "DPoE System Version Number", Kind.Uint, {
    ...WORD,
    hex: true,
  }],
  relayBackbone: [`${RELAY}.dpoe_system_pbb_service`, "DPoE System PBB Service", Kind.Bytes],
  relayClass: [`${RELAY}.service_class_name`, "Service Class Name", Kind.Text],
  relayText: [`${RELAY}.mso_defined_text`, "MSO Defined Text", Kind.Text],
  relayUri: [`${RELAY}.secure_file_transfer_uri`, "Secure File Transfer URI", Kind.Text],
  image: [`${BSDP}.boot_image.attribute`, "Boot Image Attribute", Kind.Uint, {
    ...WORD,
    hex: true,
  }],
  imageIndex: [`${BSDP}.boot_image.index`, "Boot Image Index", Kind.Uint, { ...WORD, hex: true }],
  defaultImage: [`${BSDP}.default_boot_image_id`, "Default Boot Image ID", Kind.Uint, {
    ...LONG,
    hex: true,
  }],
  selectedImage: [`${BSDP}.selected_boot_image_id`, "Selected Boot Image ID", Kind.Uint, {
    ...LONG,
    hex: true,
  }],
  imageList: [`${BSDP}.boot_image_list`, "Boot Image List", Kind.Bytes],
  imageDescription: [`${BSDP}.boot_image.desc`, "Boot Image Description", Kind.Bytes],
  imageNameLength: [`${BSDP}.boot_image.name_len`, "Boot Image Name Length", Kind.Uint, BYTE],
  imageName: [`${BSDP}.boot_image.name`, "Boot Image Name", Kind.Text],
  imageFilter: [
    `${BSDP}.attributes_filter_list`,
    "Boot Image Attributes Filter List",
    Kind.Bytes,
  ],
} as const satisfies Readonly<Record<string, Spec>>;

/** Every set of flags, by a name for {@linkcode Vendors}, with the bytes each stands in. */
const FLAGS = {
  holdOff: [HOLD_OFF_FLAGS, 2],
  rate: [RATE_FLAGS, 1],
  classification: [CLASSIFICATION_FLAGS, 4],
  flow: [FLOW_FLAGS, 2],
  mib0: [MIB_FLAGS[0], 1],
  mib1: [MIB_FLAGS[1], 1],
  mib2: [MIB_FLAGS[2], 1],
  ticket: [TICKET_FLAGS, 2],
  image: [IMAGE_FLAGS, 2],
} as const satisfies Readonly<Record<string, readonly [Flags, number]>>;
const MIBS_BY_MAKER: readonly (keyof typeof FLAGS)[] = ["mib0", "mib1", "mib2"];

/** The number that `n` hexadecimal digits at `at` write; -1 if one of them is none. */
function hexAt(b: Uint8Array, at: number, n: number): number {
  let v = 0;
  for (let i = 0; i < n; i++) {
    const c = b[at + i], letter = c | 0x20;
    const digit = c >= 48 && c <= 57 ? c - 48 : letter >= 97 && letter <= 102 ? letter - 87 : -1;
    if (digit < 0) return -1;
    v = v * 16 + digit;
  }
  return v;
}

function u16At(b: Uint8Array, at: number): number {
  return (b[at] << 8) | b[at + 1];
}
function u32At(b: Uint8Array, at: number): number {
  return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
}

/** Fields of vendors' options, and what reports them. */
export class Vendors {
  readonly #ids = {} as Record<keyof typeof SPECS, number>;
  readonly #flags = {} as Record<keyof typeof FLAGS, readonly number[]>;

  /** Numbers the fields. */
  register(registry: Registry): void {
    for (const [key, [abbrev, name, kind, look]] of Object.entries<Spec>(SPECS)) {
      this.#ids[key as keyof typeof SPECS] = registry.add(
        info(abbrev, name, kind, `_${key}`, look),
      );
    }
    for (const [key, [flags, span]] of Object.entries<readonly [Flags, number]>(FLAGS)) {
      this.#flags[key as keyof typeof FLAGS] = flags.map(([mask, abbrev, name]) => {
        const bits = bitCount(mask);
        const number = bits > 1 || key === "image";
        return registry.add(
          info(abbrev, name, number ? Kind.Uint : Kind.Bool, "_flag", {
            bits,
            mask,
            span,
            hex: number,
          }),
        );
      });
    }
  }
  /** Whether any of them is wanted. */
  covers(wanted: (abbrev: string) => boolean): boolean {
    return Object.values<Spec>(SPECS).some(([abbrev]) => wanted(abbrev)) ||
      Object.values<readonly [Flags, number]>(FLAGS).some(([flags]) =>
        flags.some(([, abbrev]) => wanted(abbrev))
      );
  }

  #addFlags(items: Items, key: keyof typeof FLAGS, at: number, n: number, v: number): void {
    const flags: Flags = FLAGS[key][0];
    items.depth++;
    for (let i = 0; i < flags.length; i++) {
      const mask = flags[i][0];
      items.add(this.#flags[key][i], at, n, (v & mask) >>> (31 - Math.clz32(mask & -mask)));
    }
    items.depth--;
  }

  /** Capabilities of a cable modem from `at` to `end`: a length, then elements; `digits`: of a byte, 2 in text, else 1. */
  modem(items: Items, at: number, end: number, digits: 1 | 2): void {
    const b = items.bytes, ids = this.#ids;
    const value = (p: number, n: number): number =>
      digits === 2 ? hexAt(b, p, n * 2) : n === 1 ? b[p] : n === 2 ? u16At(b, p) : u32At(b, p);
    if (at + digits > end) return;
    const told = value(at, 1);
    if (told < 0) return;
    items.add(ids.modemLength, at, digits, told);
    for (let p = at + digits; p + 2 * digits <= end;) {
      const type = value(p, 1), length = value(p + digits, 1), v = p + 2 * digits;
      if (type < 0 || length < 0 || v + length * digits > end) {
        items.malformed = true;
        return;
      }
      items.add(ids.modemType, p, digits, type);
      if (type === HOLD_OFF && length === 4) {
        const at = v + 2 * digits;
        this.#addFlags(items, "holdOff", at, 2 * digits, value(at, 2));
      } else if (type === SYMBOL_RATE && length === 1) {
        this.#addFlags(items, "rate", v, digits, value(v, 1));
      } else if (type === CLASSIFICATION && length === 4) {
        this.#addFlags(items, "classification", v, 4 * digits, value(v, 4));
      }
      p = v + length * digits;
    }
  }

  /** Capabilities of a terminal adapter from `at` to `end`, in hexadecimal digits. */
  adapter(items: Items, at: number, end: number): void {
    const b = items.bytes, ids = this.#ids;
    if (at + 2 > end) return;
    const told = hexAt(b, at, 2);
    if (told < 0) return;
    items.add(ids.adapterLength, at, 2, told);
    for (let p = at + 2; p + 4 <= end;) {
      const type = u16At(b, p), length = hexAt(b, p + 2, 2), v = p + 4, stop = v + length * 2;
      if (length < 1 || stop > end) {
        items.malformed = true;
        return;
      }
      items.add(ids.adapterType, p, 2, type);
      if (type === FLOWS && length === 2) {
        const flows = hexAt(b, v, 4);
        if (flows >= 0) this.#addFlags(items, "flow", v, 4, flows);
      } else if (type === MIBS) {
        // Elements of their own: a length, which is 2, who made them, and which.
        for (let q = v; q + 6 <= stop && hexAt(b, q, 2) === 2; q += 6) {
          const maker = hexAt(b, q + 2, 2), which = hexAt(b, q + 4, 2);
          if (which < 0) break;
          const flags = MIBS_BY_MAKER[maker];
          if (flags) this.#addFlags(items, flags, q + 4, 2, which);
        }
      }
      p = stop;
    }
  }

  /** What a relay agent of CableLabs adds, from `at` to `end`. */
  relay(items: Items, at: number, end: number): void {
    const b = items.bytes, ids = this.#ids;
    for (let p = at; p + 2 <= end;) {
      const tag = b[p], n = b[p + 1], v = p + 2;
      if (v + n > end) {
        items.malformed = true;
        return;
      }
      if (tag === 1 && n === 2) items.add(ids.relayDocsis, v, 2, u16At(b, v));
      else if (tag === 2 && n === 2) items.add(ids.relayDpoe, v, 2, u16At(b, v));
      else if (tag === 4) items.add(ids.relayBackbone, v, n, 0);
      else if (tag === 5) items.add(ids.relayClass, v, n, 0);
      else if (tag === 6) items.add(ids.relayText, v, n, 0);
      else if (tag === 7) items.add(ids.relayUri, v, n, 0);
      p = v + n;
    }
  }

  /** A part of a cable client's configuration (option 122); answers whether it is one of those with fields of their own. */
  client(items: Items, code: number, at: number, n: number): boolean {
    const b = items.bytes, ids = this.#ids;
    if ((code === 4 || code === 5) && n === 12) {
      items.add(code === 4 ? ids.realmNominal : ids.provNominal, at, 4, u32At(b, at));
      items.add(code === 4 ? ids.realmMaximum : ids.provMaximum, at + 4, 4, u32At(b, at + 4));
      items.add(code === 4 ? ids.realmRetries : ids.provRetries, at + 8, 4, u32At(b, at + 8));
      return true;
    }
    if (code !== 9 || n !== 2) return false;
    this.#addFlags(items, "ticket", at, 2, u16At(b, at));
    return true;
  }

  /** A part of Apple's boot server discovery; answers whether it is one about images. */
  bootImages(items: Items, code: number, at: number, n: number): boolean {
    const b = items.bytes, ids = this.#ids, end = at + n;
    const image = (p: number): void => {
      items.add(ids.image, p, 2, u16At(b, p));
      this.#addFlags(items, "image", p, 2, u16At(b, p));
    };
    switch (code) {
      case 7:
      case 8:
        if (n !== 4) return false;
        items.add(code === 7 ? ids.defaultImage : ids.selectedImage, at, 4, u32At(b, at));
        items.depth++;
        image(at);
        items.add(ids.imageIndex, at + 2, 2, u16At(b, at + 2));
        items.depth--;
        return true;
      case 9:
        items.add(ids.imageList, at, n, 0);
        items.depth++;
        for (let p = at; p + 5 <= end;) {
          const length = b[p + 4], stop = p + 5 + length;
          if (stop > end) {
            items.malformed = true;
            break;
          }
          if (length > 0) {
            items.add(ids.imageDescription, p, 5 + length, 0);
            items.depth++;
            image(p);
            items.add(ids.imageIndex, p + 2, 2, u16At(b, p + 2));
            items.add(ids.imageNameLength, p + 4, 1, length);
            items.add(ids.imageName, p + 5, length, 0);
            items.depth--;
          }
          p = stop;
        }
        items.depth--;
        return true;
      case 11:
        items.add(ids.imageFilter, at, n, 0);
        items.depth++;
        for (let p = at; p + 2 <= end; p += 2) image(p);
        items.depth--;
        return true;
    }
    return false;
  }
}

/** Bits of a mask that are set. */
export function bitCount(mask: number): number {
  let n = 0;
  for (let m = mask; m; m &= m - 1) n++;
  return n;
}
