#!/usr/bin/python3
"""Finds all layers of every packet with scapy, as a peer for the benchmarks (python3-scapy).

    /usr/bin/python3 bench/peers/layers_scapy.py mix.pcap

Prints packets and layers. Packets are read one by one and dropped, and all protocols that scapy
loads for its own shell are there, as for whoever uses it interactively.
"""

import sys

import scapy.layers.all  # noqa: F401, registers the protocols
from scapy.utils import PcapReader


def main(path):
    packets = layers = 0
    with PcapReader(path) as reader:
        for packet in reader:
            packets += 1
            layers += len(packet.layers())
    print(packets, layers)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"Usage: {sys.argv[0]} FILE")
    main(sys.argv[1])
