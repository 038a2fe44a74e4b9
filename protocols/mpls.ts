/**
 * MultiProtocol Label Switching: label stack entries (RFC 3032), and Ethernet pseudowires below them (RFC 4448).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bits, Field, group, type Registry, u8, type Writer } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { LIST_MAX } from "../core/limits.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** An entry of the label stack. */
export interface MplsLabel {
  /** Label. */
  readonly label: number;
  /** Traffic class, once called experimental bits (RFC 5462). */
  readonly exp: number;
  /** 1 in the last entry. */
  readonly bottom: number;
  /** Time to live. */
  readonly ttl: number;
}

/** A label stack. */
export interface Mpls {
  /** Its entries, outermost first. */
  readonly labels: readonly MplsLabel[];
}

const ENTRY = 4;
/** Labels with a meaning of their own (RFC 3032 section 2.1, RFC 5586, 6790, 7274). */
const LABELS: Readonly<Record<number, string>> = {
  0: "IPv4 Explicit-Null",
  1: "Router Alert",
  2: "IPv6 Explicit-Null",
  3: "Implicit-Null",
  7: "Entropy Label Indicator (ELI)",
  13: "Generic Associated Channel Label (GAL)",
  14: "OAM Alert",
  15: "Extension Label (XL)",
};

/** Entries up to the header's end; the last one written is the bottom of the stack. */
class Labels extends Field<readonly MplsLabel[]> {
  readonly #entry: Field<MplsLabel> = group<MplsLabel>("", "Label", {
    label: bits(20, "mpls.label", "MPLS Label", { values: LABELS }),
    exp: bits(3, "mpls.exp", "MPLS Experimental Bits"),
    bottom: bits(1, "mpls.bottom", "MPLS Bottom Of Label Stack"),
    ttl: u8("mpls.ttl", "MPLS TTL", { initial: 64 }),
  });
  constructor() {
    super(-1);
  }
  override register(registry: Registry, key: string): void {
    this.key = key;
    this.#entry.register(registry, key, true);
  }
  override emit(items: Items): void {
    for (let n = 0; n < LIST_MAX && items.left >= ENTRY; n++) this.#entry.emit(items);
  }
  override write(writer: Writer, value: unknown): void {
    const labels = value as readonly Partial<MplsLabel>[] | undefined ?? [{}];
    labels.forEach((label, i) => {
      const full = { bottom: i === labels.length - 1 ? 1 : 0, ...label };
      this.#entry.write(writer, full, full);
    });
  }
  override covers(wanted: (abbrev: string) => boolean): boolean {
    return this.#entry.covers(wanted);
  }
}

/** MPLS label stacks. */
export const mpls: Protocol<Mpls> = protocol<Mpls>({
  name: "mpls",
  title: "MultiProtocol Label Switching Header",
  label: "MPLS",
  layer: "link",
  parents: {
    ethertype: [0x8847, 0x8848],
    "ip.proto": [137],
    "ppp.protocol": [0x281, 0x283],
  },
  fields: { labels: new Labels() },
  walk,
  summary,
});

function walk(w: Walker): void {
  const b = w.bytes, limit = w.limit;
  let at = w.start;
  do at += ENTRY; while (at <= limit && (b[at - 2] & 1) === 0);
  w.end = at;
  w.next = -2;
  if (at >= limit) return;
  w.next = -1;
  const nibble = b[at] >> 4;
  if (nibble === 4 || nibble === 6) w.to("ip.version", nibble);
  else if (nibble !== 1) w.to("mpls.pw", 0);
}

function summary(
  layer: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  out: TextWriter,
): void {
  if (layer.end - layer.start < ENTRY) return;
  out.ascii("MPLS Label Switched Packet");
}
