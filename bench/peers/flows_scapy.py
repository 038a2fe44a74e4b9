#!/usr/bin/python3
"""The flow count with scapy, as a peer for the benchmarks (python3-scapy).

    /usr/bin/python3 bench/peers/flows_scapy.py mix.pcap

Prints flows, packets and bytes, as flows_libpcap.c says what they are. Scapy is given its chance:
packets are read one by one, and only the layers asked for are imported, so nothing above TCP and
UDP is dissected.
"""

import sys

from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment
from scapy.layers.l2 import Ether  # noqa: F401, registers the link type
from scapy.utils import PcapReader

# Header numbers a walk over extension headers passes by.
EXTENSIONS = (0, 43, 44, 60)


def main(path):
    flows = {}
    with PcapReader(path) as reader:
        for packet in reader:
            ip = packet.getlayer(IP)
            if ip is not None:
                protocol = ip.proto
                first = ip.frag == 0
            else:
                ip = packet.getlayer(IPv6)
                if ip is None:
                    continue
                fragment = ip.getlayer(IPv6ExtHdrFragment)
                first = fragment is None or fragment.offset == 0
                layer = ip
                while layer.nh in EXTENSIONS and hasattr(layer.payload, "nh"):
                    layer = layer.payload
                protocol = layer.nh
            sport = dport = 0
            if first and protocol in (6, 17):
                upper = ip.getlayer(TCP if protocol == 6 else UDP)
                if upper is not None:
                    sport = upper.sport
                    dport = upper.dport
            key = (ip.src, ip.dst, protocol, sport, dport)
            length = packet.wirelen
            flow = flows.get(key)
            if flow is None:
                flows[key] = [1, length]
            else:
                flow[0] += 1
                flow[1] += length
    print(len(flows), sum(f[0] for f in flows.values()), sum(f[1] for f in flows.values()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"Usage: {sys.argv[0]} FILE")
    main(sys.argv[1])
