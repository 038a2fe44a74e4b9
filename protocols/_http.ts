/**
 * What HTTP/1.x messages are made of (RFC 9110, RFC 9112), shared by the protocols that use their syntax. Lines are
 * looked at byte by byte; what a line says is reported where it stands, so that nothing is copied.
 *
 * @module
 */
import type { PacketItems } from "../core/emitter.ts";
import {
  bool,
  bytes,
  custom,
  type Field,
  group,
  list,
  text,
  u16,
  u32,
  u64,
  type Writer,
} from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { LAYER, PROTOCOL_MASK } from "../core/catalogue.ts";
import { LIST_MAX } from "../core/limits.ts";
import { HttpRole, type Recipe } from "../core/recipe.ts";
import type { TextWriter } from "../core/text_writer.ts";

/** A header field. */
export interface HttpHeader {
  /** Its name as written. */
  readonly name: string;
  /** Its value, without the white space before it. */
  readonly value: string;
  /** The whole line with its end, if that is not `name: value` and CR LF. */
  readonly line?: string;
}

/** An HTTP message, or several in one segment: the first, and {@link Http.more}. */
export interface Http {
  /** Method of a request. */
  readonly method?: string;
  /** Target of a request. */
  readonly uri?: string;
  /** Version, for example `HTTP/1.1`. */
  readonly version?: string;
  /** Status code of a response. */
  readonly status?: number;
  /** Reason phrase of a response. */
  readonly phrase?: string;
  /** The start line with its end, if it is not made of the parts above, single spaces and CR LF. */
  readonly startLine?: string;
  /** Header fields in the order sent. */
  readonly headers: readonly HttpHeader[];
  /** The content whose length Content-Length says. Written with that header field if none says anything of a length. */
  readonly body?: Uint8Array;
  /** What else follows the header, as it stands on the wire: chunks, or content that goes on to the end. */
  readonly rest?: Uint8Array;
  /** Further messages of the same segment. */
  readonly more?: readonly Http[];
}

/** What a message is, by its first line; a segment may also begin amid header fields. */
const OTHER = 0, REQUEST = 1, RESPONSE = 2, NOTIFICATION = 3;

const ENCODER = new TextEncoder();
const CR = 13, LF = 10, SPACE = 32, TAB = 9, COLON = 58;

function asciiBytes(words: string): Uint8Array[] {
  return words.split(" ").map((w) => ENCODER.encode(w));
}

/** A word that a start line may begin with, and what line that is. */
interface StartWord {
  readonly bytes: Uint8Array;
  readonly kind: number;
}

/** Takes a byte into the number by which a word is looked up. No two of the words below have the same. */
function mix(h: number, c: number): number {
  return (Math.imul(h, 31) + c) | 0;
}

/** Methods (RFC 9110 section 9, RFC 4918, RFC 3253, RFC 5789 and what Exchange servers use) and those of event notification (GENA). */
const START_WORDS = new Map<number, StartWord>();
for (
  const [kind, words] of [
    [
      REQUEST,
      "GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE PATCH DELETE SEARCH UNLOCK REPORT " +
      "UPDATE BDELETE CONNECT OPTIONS CHECKIN CHECKOUT PROPFIND CCM_POST PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT " +
      "MKACTIVITY MKWORKSPACE RPC_CONNECT RPC_IN_DATA RPC_OUT_DATA VERSION-CONTROL BASELINE-CONTROL",
    ],
    [NOTIFICATION, "NOTIFY SUBSCRIBE UNSUBSCRIBE"],
  ] as const
) {
  for (const bytes of asciiBytes(words)) START_WORDS.set(bytes.reduce(mix, 0), { bytes, kind });
}
const LONGEST_METHOD = 18;
/** What start lines begin with. */
export const STARTS: readonly Uint8Array[] = [
  ...Array.from(START_WORDS.values(), (word) => word.bytes),
  ...asciiBytes("HTTP ICY M-"),
];

/** Whether the bytes of `word` stand at `at`. */
function matches(b: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (b[at + i] !== word[i]) return false;
  return true;
}

/** Whether `HTTP/` stands at `at`, or `ICY`, which streams of music begin with, of `n` bytes. */
function isResponse(b: Uint8Array, at: number, n: number): boolean {
  return b[at] === 0x48
    ? n >= 5 && b[at + 1] === 0x54 && b[at + 2] === 0x54 && b[at + 3] === 0x50 && b[at + 4] === 0x2f
    : b[at] === 0x49 && b[at + 1] === 0x43 && b[at + 2] === 0x59;
}

/** What the line starts that begins at `at` and ends before `end`; its own end need not be known. */
export function startLine(b: Uint8Array, at: number, end: number): number {
  // RFC 2774: a method may be marked as mandatory.
  if (end - at >= 2 && b[at] === 0x4d && b[at + 1] === 0x2d) at += 2;
  const n = end - at;
  if (n < 3) return OTHER;
  const first = b[at];
  if (first < 0x41 || first > 0x5a) return OTHER;
  if (isResponse(b, at, n)) return RESPONSE;
  const most = n < LONGEST_METHOD ? n : LONGEST_METHOD;
  let length = 0, h = 0;
  for (; length < most; length++) {
    const c = b[at + length];
    if (c === SPACE || c === LF || c === CR) break;
    h = mix(h, c);
  }
  const word = START_WORDS.get(h);
  return word !== undefined && word.bytes.length === length && matches(b, at, word.bytes)
    ? word.kind
    : OTHER;
}

// The line last found; a leaf that several loops use must not make objects.
let lineEnd = 0, lineNext = 0, lineOdd = false;

/**
 * Finds the end of the line at `at`: CR LF, LF, or CR alone. Sets `lineEnd`, `lineNext` and `lineOdd` (whether it holds
 * NUL or what is not ASCII). Answers whether there is a line end before `limit`.
 */
function findLine(b: Uint8Array, at: number, limit: number): boolean {
  let odd = 0;
  for (let i = at; i < limit; i++) {
    const c = b[i];
    if (c === LF) {
      lineEnd = i;
      lineNext = i + 1;
      lineOdd = odd !== 0;
      return true;
    }
    if (c === CR) {
      lineEnd = i;
      lineNext = i + 1 < limit && b[i + 1] === LF ? i + 2 : i + 1;
      lineOdd = odd !== 0;
      return true;
    }
    if (c === 0 || c >= 0x80) odd = 1;
  }
  lineEnd = lineNext = limit;
  lineOdd = odd !== 0;
  return false;
}

/** First `c` from `at` and before `end`, or -1. */
function find(b: Uint8Array, c: number, at: number, end: number): number {
  for (let i = at; i < end; i++) if (b[i] === c) return i;
  return -1;
}

/** An empty line too many may stand before a start line (RFC 9112 section 2.2). */
function skipEmptyLine(b: Uint8Array, at: number, limit: number): number {
  return at + 1 < limit && b[at] === CR && b[at + 1] === LF ? at + 2 : at;
}

/** Whether what stands at `at` is a message or the middle of a header: a start line, or a line with a colon. */
export function looksLikeMessage(b: Uint8Array, at: number, limit: number): boolean {
  at = skipEmptyLine(b, at, limit);
  let end = at;
  // What comes first, the colon or the end of the line, decides: content is not searched further.
  for (; end < limit; end++) {
    const c = b[end];
    if (c === COLON) return true;
    if (c === LF || c === CR) break;
  }
  return startLine(b, at, end) !== OTHER;
}

/** Whether a segment on any port begins with a start line of HTTP/1: `METHOD ... HTTP/1.x` or `HTTP/1....`. */
export function looksLikeHttp(b: Uint8Array, at: number, limit: number): boolean {
  // The line is searched for its end only if its beginning is one: most payload is neither.
  if (startLine(b, at, limit) === OTHER || !findLine(b, at, limit)) return false;
  return lineEnd - at > 8 && (isHttp1(b, lineEnd - 8) || isHttp1(b, at));
}

function isHttp1(b: Uint8Array, at: number): boolean {
  return (b[at] | 0x20) === 0x68 && (b[at + 1] | 0x20) === 0x74 && (b[at + 2] | 0x20) === 0x74 &&
    (b[at + 3] | 0x20) === 0x70 && b[at + 4] === 0x2f && b[at + 5] === 0x31 && b[at + 6] === 0x2e;
}

/** Names of status codes (IANA "http-status-codes"; as Wireshark shows them). */
const STATUS: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  102: "Processing",
  103: "Early Hints",
  199: "Informational - Others",
  200: "OK",
  201: "Created",
  202: "Accepted",
  203: "Non-authoritative Information",
  204: "No Content",
  205: "Reset Content",
  206: "Partial Content",
  207: "Multi-Status",
  208: "Already Reported",
  226: "IM Used",
  299: "Success - Others",
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  305: "Use Proxy",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  399: "Redirection - Others",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Time-out",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Request Entity Too Large",
  414: "Request-URI Too Long",
  415: "Unsupported Media Type",
  416: "Requested Range Not Satisfiable",
  417: "Expectation Failed",
  418: "I'm a teapot",
  421: "Misdirected Request",
  422: "Unprocessable Entity",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  499: "Client Error - Others",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Time-out",
  505: "HTTP Version not supported",
  506: "Variant Also Negotiates",
  507: "Insufficient Storage",
  508: "Loop Detected",
  510: "Not Extended",
  511: "Network Authentication Required",
  599: "Server Error - Others",
};
const descriptions: (Uint8Array | undefined)[] = new Array(1000);

/** Header fields that Wireshark has a field for: name in lower case, abbreviation, name for people. */
const KNOWN: readonly (readonly [name: string, abbrev: string, label: string])[] = [
  ["authorization", "http.authorization", "Authorization"],
  ["proxy-authorization", "http.proxy_authorization", "Proxy-Authorization"],
  ["proxy-authenticate", "http.proxy_authenticate", "Proxy-Authenticate"],
  ["www-authenticate", "http.www_authenticate", "WWW-Authenticate"],
  ["content-type", "http.content_type", "Content-Type"],
  ["content-length", "http.content_length_header", "Content-Length"],
  ["content-encoding", "http.content_encoding", "Content-Encoding"],
  ["transfer-encoding", "http.transfer_encoding", "Transfer-Encoding"],
  ["upgrade", "http.upgrade", "Upgrade"],
  ["user-agent", "http.user_agent", "User-Agent"],
  ["host", "http.host", "Host"],
  ["connection", "http.connection", "Connection"],
  ["cookie", "http.cookie", "Cookie"],
  ["accept", "http.accept", "Accept"],
  ["referer", "http.referer", "Referer"],
  ["accept-language", "http.accept_language", "Accept-Language"],
  ["accept-encoding", "http.accept_encoding", "Accept Encoding"],
  ["date", "http.date", "Date"],
  ["cache-control", "http.cache_control", "Cache-Control"],
  ["server", "http.server", "Server"],
  ["location", "http.location", "Location"],
  ["sec-websocket-accept", "http.sec_websocket_accept", "Sec-WebSocket-Accept"],
  ["sec-websocket-extensions", "http.sec_websocket_extensions", "Sec-WebSocket-Extensions"],
  ["sec-websocket-key", "http.sec_websocket_key", "Sec-WebSocket-Key"],
  ["sec-websocket-protocol", "http.sec_websocket_protocol", "Sec-WebSocket-Protocol"],
  ["sec-websocket-version", "http.sec_websocket_version", "Sec-WebSocket-Version"],
  ["set-cookie", "http.set_cookie", "Set-Cookie"],
  ["last-modified", "http.last_modified", "Last-Modified"],
  ["x-forwarded-for", "http.x_forwarded_for", "X-Forwarded-For"],
  ["http2-settings", "http.http2_settings", "HTTP2-Settings"],
];
const NAMES = KNOWN.map(([name]) => ENCODER.encode(name));
const indexOf = (name: string): number => KNOWN.findIndex(([n]) => n === name);
const AUTHORIZATION = indexOf("authorization"),
  PROXY_AUTHORIZATION = indexOf("proxy-authorization");
const CONTENT_LENGTH = indexOf("content-length"), TRANSFER_ENCODING = indexOf("transfer-encoding");
const CONTENT_ENCODING = indexOf("content-encoding"), CONTENT_TYPE = indexOf("content-type");
const HOST = indexOf("host"), COOKIE = indexOf("cookie");
/** What those mean for the rest of a message. */
const ROLES: ReadonlyMap<number, HttpRole> = new Map([
  [CONTENT_LENGTH, HttpRole.Length],
  [TRANSFER_ENCODING, HttpRole.Unusual],
  [CONTENT_ENCODING, HttpRole.Coding],
  [HOST, HttpRole.Host],
  [COOKIE, HttpRole.Cookie],
  [AUTHORIZATION, HttpRole.Credentials],
  [PROXY_AUTHORIZATION, HttpRole.Credentials],
]);

/** Which characters a name may have (RFC 9110 section 5.6.2; Wireshark also takes the backslash). */
const TOKEN = new Uint8Array(128);
for (
  const c of ENCODER.encode(
    "!#$%&*+-.^_`|~\\0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  )
) TOKEN[c] = 1;

/** Length, first and last letter of a name as one number. */
function nameKey(length: number, first: number, last: number): number {
  return (length << 16) | ((first | 0x20) << 8) | (last | 0x20);
}
const byKey = new Map<number, number[]>();
NAMES.forEach((n, i) => {
  const key = nameKey(n.length, n[0], n[n.length - 1]);
  byKey.set(key, [...byKey.get(key) ?? [], i]);
});

/** Index in {@link KNOWN} of the header field name from `at` to `end`, whatever its case; -1 if it is another. */
function knownName(b: Uint8Array, at: number, end: number): number {
  const n = end - at;
  if (n === 0) return -1;
  const candidates = byKey.get(nameKey(n, b[at], b[end - 1]));
  if (!candidates) return -1;
  for (let c = 0; c < candidates.length; c++) {
    const name = NAMES[candidates[c]];
    let i = 0;
    while (i < n) {
      let v = b[at + i];
      if (v >= 0x41 && v <= 0x5a) v |= 0x20;
      if (v !== name[i]) break;
      i++;
    }
    if (i === n) return candidates[c];
  }
  return -1;
}

/** Content length told by the value from `at` to `end`; -1 if it is none. */
function decimal(b: Uint8Array, at: number, end: number): number {
  let i = at;
  if (i < end && b[i] === 0x2b) i++;
  let v = 0, digits = 0;
  for (; i < end; i++) {
    const d = b[i] - 48;
    if (d < 0 || d > 9) break;
    v = v * 10 + d;
    digits++;
    if (v > Number.MAX_SAFE_INTEGER) return -1;
  }
  if (digits === 0) return -1;
  // White space may follow, and what comes behind that says nothing.
  return i === end || b[i] === SPACE || (b[i] >= 9 && b[i] <= 13) ? v : -1;
}

const CHUNKED = ENCODER.encode("chunked"), IDENTITY = ENCODER.encode("identity");
const GZIP = ENCODER.encode("gzip"), DEFLATE = ENCODER.encode("deflate");

/** Whether the list of codings from `at` to `end` names `word`. */
function names(b: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  for (let i = at; i + word.length <= end; i++) {
    let k = 0;
    while (k < word.length && (b[i + k] | 0x20) === word[k]) k++;
    if (k === word.length) return true;
  }
  return false;
}

const SIXTY_FOUR = new Int8Array(128).fill(-1);
ENCODER.encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").forEach(
  (c, i) => SIXTY_FOUR[c] = i,
);

const ONE = new Uint8Array(1), EIGHT = new Uint8Array(8);
const REPLACEMENT = Uint8Array.of(0xef, 0xbf, 0xbd);
const BASIC = ENCODER.encode("Basic ");
const CITRIX = ENCODER.encode("CitrixAGBasic ");
/** What it says, as it begins; Wireshark's name of it and that for people. */
const CITRIX_PARTS = ([
  ["username", "user", "Username"],
  ["domain", "domain", "Domain"],
  ["password", "password", "Password"],
  ["AGESessionId", "session", "Session ID"],
] as const).map(([name, key, label]) => [ENCODER.encode(`${name}="`), key, label] as const);
const HTTP_URI = ENCODER.encode("http://"), HTTPS_URI = ENCODER.encode("https://");
const CONNECT = ENCODER.encode("CONNECT");
const ESCAPED_CR = ENCODER.encode("\\r"), ESCAPED_LF = ENCODER.encode("\\n");

/** The fields of a protocol that speaks in HTTP messages, and what reports them. */
export class Messages {
  readonly #notification = bool("http.notification", "Notification", { width: 8 });
  readonly #response = bool("http.response", "Response", { width: 8 });
  readonly #request = bool("http.request", "Request", { width: 8 });
  readonly #chat = group("http.chat", "Formatted text", {});
  readonly #method = text("http.request.method", "Request Method");
  readonly #uri = text("http.request.uri", "Request URI");
  readonly #path = text("http.request.uri.path", "Request URI Path");
  readonly #query = text("http.request.uri.query", "Request URI Query");
  readonly #parameter = text("http.request.uri.query.parameter", "Request URI Query Parameter");
  readonly #requestVersion = text("http.request.version", "Request Version");
  readonly #responseVersion = text("http.response.version", "Response Version");
  readonly #code = u16("http.response.code", "Status Code", { values: STATUS });
  readonly #description = text("http.response.code.desc", "Status Code Description");
  readonly #phrase = text("http.response.phrase", "Response Phrase");
  readonly #fullUri = text("http.request.full_uri", "Full request URI");
  readonly #startLine = text("", "Start line");
  readonly #name = text("", "Name");
  readonly #value = text("", "Value");
  readonly #line = text("", "Line");
  readonly #requestLine = text("http.request.line", "Request line");
  readonly #responseLine = text("http.response.line", "Response line");
  readonly #unknown = text("http.unknown_header", "Unknown header");
  readonly #known = KNOWN.map(([, abbrev, label]) => text(abbrev, label));
  readonly #contentLength = u64("http.content_length", "Content length");
  readonly #cookiePair = text("http.cookie_pair", "Cookie pair");
  readonly #credentials = text("http.authbasic", "Credentials");
  readonly #citrix = bool("http.authcitrix", "Citrix AG Auth", { width: 8 });
  readonly #citrixParts = CITRIX_PARTS.map(([, key, label]) =>
    text(`http.authcitrix.${key}`, `Citrix AG ${label}`)
  );
  readonly #chunkSize = u32("http.chunk_size", "Chunk size");
  readonly #chunkData = bytes("http.chunk_data", "Chunk data");
  readonly #chunkBoundary = bytes("http.chunk_boundary", "Chunk boundary");
  readonly #trailer = text("http.chunked_trailer_part", "trailer-part");
  readonly #fileData = text("http.file_data", "File Data");
  readonly #body = bytes("", "Body");
  readonly #rest = bytes("", "Rest");
  readonly #header = group("", "Header", {
    name: this.#name,
    value: this.#value,
    line: this.#line,
    _request: this.#requestLine,
    _response: this.#responseLine,
    _unknown: this.#unknown,
    ...Object.fromEntries(this.#known.map((f, i) => [`_${i}`, f])),
    _length: this.#contentLength,
    _pair: this.#cookiePair,
    _credentials: this.#credentials,
    _citrix: this.#citrix,
    ...Object.fromEntries(this.#citrixParts.map((f, i) => [`_citrix${i}`, f])),
  });
  readonly #more = group("", "Message", {});

  // What the lines of the message at hand said.
  #kind = OTHER;
  #length = -1;
  #hasLength = false;
  #chunked = false;
  #transfer = false;
  #encoded = false;
  #status = 0;
  #uriAt = -1;
  #uriEnd = 0;
  #hostAt = -1;
  #hostEnd = 0;
  #connect = false;
  #broken = false;

  /** The part of a protocol that stands for whole messages. */
  field(): Field<unknown> {
    return custom({
      fields: {
        _chat: this.#chat,
        method: this.#method,
        uri: this.#uri,
        _path: this.#path,
        _query: this.#query,
        _parameter: this.#parameter,
        version: this.#requestVersion,
        _responseVersion: versionOf(this.#responseVersion),
        status: this.#code,
        _description: this.#description,
        phrase: this.#phrase,
        startLine: this.#startLine,
        headers: list(this.#header),
        _fullUri: this.#fullUri,
        _notification: this.#notification,
        _response: this.#response,
        _request: this.#request,
        _size: this.#chunkSize,
        _data: this.#chunkData,
        _boundary: this.#chunkBoundary,
        _trailer: this.#trailer,
        _file: this.#fileData,
        body: this.#body,
        rest: this.#rest,
        more: list(this.#more),
      },
      emit: (items) => this.#emit(items),
      recipe: (r) => this.#recipe(r),
      write: (writer, _value, object) => writeMessages(writer, object as unknown as Partial<Http>),
    });
  }

  #recipe(recipe: Recipe): void {
    recipe.http(
      {
        chat: this.#chat.id,
        method: this.#method.id,
        uri: this.#uri.id,
        path: this.#path.id,
        query: this.#query.id,
        parameter: this.#parameter.id,
        requestVersion: this.#requestVersion.id,
        responseVersion: this.#responseVersion.id,
        code: this.#code.id,
        description: this.#description.id,
        phrase: this.#phrase.id,
        startLine: this.#startLine.id,
        header: this.#header.id,
        name: this.#name.id,
        value: this.#value.id,
        line: this.#line.id,
        requestLine: this.#requestLine.id,
        responseLine: this.#responseLine.id,
        contentLength: this.#contentLength.id,
        cookiePair: this.#cookiePair.id,
        fullUri: this.#fullUri.id,
        request: this.#request.id,
        response: this.#response.id,
        fileData: this.#fileData.id,
        body: this.#body.id,
        rest: this.#rest.id,
      },
      Array.from(START_WORDS.values()).filter((w) => w.kind === REQUEST).map((w) => w.bytes),
      Object.entries(STATUS).map(([code, text]) => [Number(code), text] as const),
      NAMES.map((name, i) => [name, this.#known[i].id, ROLES.get(i) ?? HttpRole.None] as const),
    );
  }

  #emit(items: Items): void {
    const limit = items.headerEnd;
    let at = items.start;
    if (at >= limit) return;
    this.#forget();
    for (let n = 0; n < LIST_MAX && at < limit; n++) {
      const next = this.#message(items, at, limit, n);
      if (items.short || next <= at) break;
      at = next;
    }
    items.at = limit;
  }

  /** Text as Wireshark shows it: what is not ASCII replaced, and nothing behind a NUL. */
  #text(items: Items, field: Field<unknown>, start: number, end: number): void {
    if (!lineOdd) {
      items.add(field.id, start, end - start, 0);
      return;
    }
    const from = items.beginText();
    putShown(items, start, end);
    items.endText(field.id, from);
  }

  /** Reports the message at `at`; answers where the next one may begin. */
  #message(items: Items, start: number, limit: number, n: number): number {
    const b = items.bytes;
    let at = skipEmptyLine(b, start, limit);
    findLine(b, at, limit);
    if (startLine(b, at, lineEnd) === OTHER && find(b, COLON, at, lineEnd) < 0) {
      return this.#leftOver(items, at, limit);
    }
    this.#forget();
    items.at = at;
    const row = n > 0 ? items.open(this.#more.id) : -1;
    while (at < limit) {
      findLine(b, at, limit);
      const kind = startLine(b, at, lineEnd);
      if (kind !== OTHER) this.#start(items, at, kind);
      else if (lineEnd === at) {
        at = lineNext;
        break;
      } else {
        const colon = find(b, COLON, at, lineEnd);
        if (colon < 0) {
          // The beginning of a header field, if nothing is behind it; else no header any more.
          if (lineEnd === limit) {
            items.short = true;
            if (row >= 0) items.close(row);
            return limit;
          }
          this.#broken = true;
          break;
        }
        this.#headerLine(items, at, colon);
      }
      at = lineNext;
    }
    items.at = at;
    this.#generated(items);
    at = this.#content(items, at, limit);
    items.at = at;
    if (row >= 0) items.close(row);
    return at;
  }

  /** Begins a message: nothing may be left of the one before it, least of all of another packet's. */
  #forget(): void {
    this.#kind = OTHER;
    this.#length = this.#uriAt = this.#hostAt = -1;
    this.#hasLength =
      this.#chunked =
      this.#transfer =
      this.#encoded =
        false;
    this.#connect = this.#broken = false;
    this.#status = 0;
  }

  /** What is no message, behind one. */
  #leftOver(items: Items, at: number, limit: number): number {
    // Behind a response, or in a tunnel, Wireshark does not call it a file.
    if (
      this.#kind === REQUEST && (!this.#connect || this.#broken) && items.reported <= items.limit
    ) {
      this.#file(items, at, limit);
    }
    items.add(this.#rest.id, at, limit - at, 0);
    return limit;
  }

  #start(items: Items, at: number, kind: number): void {
    const b = items.bytes, end = lineEnd;
    this.#kind = kind;
    items.add(this.#chat.id, at, lineNext - at, 0);
    let p = at;
    while (p < end && b[p] !== SPACE) p++;
    const first = p;
    while (p < end && b[p] === SPACE) p++;
    if (kind === RESPONSE) {
      this.#text(items, this.#responseVersion, at, first);
      const codeAt = p;
      while (p < end && b[p] !== SPACE) p++;
      const codeEnd = p;
      if (codeEnd - codeAt < 3) return this.#rawStart(items, at);
      let code = 0;
      for (let i = codeAt; i < codeAt + 3; i++) {
        const d = b[i] - 48;
        if (d < 0 || d > 9) break;
        code = code * 10 + d;
      }
      this.#status = code;
      items.add(this.#code.id, codeAt, 3, code);
      items.addText(
        this.#description.id,
        descriptions[code] ??= ENCODER.encode(STATUS[code] ?? `Unknown (${code})`),
      );
      while (p < end && b[p] === SPACE) p++;
      if (p > codeEnd) this.#text(items, this.#phrase, p, end);
      if (first - at + codeEnd - codeAt + end - p + 2 !== end - at || codeEnd - codeAt !== 3) {
        this.#rawStart(items, at);
      } else if (lineNext - end !== 2) this.#rawStart(items, at);
      return;
    }
    this.#text(items, this.#method, at, first);
    this.#connect = first - at === 7 && matches(b, at, CONNECT);
    // Two spaces stand for an empty target.
    if (p - first >= 2) p = first + 1;
    const uriAt = p;
    while (p < end && b[p] !== SPACE) p++;
    const uriEnd = p;
    this.#text(items, this.#uri, uriAt, uriEnd);
    this.#uriAt = uriAt;
    this.#uriEnd = uriEnd;
    const mark = find(b, 0x3f, uriAt, uriEnd);
    if (mark >= 0 && mark + 1 < uriEnd) {
      this.#text(items, this.#path, uriAt, mark);
      this.#text(items, this.#query, mark + 1, uriEnd);
      let from = mark + 1;
      for (let i = 0; i < LIST_MAX && from < uriEnd; i++) {
        let to = find(b, 0x26, from, uriEnd);
        if (to < 0) to = uriEnd;
        if (to > from) this.#text(items, this.#parameter, from, to);
        from = to + 1;
      }
    }
    while (p < end && b[p] === SPACE) p++;
    this.#text(items, this.#requestVersion, p, end);
    if (first - at + uriEnd - uriAt + end - p + 2 !== end - at || lineNext - end !== 2) {
      this.#rawStart(items, at);
    }
  }

  #rawStart(items: Items, at: number): void {
    items.add(this.#startLine.id, at, lineNext - at, 0);
  }

  #headerLine(items: Items, at: number, colon: number): void {
    const b = items.bytes, end = lineEnd, next = lineNext;
    items.at = at;
    const row = items.open(this.#header.id);
    items.at = next;
    let value = colon + 1;
    while (value < end && (b[value] === SPACE || b[value] === TAB)) value++;
    items.add(this.#name.id, at, colon - at, 0);
    items.add(this.#value.id, value, end - value, 0);
    if (next - end !== 2 || value !== colon + 2 || b[colon + 1] !== SPACE) {
      items.add(this.#line.id, at, next - at, 0);
    }
    if (this.#kind === REQUEST) this.#text(items, this.#requestLine, at, next);
    else if (this.#kind === RESPONSE) this.#text(items, this.#responseLine, at, next);
    const known = knownName(b, at, colon);
    if (known < 0) {
      if (this.#kind === OTHER || this.#kind === NOTIFICATION) {
        this.#unknownHeader(items, at, colon, end, next);
      }
      return items.close(row);
    }
    this.#text(items, this.#known[known], value, end);
    switch (known) {
      case CONTENT_LENGTH: {
        const n = decimal(b, value, end);
        if (n >= 0) {
          this.#length = n;
          this.#hasLength = true;
          let v = n;
          for (let i = 7; i >= 0; i--) {
            EIGHT[i] = v % 256;
            v = Math.floor(v / 256);
          }
          const from = items.beginText();
          items.putText(EIGHT);
          items.endText(this.#contentLength.id, from);
        }
        break;
      }
      case TRANSFER_ENCODING:
        this.#chunked = names(b, value, end, CHUNKED);
        this.#transfer = !names(b, value, end, IDENTITY);
        if (names(b, value, end, GZIP) || names(b, value, end, DEFLATE)) this.#encoded = true;
        break;
      case CONTENT_ENCODING:
        if (end > value && !names(b, value, end, IDENTITY)) this.#encoded = true;
        break;
      case HOST:
        this.#hostAt = value;
        this.#hostEnd = end;
        break;
      case COOKIE:
        this.#cookies(items, value, end);
        break;
      case AUTHORIZATION:
      case PROXY_AUTHORIZATION:
        if (end - value >= BASIC.length && matches(b, value, BASIC)) {
          this.#decoded(items, this.#credentials, value + BASIC.length, end);
        } else if (end - value >= CITRIX.length && matches(b, value, CITRIX)) {
          this.#citrixBasic(items, value + CITRIX.length, end);
        }
        break;
    }
    items.close(row);
  }

  /** A header field without a field of its own: its line, the line end spelled out unless the name is impossible. */
  #unknownHeader(items: Items, at: number, colon: number, end: number, next: number): void {
    const b = items.bytes;
    let token = colon > at;
    for (let i = at; i < colon && token; i++) token = b[i] < 128 && TOKEN[b[i]] === 1;
    if (!token) return this.#text(items, this.#unknown, at, next);
    const from = items.beginText();
    if (putShown(items, at, end)) {
      for (let i = end; i < next; i++) items.putText(b[i] === CR ? ESCAPED_CR : ESCAPED_LF);
    }
    items.endText(this.#unknown.id, from);
  }

  /** Cookie pairs (RFC 6265 section 4.2.1). */
  #cookies(items: Items, at: number, end: number): void {
    const b = items.bytes;
    for (let i = 0; i < LIST_MAX && at < end; i++) {
      while (at < end && b[at] === SPACE) at++;
      let to = find(b, 0x3b, at, end);
      if (to < 0) to = end;
      if (to > at) this.#text(items, this.#cookiePair, at, to);
      at = to + 1;
    }
  }

  /** What Citrix' Access Gateway is told: `name="base 64"`, with semicolons between. */
  #citrixBasic(items: Items, at: number, end: number): void {
    const b = items.bytes;
    items.add(this.#citrix.id, items.at, 0, 1);
    for (let n = 0; n < CITRIX_PARTS.length && at < end; n++) {
      while (at < end && b[at] === SPACE) at++;
      let next = find(b, 0x3b, at, end);
      if (next < 0) next = end;
      CITRIX_PARTS.forEach(([name], i) => {
        if (next - at < name.length || !matches(b, at, name)) return;
        const from = at + name.length, quote = find(b, 0x22, from, next);
        if (quote >= 0) this.#decoded(items, this.#citrixParts[i], from, quote);
      });
      at = next + 1;
    }
  }

  /** Text that stands in base 64 from `at` to `end`: user and password of basic authentication (RFC 7617). */
  #decoded(items: Items, field: Field<string>, at: number, end: number): void {
    const b = items.bytes, from = items.beginText();
    let word = 0, n = 0, pad = 0;
    for (let i = at; i < end; i++) {
      const v = b[i] < 128 ? SIXTY_FOUR[b[i]] : -1;
      if (v < 0 && b[i] !== 0x3d) continue;
      word = (word << 6) | (v < 0 ? 0 : v);
      if (v < 0) pad++;
      // Groups of four count; what is left over says nothing.
      if (++n < 4) continue;
      for (let shift = 16; shift >= 8 * pad && shift >= 0; shift -= 8) {
        ONE[0] = (word >> shift) & 0xff;
        if (ONE[0] === 0) {
          items.endText(field.id, from);
          return;
        }
        items.putText(ONE);
      }
      word = n = pad = 0;
    }
    items.endText(field.id, from);
  }

  /** What follows from all header fields together. */
  #generated(items: Items): void {
    const b = items.bytes, kind = this.#kind;
    if (this.#hostAt >= 0 && this.#uriAt >= 0) {
      const uri = this.#uriAt, end = this.#uriEnd;
      const from = items.beginText();
      if (
        !this.#connect && !startsUri(b, uri, end, HTTP_URI) && !startsUri(b, uri, end, HTTPS_URI)
      ) {
        items.putText(overTls(items) ? HTTPS_URI : HTTP_URI);
        let at = this.#hostAt, hostEnd = this.#hostEnd;
        while (at < hostEnd && isSpace(b[at])) at++;
        while (hostEnd > at && isSpace(b[hostEnd - 1])) hostEnd--;
        putUpToNul(items, at, hostEnd);
      }
      putShown(items, uri, end);
      items.endText(this.#fullUri.id, from);
    }
    if (kind !== OTHER) {
      const field = kind === REQUEST
        ? this.#request
        : kind === RESPONSE
        ? this.#response
        : this.#notification;
      items.add(field.id, items.at, 0, 1);
    }
  }

  /** Reports the content that starts at `at`; answers where it ends. */
  #content(items: Items, at: number, limit: number): number {
    let end = limit;
    const covered = this.#hasLength && !this.#transfer;
    if (covered) end = this.#length < limit - at ? at + this.#length : limit;
    else if (this.#kind === REQUEST && !this.#transfer) end = at;
    else if (this.#kind === RESPONSE) {
      // RFC 9110 section 6.4.1: these have no content.
      const s = this.#status;
      if ((s >= 100 && s < 200) || s === 204 || s === 304) end = at;
    }
    if (end <= at) return at;
    if (this.#chunked) {
      // The chunks of what the capture cut do not tell where it ends.
      if (items.reported <= items.limit) end = this.#chunks(items, at, end);
    } else if (!this.#encoded) this.#file(items, at, end);
    items.add(covered ? this.#body.id : this.#rest.id, at, end - at, 0);
    return end;
  }

  /** Reports content as text, up to a NUL. */
  #file(items: Items, at: number, end: number): void {
    const n = items.bytes.subarray(at, end).indexOf(0);
    items.add(this.#fileData.id, at, n < 0 ? end - at : n, 0);
  }

  /** Reports the chunks from `at` (RFC 9112 section 7.1); answers where they end, or `limit`. */
  #chunks(items: Items, at: number, limit: number): number {
    const b = items.bytes, from = at;
    let whole = 0, last = -1;
    for (let i = 0; i < LIST_MAX && at < limit; i++) {
      if (!findLine(b, at, limit)) return limit;
      const size = hexadecimal(b, at, lineEnd), data = lineNext;
      if (size === 0) {
        // What is no number at all counts as zero, too.
        if (lineEnd === at) return limit;
        items.add(this.#chunkSize.id, at, data - at, 0);
        last = this.#trailers(items, data, limit);
        break;
      }
      // Two bytes follow the data, whatever they are.
      if (size < 0 || size + 2 > limit - data) return limit;
      items.add(this.#chunkSize.id, at, data - at, size);
      items.add(this.#chunkData.id, data, size, 0);
      whole += size;
      at = data + size;
      items.add(this.#chunkBoundary.id, at, 2, 0);
      at += 2;
    }
    if (last < 0) last = at;
    if (this.#encoded) return last;
    // The content put together again.
    const text = items.beginText();
    at = from;
    while (whole > 0 && at < limit) {
      findLine(b, at, limit);
      const size = hexadecimal(b, at, lineEnd), data = lineNext;
      items.putText(b.subarray(data, data + size));
      whole -= size;
      at = data + size + 2;
    }
    items.endText(this.#fileData.id, text);
    return last;
  }

  /** Reports the trailer fields from `at`; answers where they end. */
  #trailers(items: Items, at: number, limit: number): number {
    const start = at;
    for (let i = 0; i < LIST_MAX && at < limit; i++) {
      findLine(items.bytes, at, limit);
      if (lineEnd === at) {
        if (at > start) items.add(this.#trailer.id, start, at - start, 0);
        return lineNext;
      }
      at = lineNext;
    }
    return limit;
  }
}

/** Chunk size in base 16 from `at` to `end`, extensions ignored; 0 if there is none, -1 if it is absurd. */
function hexadecimal(b: Uint8Array, at: number, end: number): number {
  let v = 0;
  for (let i = at; i < end; i++) {
    const c = b[i] | 0x20;
    const d = c >= 0x30 && c <= 0x39 ? c - 48 : c >= 0x61 && c <= 0x66 ? c - 87 : -1;
    if (d < 0) break;
    v = v * 16 + d;
    if (v > 0x7fff_ffff) return -1;
  }
  return v;
}

function startsUri(b: Uint8Array, at: number, end: number, scheme: Uint8Array): boolean {
  if (end - at < scheme.length) return false;
  for (let i = 0; i < scheme.length; i++) {
    const c = b[at + i];
    if (c !== scheme[i] && (c | 0x20) !== scheme[i]) return false;
  }
  return true;
}

function isSpace(c: number): boolean {
  return c === SPACE || (c >= 9 && c <= 13);
}

/** Adds bytes to the text begun, as they are, up to a NUL. */
function putUpToNul(items: Items, at: number, end: number): void {
  const b = items.bytes;
  let stop = at;
  while (stop < end && b[stop] !== 0) stop++;
  items.putText(b.subarray(at, stop));
}

/** Adds bytes to the text begun, as Wireshark shows them; answers whether there was no NUL. */
function putShown(items: Items, at: number, end: number): boolean {
  const b = items.bytes;
  for (let i = at; i < end; i++) {
    if (b[i] === 0) return false;
    if (b[i] < 0x80) {
      ONE[0] = b[i];
      items.putText(ONE);
    } else items.putText(REPLACEMENT);
  }
  return true;
}

/** Whether TLS carries the current layer. */
function overTls(items: Items): boolean {
  const below = items.layer - LAYER;
  if (items.layers.length === 0 || below < items.firstLayer) return false;
  const id = items.layers[below] & PROTOCOL_MASK;
  return (items as PacketItems).catalogue.protocols[id].name === "tls";
}

/** A second field for the same key: what a response calls its version. */
function versionOf(field: Field<string>): Field<string> {
  const register = field.register.bind(field);
  field.register = (registry, _key, isList): void => register(registry, "version", isList);
  return field;
}

/** The line shown for a packet: the first start line, and what kind of content follows. */
export function messageSummary(
  layer: {
    readonly bytes: Uint8Array;
    readonly start: number;
    readonly end: number;
  },
  out: TextWriter,
): void {
  const b = layer.bytes, limit = layer.end;
  let at = layer.start;
  at = skipEmptyLine(b, at, limit);
  if (startLine(b, at, limit) === OTHER) return out.ascii("Continuation");
  findLine(b, at, limit);
  out.line(b, at, lineEnd - at);
  out.ascii(" ");
  at = lineNext;
  for (let i = 0; i < LIST_MAX && at < limit; i++) {
    findLine(b, at, limit);
    if (lineEnd === at) return;
    const colon = (b[at] | 0x20) === 0x63 ? find(b, COLON, at, lineEnd) : -1;
    if (colon >= 0 && knownName(b, at, colon) === CONTENT_TYPE) {
      let from = colon + 1;
      while (from < lineEnd && (b[from] === SPACE || b[from] === TAB)) from++;
      let to = find(b, 0x3b, from, lineEnd);
      if (to < 0) to = lineEnd;
      out.ascii(" (");
      out.line(b, from, to - from);
      out.ascii(")");
      return;
    }
    at = lineNext;
  }
}

/** Writes a message and those behind it. */
function writeMessages(writer: Writer, message: Partial<Http>): void {
  writeMessage(writer, message);
  for (const next of message.more ?? []) writeMessage(writer, next);
}

function writeMessage(writer: Writer, m: Partial<Http>): void {
  const headers = m.headers ?? [];
  const body = m.body;
  let head = "";
  if (m.startLine !== undefined) head = m.startLine;
  else if (m.status !== undefined) {
    const phrase = m.phrase ?? STATUS[m.status] ?? "";
    head = `${m.version ?? "HTTP/1.1"} ${m.status} ${phrase}\r\n`;
  } else if (m.method !== undefined || m.uri !== undefined) {
    head = `${m.method ?? "GET"} ${m.uri ?? "/"} ${m.version ?? "HTTP/1.1"}\r\n`;
  }
  if (head === "" && headers.length === 0) {
    // No message at all: bytes that stand by themselves.
    if (body) writer.put(body);
    if (m.rest) writer.put(m.rest);
    return;
  }
  let told = false, chunked = false;
  for (const h of headers) {
    head += h.line ?? `${h.name}: ${h.value}\r\n`;
    const name = h.name.toLowerCase();
    if (name === "content-length" || name === "transfer-encoding") told = true;
    if (name === "transfer-encoding" && /\bchunked\b/i.test(h.value)) chunked = true;
  }
  if (body && !told) head += `Content-Length: ${body.length}\r\n`;
  head += /[^\r]\n$/.test(m.startLine ?? "") ? "\n" : "\r\n";
  writer.put(ENCODER.encode(head));
  if (body && chunked) {
    writer.put(ENCODER.encode(`${body.length.toString(16)}\r\n`));
    writer.put(body);
    writer.put(ENCODER.encode("\r\n0\r\n\r\n"));
  } else if (body) writer.put(body);
  if (m.rest) writer.put(m.rest);
}
