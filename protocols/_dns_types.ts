/**
 * DNS messages as plain data.
 *
 * @module
 */

/** A question. */
export interface DnsQuestion {
  /** Name asked for; dots within a label have a backslash in front. */
  readonly name: string;
  /** Record type asked for. */
  readonly type: number;
  /** Class; 1 is the Internet. In multicast DNS without its first bit. */
  readonly class: number;
  /** In multicast DNS: whether a unicast response is wanted (RFC 6762 section 5.4). */
  readonly unicastResponse?: boolean;
}

/** What every resource record has. */
export interface DnsRecordHead {
  /** Owner name; dots within a label have a backslash in front. */
  readonly name: string;
  /** Record type. */
  readonly type: number;
  /** Class; 1 is the Internet. In multicast DNS without its first bit. Absent from OPT records. */
  readonly class?: number;
  /** In multicast DNS: whether other records of this name and type are to be forgotten (RFC 6762 section 10.2). */
  readonly cacheFlush?: boolean;
  /** Time to live, in seconds. Absent from OPT records. */
  readonly ttl?: number;
  /** Only when written: a length of the data, in bytes, other than the right one. */
  readonly length?: number;
}
/** Address records. */
export interface DnsAddress extends DnsRecordHead {
  /** A or AAAA. */
  readonly type: 1 | 28;
  /** IPv4 or IPv6 address. */
  readonly address: string;
}
/** Records that say one name: NS, MD, MF, CNAME, MB, MG, MR, PTR, NSAP-PTR, DNAME. */
export interface DnsNamed extends DnsRecordHead {
  /** One of these types. */
  readonly type: 2 | 3 | 4 | 5 | 7 | 8 | 9 | 12 | 23 | 39;
  /** The name. */
  readonly target: string;
}
/** Start of a zone of authority. Times in seconds. */
export interface DnsSoa extends DnsRecordHead {
  /** SOA. */
  readonly type: 6;
  /** Primary name server. */
  readonly primary: string;
  /** Mailbox of who is responsible. */
  readonly mailbox: string;
  /** Version of the zone. */
  readonly serial: number;
  /** Time between two looks at the primary. */
  readonly refresh: number;
  /** Time after which a look that failed is repeated. */
  readonly retry: number;
  /** Time after which the zone is no longer valid without a look that succeeds. */
  readonly expire: number;
  /** Time to live of negative answers. */
  readonly minimum: number;
}
/** Mail exchange. */
export interface DnsMx extends DnsRecordHead {
  /** MX. */
  readonly type: 15;
  /** The lower is preferred. */
  readonly preference: number;
  /** The host. */
  readonly exchange: string;
}
/** Texts: TXT, SPF. */
export interface DnsTxt extends DnsRecordHead {
  /** TXT or SPF. */
  readonly type: 16 | 99;
  /** The texts; bytes where one is not UTF-8. */
  readonly texts: readonly (string | Uint8Array)[];
}
/** Place of a service (RFC 2782). */
export interface DnsSrv extends DnsRecordHead {
  /** SRV. */
  readonly type: 33;
  /** The lower is preferred. */
  readonly priority: number;
  /** Share among those of equal priority. */
  readonly weight: number;
  /** Port. */
  readonly port: number;
  /** Host. */
  readonly target: string;
}
/** An EDNS option (RFC 6891 section 6.1.2). What it says follows from its code; `data` wins when written. */
export interface DnsOption {
  /** Code. */
  readonly code: number;
  /** Length of the data, in bytes. */
  readonly length?: number;
  /** The data as it is. */
  readonly data?: Uint8Array;
  /** Algorithms understood (codes 5, 6, 7). */
  readonly algorithms?: readonly number[];
  /** Address family of a client subnet: 1 or 2. */
  readonly family?: number;
  /** Bits of a client subnet that the question tells. */
  readonly sourcePrefix?: number;
  /** Bits of a client subnet that the answer is for. */
  readonly scopePrefix?: number;
  /** Client subnet: an address. */
  readonly address?: string;
  /** Client's cookie, 8 bytes. */
  readonly clientCookie?: Uint8Array;
  /** Server's cookie, none or 8 to 32 bytes. */
  readonly serverCookie?: Uint8Array;
  /** How long an idle connection is kept, in units of 100 ms. */
  readonly timeout?: number;
  /** Extended error. */
  readonly infoCode?: number;
  /** Extended error in words. */
  readonly extraText?: string;
}
/** What EDNS adds to a message (RFC 6891). */
export interface DnsOpt extends DnsRecordHead {
  /** OPT. */
  readonly type: 41;
  /** Bytes of a UDP payload that the sender can take. */
  readonly udpPayloadSize: number;
  /** High eight bits of the response code. */
  readonly extendedRcode: number;
  /** Version of EDNS. */
  readonly version: number;
  /** Flags, 16 bits. */
  readonly z: number;
  /** Whether DNSSEC records are wanted. */
  readonly dnssecOk?: boolean;
  /** Options in the order sent. */
  readonly options: readonly DnsOption[];
}
/** A record of any other type; what its data says stands under keys of its own, or as bytes under `data`. */
export interface DnsOtherRecord extends DnsRecordHead {
  /** What the data says. */
  readonly [key: string]: unknown;
}
/** A resource record. */
export type DnsRecord =
  | DnsAddress
  | DnsNamed
  | DnsSoa
  | DnsMx
  | DnsTxt
  | DnsSrv
  | DnsOpt
  | DnsOtherRecord;

/** An element of a stateful operation (RFC 8490 section 5.4.4). */
export interface DnsTlv {
  /** Type. */
  readonly type: number;
  /** Length of the value, in bytes. */
  readonly length?: number;
  /** Idle time after which the session ends, in milliseconds. */
  readonly inactivity?: number;
  /** Time between keepalives, in milliseconds. */
  readonly interval?: number;
  /** Time to wait before connecting again, in milliseconds. */
  readonly retryDelay?: number;
  /** The value, where it is nothing of these. */
  readonly data?: Uint8Array;
}

/** A DNS message. */
export interface Dns {
  /** Over TCP: length of the message that stands in front of it. Negative: computed when written. */
  readonly length?: number;
  /** Identification. */
  readonly id: number;
  /** All flags, operation and response code: 16 bits. */
  readonly flags: number;
  /** Whether it is a response. */
  readonly response: boolean;
  /** Operation: 0 query, 4 notify, 5 update, 6 stateful. */
  readonly opcode: number;
  /** Responses: the server is an authority for the name. */
  readonly authoritative?: boolean;
  /** LLMNR: the name is not unique. */
  readonly conflict?: boolean;
  /** There was more than fitted. */
  readonly truncated: boolean;
  /** Recursion is wanted. */
  readonly recursionDesired?: boolean;
  /** LLMNR: the responder has not yet verified that the name is its own. */
  readonly tentative?: boolean;
  /** Responses: the server does recursion. */
  readonly recursionAvailable?: boolean;
  /** Reserved bit. */
  readonly z?: boolean;
  /** Responses: the server has verified the answer (RFC 4035 section 3.2.3). */
  readonly authenticData?: boolean;
  /** Verifying is left to the client (RFC 4035 section 3.2.2). */
  readonly checkingDisabled?: boolean;
  /** Responses: response code. */
  readonly rcode?: number;
  /** How many questions (updates: zones) follow. */
  readonly questionCount: number;
  /** How many answers (updates: prerequisites) follow. */
  readonly answerCount: number;
  /** How many authority records (updates: updates) follow. */
  readonly authorityCount: number;
  /** How many additional records follow. */
  readonly additionalCount: number;
  /** Questions; in an update the zone. */
  readonly questions: readonly DnsQuestion[];
  /** Answers; in an update the prerequisites. */
  readonly answers: readonly DnsRecord[];
  /** Authority records; in an update the updates. */
  readonly authorities: readonly DnsRecord[];
  /** Additional records. */
  readonly additionals: readonly DnsRecord[];
  /** Elements of a stateful operation. */
  readonly tlvs?: readonly DnsTlv[];
  /** Bytes behind the message. */
  readonly extraneous?: Uint8Array;
}
