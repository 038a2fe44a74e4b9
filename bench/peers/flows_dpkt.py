#!/usr/bin/python3
"""The flow count with dpkt, as a peer for the benchmarks (package
python3-dpkt, for which the interpreter of the distribution is needed).

    /usr/bin/python3 bench/peers/flows_dpkt.py mix.pcap

Prints flows, packets and bytes, as flows_libpcap.c says what they are.
"""

import sys

import dpkt


def main(path):
    flows = {}
    with open(path, "rb") as file:
        for _, data in dpkt.pcap.UniversalReader(file):
            try:
                ip = dpkt.ethernet.Ethernet(data).data
            except dpkt.UnpackError:
                continue
            sport = dport = 0
            if isinstance(ip, dpkt.ip.IP):
                protocol = ip.p
                first = ip.offset == 0
            elif isinstance(ip, dpkt.ip6.IP6):
                # dpkt has walked the extension headers and leaves the last protocol here.
                protocol = ip.p
                fragment = ip.extension_hdrs.get(dpkt.ip.IP_PROTO_FRAGMENT)
                first = fragment is None or fragment.frag_off == 0
            else:
                continue
            upper = ip.data
            if first and isinstance(upper, (dpkt.tcp.TCP, dpkt.udp.UDP)):
                sport = upper.sport
                dport = upper.dport
            key = (ip.src, ip.dst, protocol, sport, dport)
            flow = flows.get(key)
            # The reader drops the length on the wire, so these captures have to be whole.
            if flow is None:
                flows[key] = [1, len(data)]
            else:
                flow[0] += 1
                flow[1] += len(data)
    print(len(flows), sum(f[0] for f in flows.values()), sum(f[1] for f in flows.values()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"Usage: {sys.argv[0]} FILE")
    main(sys.argv[1])
