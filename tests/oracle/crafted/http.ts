/** HTTP/1.x: methods, start lines, every header field that Wireshark knows, forms of content. */
import { b, type Crafted, Frames } from "./_frames.ts";

/** Header fields of requests. */
const REQUESTS: readonly string[] = [
  "Host: www.example.net:8080",
  "Accept: text/html, */*;q=0.5",
  "Accept-Language: de, en;q=0.7",
  "Accept-Encoding: gzip, br",
  "Authorization: Basic dXNlcjpzZWNyZXQ=",
  "Authorization: Basic not/base64!",
  'Authorization: Digest username="user", realm="r"',
  "Authorization: Bearer abc.def.ghi",
  "Authorization: NTLM TlRMTVNTUAABAAAA",
  "Authorization: Negotiate YIIB",
  'Authorization: CitrixAGBasic username="dXNlcg=="; domain="ZG9t"; password="cHc="; AGESessionId="c2Vzcw=="',
  'Authorization: CitrixAGBasic username="dXNlcg=="; password="cHc="',
  "Proxy-Authorization: Basic cHJveHk6cHc=",
  "Proxy-Connect-Hostname: www.example.net",
  "Proxy-Connect-Port: 443",
  "Connection: keep-alive, Upgrade",
  "Cookie: a=1; b=two words; c",
  "Referer: http://www.example.net/from?here=1",
  "User-Agent: test/1.0 (crafted)",
  "Cache-Control: no-cache",
  "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT",
  "X-Forwarded-For: 192.0.2.1, 192.0.2.2",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Protocol: chat",
  "Sec-WebSocket-Extensions: permessage-deflate",
  "HTTP2-Settings: AAMAAABkAAQAAP__",
  "DNT: 1",
  "X-Own: anything",
  "X-Own:without a space",
  "X-Empty:",
  "X-Tail: spaces \t ",
  "X-Folded: one\r\n two",
];
/** Header fields of responses. */
const RESPONSES: readonly string[] = [
  "Content-Type: text/html; charset=utf-8",
  "Content-Encoding: identity",
  "Server: test/1.0",
  "Date: Tue, 14 Nov 2023 22:13:20 GMT",
  "Last-Modified: Mon, 13 Nov 2023 22:13:20 GMT",
  "Location: http://www.example.net/there",
  "Location: /relative/there?x=1",
  "Location: //other.example.net/there",
  "Set-Cookie: a=1; Path=/; HttpOnly",
  'WWW-Authenticate: Basic realm="test"',
  'WWW-Authenticate: Digest realm="test", nonce="1"',
  "WWW-Authenticate: NTLM",
  'Proxy-Authenticate: Basic realm="proxy"',
  "Upgrade: websocket",
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
  'ETag: "abc"',
  "Cache-Control: max-age=60, public",
  "Age: 5",
  "Vary: *",
];
/** Targets of requests. */
const TARGETS: readonly string[] = [
  "/",
  "*",
  "/a/b/c.html",
  "/search?q=one&r=two&empty=&last",
  "/a;param=1/b;c?x=1",
  "http://www.example.net/absolute?x=1",
  "/with%20escapes%2F?x=%41",
  "/fragment#here",
  "/?",
  "/?&&",
  "/p?a=1?b=2",
];
const METHODS =
  "GET HEAD POST PUT DELETE OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT " +
  "SEARCH MERGE LABEL CHECKOUT CHECKIN UNCHECKOUT MKWORKSPACE UPDATE VERSION-CONTROL BASELINE-CONTROL MKACTIVITY " +
  "BPROPFIND BPROPPATCH BCOPY BMOVE BDELETE POLL NOTIFY SUBSCRIBE UNSUBSCRIBE RPC_IN_DATA RPC_OUT_DATA CCM_POST";
const STATUSES = [
  100,
  101,
  102,
  103,
  199,
  200,
  201,
  202,
  203,
  204,
  205,
  206,
  207,
  208,
  226,
  300,
  301,
  302,
  303,
  304,
  305,
  307,
  308,
  400,
  401,
  402,
  403,
  404,
  405,
  406,
  407,
  408,
  409,
  410,
  411,
  412,
  413,
  414,
  415,
  416,
  417,
  418,
  421,
  422,
  423,
  424,
  425,
  426,
  428,
  429,
  431,
  451,
  500,
  501,
  502,
  503,
  504,
  505,
  506,
  507,
  508,
  510,
  511,
  599,
  999,
];

/** The frames. */
export function frames(): readonly Crafted[] {
  const f = new Frames(9);
  const PSH = 0x18;
  const send = (name: string, text: string, more: Uint8Array = new Uint8Array(0)): void => {
    const head = new TextEncoder().encode(text);
    const data = new Uint8Array(head.length + more.length);
    data.set(head);
    data.set(more, head.length);
    const reply = text.startsWith("HTTP") || text.startsWith("ICY");
    f.tcp(`HTTP: ${name}`, { src: reply ? 80 : 40000, dst: reply ? 40000 : 80, flags: PSH, data });
  };
  for (const line of REQUESTS) {
    const host = line.startsWith("Host") ? "" : "Host: www.example.net\r\n";
    send(line, `GET /a?b=c HTTP/1.1\r\n${host}${line}\r\n\r\n`);
  }
  for (const line of RESPONSES) {
    send(line, `HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: 0\r\n\r\n`);
  }
  for (const target of TARGETS) {
    send(`target ${target}`, `GET ${target} HTTP/1.1\r\nHost: www.example.net\r\n\r\n`);
    send(`target ${target} without host`, `GET ${target} HTTP/1.0\r\n\r\n`);
  }
  for (const method of METHODS.split(" ")) send(method, `${method} /a HTTP/1.1\r\nHost: h\r\n\r\n`);
  send("a mandatory method", "M-POST /a HTTP/1.1\r\nHost: h\r\n\r\n");
  for (const status of STATUSES) {
    send(`status ${status}`, `HTTP/1.1 ${status} Why\r\nContent-Length: 0\r\n\r\n`);
  }
  send("no reason phrase", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n");
  send("a stream of music", "ICY 200 OK\r\nicy-name: radio\r\n\r\n");
  send("version 0.9", "GET /\r\n");
  send("version 1.0 without a header", "HTTP/1.0 200 OK\r\n\r\n");
  send("content", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
  send("content of no length", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello");
  send(
    "content of a form",
    "POST /f HTTP/1.1\r\nHost: h\r\nContent-Type: application/octet-stream\r\nContent-Length: 3\r\n\r\nabc",
  );
  send(
    "chunks",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=1\r\n world\r\n0\r\n\r\n",
  );
  send(
    "chunks with a trailer",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
  );
  send(
    "transfer encodings",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
  );
  send(
    "length and chunks",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  );
  send("length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n");
  send("two requests", "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  send("lines that end with LF", "GET / HTTP/1.1\nHost: h\n\n");
  send("an empty line first", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
  send("a header name with a space", "GET / HTTP/1.1\r\nHost: h\r\nBad Name: x\r\n\r\n");
  send("a line without a colon", "GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n");
  send("a header that goes on in the next segment", "GET / HTTP/1.1\r\nHost: h\r\nX-Cut: abc");
  send(
    "content beyond ASCII",
    "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 4\r\n\r\n",
    b("00ff80fe"),
  );
  send("CONNECT", "CONNECT www.example.net:443 HTTP/1.1\r\nHost: www.example.net:443\r\n\r\n");
  const search = (name: string, text: string): void =>
    f.udp(`SSDP: ${name}`, 1900, 1900, new TextEncoder().encode(text));
  search(
    "search",
    'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n',
  );
  search(
    "notify",
    "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\n\r\n",
  );
  search("answer", "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1\r\n\r\n");
  return f.all;
}
