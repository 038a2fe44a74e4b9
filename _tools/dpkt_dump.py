"""Says what Python's dpkt makes of frames and files, one line of JSON for each, for comparison with our own objects.

  dump.py frames   reads frames from standard input (link type and length as 32-bit numbers, then bytes): objects
  dump.py readers  reads paths from standard input, a line each: what dpkt.pcap.UniversalReader yields
  dump.py eval     reads Python expressions from standard input, a line each: their values
"""
import io
import json
import struct
import sys
import warnings
from decimal import Decimal  # for expressions

import dpkt

warnings.simplefilter("ignore")
DLT = {0: dpkt.loopback.Loopback, 108: dpkt.loopback.Loopback, 9: dpkt.ppp.PPP, 113: dpkt.sll.SLL, 276: dpkt.sll2.SLL2}


def root(linktype, buf):
    if linktype in (12, 14, 101, 228, 229):
        return dpkt.ip6.IP6 if buf and buf[0] >> 4 == 6 else dpkt.ip.IP
    return DLT.get(linktype, dpkt.ethernet.Ethernet)


class Raw:
    """A value that is written as it is."""

    def __init__(self, value):
        self.value = value


def changed(e, step):
    """The bytes of e after a statement."""
    exec(step, {"dpkt": dpkt}, {"e": e})
    return bytes(e)


def written(write):
    """What write() writes to a file."""
    f = io.BytesIO()
    write(f)
    return f.getvalue()


def attempt(make):
    """The value of make(), or the name of what it raises."""
    try:
        return make()
    except RecursionError:
        raise
    except Exception as e:
        return {"error": type(e).__name__}


def plain(v):
    if isinstance(v, Raw):
        return v.value
    if isinstance(v, dpkt.Packet):
        return dump(v)
    if isinstance(v, (bytes, bytearray)):
        return "x:" + bytes(v).hex()
    if isinstance(v, str):
        return "s:" + v
    if isinstance(v, bool):
        return v
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    if isinstance(v, dict):
        return {str(k): plain(x) for k, x in v.items()}
    return v


def properties(cls):
    found = []
    for c in cls.__mro__:
        found += [n for n, p in vars(c).items() if isinstance(p, property)]
    return found


def dump(p):
    cls = type(p)
    fields = {k: plain(getattr(p, k)) for k in getattr(cls, "__hdr_fields__", [])}
    for k in properties(cls):
        # IP.off is deprecated: another name of _flags_offset.
        if k != "off" or cls is not dpkt.ip.IP:
            fields[k] = attempt(lambda: plain(getattr(p, k)))
    attrs = {}
    for k, v in vars(p).items():
        # ip.bytes is set on later fragments, by accident: the payload by the name of its class.
        if k.startswith("_") or k in ("data", "bytes"):
            continue
        attrs[k] = "=data" if v is p.data and isinstance(v, dpkt.Packet) else plain(v)
    return {
        "class": cls.__name__,
        "fields": fields,
        "attrs": attrs,
        "data": "x:" if isinstance(p.data, str) else plain(p.data),
        "len": None if isinstance(p, dpkt.dns.DNS.Q) else attempt(lambda: len(p)),
    }


def whole(make):
    """An object, and its bytes."""
    def run():
        p = make()
        return {"object": dump(p), "bytes": attempt(lambda: "x:" + bytes(p).hex())}
    return attempt(run)


def transport(p):
    while isinstance(p, dpkt.Packet):
        if isinstance(p, (dpkt.tcp.TCP, dpkt.udp.UDP)):
            return p
        p = p.data
    return None


def frame(linktype, buf):
    out = {"frame": whole(lambda: root(linktype, buf)(buf))}
    try:
        t = transport(root(linktype, buf)(buf))
    except Exception:
        return out
    data = t.data if t is not None else b""
    if isinstance(t, dpkt.tcp.TCP):
        out["opts"] = attempt(lambda: plain(dpkt.tcp.parse_opts(t.opts)))
    if not data or not isinstance(data, bytes):
        return out
    if isinstance(t, dpkt.tcp.TCP):
        tries = {"request": dpkt.http.Request, "response": dpkt.http.Response}
        if 53 in (t.sport, t.dport):
            out["dns"] = whole(lambda: dpkt.dns.DNS(data[2:]))
    else:
        tries = {"dns": dpkt.dns.DNS, "dhcp": dpkt.dhcp.DHCP, "ntp": dpkt.ntp.NTP}
    for name, kind in tries.items():
        out[name] = whole(lambda: kind(data))
    return out


def say(value):
    sys.stdout.write(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n")


def frames():
    stdin = sys.stdin.buffer
    while True:
        head = stdin.read(8)
        if len(head) < 8:
            return
        linktype, size = struct.unpack("<II", head)
        buf = stdin.read(size)
        try:
            say(frame(linktype, buf))
        except RecursionError:
            say({"error": "RecursionError"})


def reader(path):
    with open(path, "rb") as f:
        r = dpkt.pcap.UniversalReader(f)
        out = {"class": r.__class__.__module__, "datalink": r.datalink(), "snaplen": r.snaplen, "dloff": r.dloff}
        packets = out["packets"] = []
        try:
            for ts, buf in r:
                # Decimal of nanoseconds, float of the others.
                ns = int(ts * 10**9) if not isinstance(ts, float) else None
                packets.append([float(ts), ns, len(buf), sum(buf)])
        except Exception as e:
            out["error"] = type(e).__name__
        return out


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")
    if sys.argv[1] == "frames":
        frames()
    else:
        for line in sys.stdin:
            line = line.rstrip("\n")
            if sys.argv[1] == "readers":
                say(attempt(lambda: reader(line)))
            else:
                say(attempt(lambda: plain(eval(line))))
