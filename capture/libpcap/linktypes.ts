/**
 * Two ways to number link types: LINKTYPE_, which stands in files and in our batches, and DLT_, which libpcap's functions
 * take. Most numbers are the same (https://www.tcpdump.org/linktypes.html); a few DLT_ numbers differ by system.
 *
 * @module
 */

const { os } = Deno.build;

/** LINKTYPE_ and the DLT_ of this system, where they differ (pcap/dlt.h, pcap-common.c of libpcap). */
const DIFFERENT: readonly (readonly [linkType: number, dlt: number])[] = [
  [100, 11], // ATM_RFC1483
  [101, 12], // RAW
  [102, 15], // SLIP_BSDOS
  [103, 16], // PPP_BSDOS
  [106, 19], // ATM_CLIP
  ...(os === "darwin" ? [[258, 149] as const] : []), // PKTAP, which Apple put on a user's number
  ...(os === "freebsd" ? [[246, 121] as const] : []), // PFSYNC
];

/** The DLT_ of this system for a LINKTYPE_. */
export function dltOf(linkType: number): number {
  return DIFFERENT.find(([l]) => l === linkType)?.[1] ?? linkType;
}

/** The LINKTYPE_ for a DLT_ of this system. */
export function linkTypeOf(dlt: number): number {
  return DIFFERENT.find(([, d]) => d === dlt)?.[0] ?? dlt;
}
