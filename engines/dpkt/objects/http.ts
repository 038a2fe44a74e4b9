// deno-lint-ignore-file camelcase -- the names are dpkt's
/**
 * dpkt's module `http`.
 *
 * @module
 */
import { concat, EMPTY, type Init, NeedData, Packet, repr, UnpackError } from "./packet.ts";

/** Header fields by name in lower case; a list where a field is repeated. */
export type Headers = Record<string, string | string[]>;

/** Bytes that are read from front to back: what dpkt uses a file object for. */
export class ByteReader {
  private at = 0;
  private readonly buf: Uint8Array;

  /** Begins at the first byte of `buf`. */
  constructor(buf: Uint8Array) {
    this.buf = buf;
  }

  /** Up to the next line feed, included; up to the end if there is none. */
  readline(): Uint8Array {
    const feed = this.buf.indexOf(10, this.at);
    const start = this.at;
    this.at = feed < 0 ? this.buf.length : feed + 1;
    return this.buf.subarray(start, this.at);
  }

  /** `size` bytes, or what there is; the rest if no size is given, or a negative one. */
  read(size = -1): Uint8Array {
    const start = this.at;
    this.at = size < 0 ? this.buf.length : Math.min(this.buf.length, start + size);
    return this.buf.subarray(start, this.at);
  }
}

/** ASCII as text; other bytes are dropped, as dpkt does. */
function ascii(bytes: Uint8Array): string {
  let text = "";
  for (const b of bytes) if (b < 0x80) text += String.fromCharCode(b);
  return text;
}

const ENCODER = new TextEncoder();

/** Text as ASCII; what is none is dropped. */
function encodeAscii(text: string): Uint8Array {
  // deno-lint-ignore no-control-regex -- all that is not ASCII
  return ENCODER.encode(text.replace(/[^\x00-\x7f]/g, ""));
}

/** White space of Python's `bytes`, at both ends. */
function strip(bytes: Uint8Array): Uint8Array {
  const blank = (b: number): boolean => b === 32 || (b >= 9 && b <= 13);
  let start = 0, end = bytes.length;
  while (start < end && blank(bytes[start])) start++;
  while (end > start && blank(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}

/** White space of Python's `str`, as far as it is ASCII: four separators count. */
// deno-lint-ignore no-control-regex -- the separators
const SPACES = /[\s\x1c-\x1f]+/;
/** White space at the beginning. */
// deno-lint-ignore no-control-regex -- the separators
const LEADING = /^[\s\x1c-\x1f]+/;

/** Words of a text, between white space of Python's `str` (ASCII). */
function words(text: string): string[] {
  return text.split(SPACES).filter((w) => w !== "");
}

/** The number that Python's `int` reads; `undefined` if it reads none. */
function int(text: string, base: 10 | 16): number | undefined {
  const form = base === 16
    ? /^([+-]?)(?:0[xX]_?)?([\da-f]+(?:_[\da-f]+)*)$/i
    : /^([+-]?)(\d+(?:_\d+)*)$/;
  const found = words(text).join(" ").match(form);
  if (!found) return undefined;
  return parseInt(found[2].replaceAll("_", ""), base) * (found[1] === "-" ? -1 : 1);
}

/**
 * Reads header fields up to the empty line. Their names are added to `names`, in order.
 *
 * @throws {UnpackError} If a line has no name before its colon.
 */
export function parse_headers(f: ByteReader, names: string[] = []): Headers {
  // Without a prototype, so that a field may have any name.
  const headers: Headers = Object.create(null);
  for (;;) {
    const line = ascii(strip(f.readline()));
    if (line === "") return headers;
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    if (words(name).length !== 1) throw new UnpackError(`invalid header: ${repr(line)}`);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(LEADING, "");
    const key = name.toLowerCase(), known = headers[key];
    if (known === undefined) {
      headers[key] = value;
      names.push(key);
    } else if (typeof known === "string") headers[key] = [known, value];
    else known.push(value);
  }
}

/**
 * Reads a body as the header fields say: chunked, by length, or to the end if there is a content type.
 *
 * @throws {NeedData} If it is cut.
 * @throws {UnpackError} If a length or the size of a chunk is no number.
 */
export function parse_body(f: ByteReader, headers: Headers): Uint8Array {
  const coding = headers["transfer-encoding"] ?? "";
  const length = headers["content-length"];
  if (typeof coding === "string" && coding.toLowerCase() === "chunked") {
    const chunks: Uint8Array[] = [];
    let ended = false;
    for (;;) {
      const [size] = words(ascii(f.readline()));
      if (size === undefined) throw new UnpackError("missing chunk size");
      const n = int(size, 16);
      if (n === undefined) throw new UnpackError("invalid chunk size");
      if (n === 0) ended = true;
      const chunk = f.read(n);
      if (strip(f.readline()).length > 0 || n === 0 || chunk.length !== n) break;
      chunks.push(chunk);
    }
    if (!ended) throw new NeedData("premature end of chunked body");
    return concat(...chunks);
  }
  if (length !== undefined) {
    const n = typeof length === "string" ? int(length, 10) : undefined;
    if (n === undefined) throw new UnpackError(`invalid content length: ${repr(length)}`);
    const body = f.read(n);
    if (body.length !== n) throw new NeedData(`short body (missing ${n - body.length} bytes)`);
    return body;
  }
  return "content-type" in headers ? f.read() : EMPTY;
}

/** Header fields and body. */
export class Message<Self = unknown> extends Packet<Self> {
  /** Header fields. */
  declare headers: Headers;
  /** Body. */
  declare body: Uint8Array;
  /** What follows the body. */
  declare data: Uint8Array;
  /** Names of the fields as they were read: objects put names that are numbers first. */
  declare private _names: string[] | undefined;

  static {
    this.header("Message");
  }

  /**
   * Reads a message, or makes one.
   *
   * @throws {UnpackError} If it is no message.
   * @throws {NeedData} If its body is cut.
   */
  constructor(from?: Uint8Array | Init<Self>) {
    super(from);
    if (from instanceof Uint8Array) return;
    this.headers ??= {};
    this.body ??= EMPTY;
    for (const [name, value] of Object.entries(this.defaults())) {
      (this as Record<string, unknown>)[name] ??= value;
    }
  }

  /** Defaults of the first line. */
  protected defaults(): Record<string, string> {
    return {};
  }

  /** Reads header fields, and the body if there may be one. */
  override unpack(buf: Uint8Array, isBodyAllowed = true): void {
    super.unpack(buf);
    const f = new ByteReader(buf);
    this._names = [];
    this.headers = parse_headers(f, this._names);
    this.body = isBodyAllowed ? parse_body(f, this.headers) : EMPTY;
    this.data = f.read();
  }

  /** The header fields' bytes. A repeated field is written as often as it was read. */
  override pack_hdr(): Uint8Array {
    const { headers } = this;
    const read = this._names?.filter((name) => name in headers) ?? [];
    const lines = [...new Set([...read, ...Object.keys(headers)])].flatMap((name) =>
      [headers[name]].flat().map((value) => `${name}: ${value}\r\n`)
    );
    return encodeAscii(lines.join(""));
  }

  /** Bytes of the message when packed. */
  override __len__(): number {
    return this.bytes().length;
  }

  /** The first line. */
  protected firstLine(): string {
    return "";
  }

  /** The message's bytes. `data` is not among them. */
  override bytes(): Uint8Array {
    return concat(encodeAscii(this.firstLine()), this.pack_hdr(), Uint8Array.of(13, 10), this.body);
  }
}

/** Methods that dpkt knows (RFC 9110, WebDAV, Exchange, RPC over HTTP and others). */
const METHODS: ReadonlySet<string> = new Set(
  ("GET PUT ICY COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH " +
    "UNLOCK REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST " +
    "SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE " +
    "RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL").split(" "),
);

/** A request (RFC 9112). */
export class Request extends Message<Request> {
  /** Method. */
  declare method: string;
  /** Target. */
  declare uri: string;
  /** Version, such as `1.1`. */
  declare version: string;

  static {
    this.header("Request");
  }

  /** Defaults of the first line. */
  protected override defaults(): Record<string, string> {
    return { method: "GET", uri: "/", version: "1.0" };
  }

  /** Reads a request. */
  override unpack(buf: Uint8Array): void {
    const f = new ByteReader(buf);
    const line = ascii(f.readline());
    const [method, uri, version] = words(line);
    if (uri === undefined) throw new UnpackError(`invalid request: ${repr(line)}`);
    if (!METHODS.has(method)) throw new UnpackError(`invalid http method: ${repr(method)}`);
    if (version !== undefined && !version.startsWith("HTTP")) {
      throw new UnpackError(`invalid http version: ${repr(version)}`);
    }
    this.version = version === undefined ? "0.9" : version.slice(5);
    this.method = method;
    this.uri = uri;
    super.unpack(f.read());
  }

  /** The first line. */
  protected override firstLine(): string {
    return `${this.method} ${this.uri} HTTP/${this.version}\r\n`;
  }
}

/** A response (RFC 9112). */
export class Response extends Message<Response> {
  /** Version, such as `1.1`. */
  declare version: string;
  /** Status code. */
  declare status: string;
  /** Reason. */
  declare reason: string;

  static {
    this.header("Response");
  }

  /** Defaults of the first line. */
  protected override defaults(): Record<string, string> {
    return { version: "1.0", status: "200", reason: "OK" };
  }

  /** Reads a response. There is no body with 1xx, 204 and 304. */
  override unpack(buf: Uint8Array): void {
    const f = new ByteReader(buf);
    const line = ascii(strip(f.readline()));
    const [version, status] = words(line);
    if (status === undefined || !version.startsWith("HTTP") || !/^\d+$/.test(status)) {
      throw new UnpackError(`invalid response: ${repr(line)}`);
    }
    this.version = version.slice(5);
    this.status = status;
    // What follows the status, inner spaces included.
    const rest = line.slice(line.indexOf(version) + version.length).replace(LEADING, "");
    this.reason = rest.slice(status.length).replace(LEADING, "");
    const code = Number(status);
    super.unpack(f.read(), code >= 200 && code !== 204 && code !== 304);
  }

  /** The first line. */
  protected override firstLine(): string {
    return `HTTP/${this.version} ${this.status} ${this.reason}\r\n`;
  }
}
