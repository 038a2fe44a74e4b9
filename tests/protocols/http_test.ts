import { assert, assertEquals } from "@std/assert";
import { craft } from "../../core/protocol.ts";
import { eth } from "../../protocols/eth.ts";
import { http } from "../../protocols/http.ts";
import { ip } from "../../protocols/ip.ts";
import { ssdp } from "../../protocols/ssdp.ts";
import { tcp } from "../../protocols/tcp.ts";
import { udp } from "../../protocols/udp.ts";
import { assertBounded, assertRoundTrip, dissect, fieldsOf } from "./_help.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const NETWORK = [eth.of({}), ip.of({ src: "10.0.0.1", dst: "10.0.0.2" })] as const;

/** A segment to a server, or from it. */
function segment(text: string, port = 80): Uint8Array {
  return craft(...NETWORK, tcp.of({ srcPort: 40_000, dstPort: port, ackFlag: true }), bytes(text));
}
function fields(text: string, port = 80): Record<string, unknown[]> {
  return fieldsOf(dissect(segment(text, port)));
}

Deno.test("http: a request", () => {
  const f = fields(
    "POST /a/b?x=1&y HTTP/1.1\r\nHost: h.example\r\nCookie: a=b; c=d\r\nX-Odd: 1\r\n" +
      "Authorization: Basic dXNlcjpwYXNz\r\nContent-Length: 4\r\n\r\nbody",
  );
  assertEquals(f["http.request.method"], ["POST"]);
  assertEquals(f["http.request.uri.path"], ["/a/b"]);
  assertEquals(f["http.request.uri.query"], ["x=1&y"]);
  assertEquals(f["http.request.uri.query.parameter"], ["x=1", "y"]);
  assertEquals(f["http.request.version"], ["HTTP/1.1"]);
  assertEquals(f["http.request.full_uri"], ["http://h.example/a/b?x=1&y"]);
  assertEquals(f["http.cookie_pair"], ["a=b", "c=d"]);
  assertEquals(f["http.authbasic"], ["user:pass"]);
  assertEquals(f["http.content_length"], [4n]);
  assertEquals(f["http.file_data"], ["body"]);
  assertEquals(f["http.request"], [true]);
  assertEquals(f["http.request.line"]?.length, 5);
  assertEquals(f["http.request.line"]?.[2], "X-Odd: 1\r\n");
});

Deno.test("http: responses behind one another", () => {
  const f = fields(
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nServer: s\r\nContent-Length: 1\r\n\r\nx" +
      "HTTP/1.1 299 Odd\r\n\r\n",
  );
  assertEquals(f["http.response.code"], [100, 404, 299]);
  assertEquals(f["http.response.phrase"], ["Continue", "Not Found", "Odd"]);
  assertEquals(f["http.response.code.desc"], ["Continue", "Not Found", "Success - Others"]);
  assertEquals(f["http.server"], ["s"]);
});

Deno.test("http: chunks are put together", () => {
  const f = fields(
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nT: u\r\n\r\n",
  );
  assertEquals(f["http.chunk_size"], [5, 6, 0]);
  assertEquals(f["http.file_data"], ["hello world"]);
  assertEquals(f["http.chunked_trailer_part"], ["T: u\r\n"]);
});

Deno.test("http: other line ends, folded lines, odd starts", () => {
  assertEquals(fields("GET / HTTP/1.1\nHost: lf\n\n")["http.host"], ["lf"]);
  assertEquals(fields("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n")["http.request.line"], ["A: b\r\n"]);
  assertEquals(fields("\r\nGET / HTTP/1.1\r\n\r\n")["http.request.uri"], ["/"]);
  assertEquals(fields("GET  HTTP/1.1\r\n\r\n")["http.request.uri"], [""]);
  assertEquals(fields("M-GET /m HTTP/1.1\r\n\r\n")["http.request.method"], ["M-GET"]);
  assertEquals(fields("HTTP/1.1 20 x\r\n\r\n")["http.response.code"], undefined);
});

Deno.test("http: what is no message is data", () => {
  const packet = dissect(segment("\x01\x02\x03"));
  assert(packet.protocols.endsWith("http:data"), packet.protocols);
});

Deno.test("http: known by its first line on any port", () => {
  assertEquals(fields("GET / HTTP/1.1\r\n\r\n", 40_001)["http.request.method"], ["GET"]);
  assertEquals(fields("HTTP/1.0 200 OK\r\n\r\n", 40_001)["http.response.code"], [200]);
  assertEquals(fields("GET / HTTP/1.1", 40_001)["http.request.method"], undefined);
  assertEquals(fields("FOO / HTTP/1.1\r\n\r\n", 40_001)["http.request.method"], undefined);
});

Deno.test("http: what a packet says does not depend on the packet before it", () => {
  const alone = fields("CONNECT a:1 HTTP/1.1\r\n\r\nxx");
  fields("GET / HTTP/1.1\r\nbroken\r\n\r\n");
  assertEquals(fields("CONNECT a:1 HTTP/1.1\r\n\r\nxx"), alone);
});

Deno.test("http: a length fills itself", () => {
  const request = http.encode({
    method: "PUT",
    uri: "/x",
    headers: [{ name: "Host", value: "h" }],
    body: bytes("abc"),
  });
  assertEquals(
    new TextDecoder().decode(request),
    "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
  );
  assertEquals(
    new TextDecoder().decode(http.encode({ status: 404, headers: [] })),
    "HTTP/1.1 404 Not Found\r\n\r\n",
  );
});

Deno.test("http: bytes survive", () => {
  for (
    const text of [
      "GET / HTTP/1.1\r\nHost: h\r\nX:  odd \r\n\r\n",
      "GET / HTTP/1.1\nHost: h\n\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 304 Not Modified\r\nA: b\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      "HTTP/1.1 200 \r\n\r\nto the end",
      "POST  /two HTTP/1.1\r\n\r\n",
    ]
  ) assertRoundTrip(http, bytes(text));
});

Deno.test("http: the line for people", () => {
  assertEquals(
    dissect(segment("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=x\r\n\r\n<p>")).summary,
    "HTTP/1.1 200 OK  (text/html)",
  );
});

Deno.test("ssdp: messages in datagrams", () => {
  const text = "NOTIFY * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nNT: upnp\r\n\r\n";
  const frame = craft(...NETWORK, udp.of({ srcPort: 1900, dstPort: 1900 }), bytes(text));
  const f = fieldsOf(dissect(frame));
  assertEquals(f["http.request.method"], ["NOTIFY"]);
  assertEquals(f["http.notification"], [true]);
  assertEquals(f["http.request.full_uri"], ["http://239.255.255.250:1900*"]);
  assertRoundTrip(ssdp, bytes(text));
});

Deno.test("http: no byte of a neighbour is ever seen", () => {
  assertBounded(segment(
    "GET /?q HTTP/1.1\r\nHost: h\r\nCookie: a\r\nAuthorization: Basic YQ==\r\nContent-Length: 9\r\n\r\nbody",
  ));
  assertBounded(
    segment("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nX: y"),
  );
  assertBounded(
    craft(...NETWORK, udp.of({ srcPort: 1900, dstPort: 1900 }), bytes("M-SEARCH *\r\nA:b")),
  );
});
