/*
 * The flow count in C, as a peer for the benchmarks: libpcap reads, this file decodes and counts.
 *
 *     gcc -O3 -march=native -o flows_libpcap bench/peers/flows_libpcap.c -lpcap   (libpcap-dev)
 *     ./flows_libpcap mix.pcap
 *
 * Prints three numbers, as all peers do: flows, packets, bytes. A flow is a directional 5-tuple of
 * source and destination address, transport protocol and ports; the ports of anything other than
 * TCP and UDP, and of fragments after the first, are 0. Packets and bytes (lengths on the wire) are
 * those of the flows, so packets without IP are not in them.
 */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Key and counts; 56 bytes, so mostly one cache line. IPv4 addresses leave words at 0. */
struct flow {
    uint64_t address[4];
    uint32_t ports;
    uint8_t version; /* 0: the entry is free */
    uint8_t protocol;
    uint16_t unused;
    uint32_t packets;
    uint64_t bytes;
};

static struct flow *table;
static size_t mask, used;

static uint16_t be16(const u_char *p) { return (uint16_t)(p[0] << 8 | p[1]); }

static uint64_t hash(const struct flow *key)
{
    uint64_t h = key->ports ^ (uint64_t)key->protocol << 32;
    for (int i = 0; i < 4; i++) {
        h = (h ^ key->address[i]) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    return h;
}

static int same(const struct flow *a, const struct flow *b)
{
    return memcmp(a->address, b->address, sizeof a->address) == 0 && a->ports == b->ports &&
           a->version == b->version && a->protocol == b->protocol;
}

/* The entry of a key: its own, or the free one where it belongs. */
static struct flow *find(const struct flow *key)
{
    size_t i = hash(key) & mask;
    while (table[i].version && !same(&table[i], key)) i = (i + 1) & mask;
    return &table[i];
}

static void allocate(size_t entries)
{
    table = calloc(entries, sizeof *table);
    if (!table) {
        perror("calloc");
        exit(1);
    }
    mask = entries - 1;
}

static void grow(void)
{
    struct flow *old = table;
    size_t entries = mask + 1;
    allocate(2 * entries);
    for (size_t i = 0; i < entries; i++)
        if (old[i].version) *find(&old[i]) = old[i];
    free(old);
}

static void count(const struct flow *key, uint32_t length)
{
    struct flow *entry = find(key);
    if (!entry->version) {
        *entry = *key;
        if (++used > mask / 2) {
            grow();
            entry = find(key);
        }
    }
    entry->packets++;
    entry->bytes += length;
}

static void packet(const u_char *p, const u_char *end, uint32_t length)
{
    struct flow key;
    memset(&key, 0, sizeof key);
    if (end - p < 14) return;
    uint16_t type = be16(p + 12);
    p += 14;
    while (type == 0x8100 || type == 0x88a8) {
        if (end - p < 4) return;
        type = be16(p + 2);
        p += 4;
    }
    int first = 1; /* not a later fragment */
    if (type == 0x0800) {
        if (end - p < 20 || p[0] >> 4 != 4) return;
        size_t header = (p[0] & 15) * 4u;
        if (header < 20) return;
        key.version = 4;
        key.protocol = p[9];
        memcpy(&key.address[0], p + 12, 4);
        memcpy(&key.address[2], p + 16, 4);
        first = (be16(p + 6) & 0x1fff) == 0;
        p = (size_t)(end - p) < header ? end : p + header;
    } else if (type == 0x86dd) {
        if (end - p < 40 || p[0] >> 4 != 6) return;
        key.version = 6;
        memcpy(&key.address[0], p + 8, 32);
        uint8_t next = p[6];
        p += 40;
        while (first && end - p >= 8 && (next == 0 || next == 43 || next == 44 || next == 60)) {
            size_t extension = next == 44 ? 8 : (p[1] + 1u) * 8;
            if (next == 44) first = be16(p + 2) >> 3 == 0;
            next = p[0];
            p = (size_t)(end - p) < extension ? end : p + extension;
        }
        key.protocol = next;
    } else {
        return;
    }
    if (first && (key.protocol == 6 || key.protocol == 17) && end - p >= 4)
        memcpy(&key.ports, p, 4);
    count(&key, length);
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    if (argc != 2) {
        fprintf(stderr, "Usage: %s FILE\n", argv[0]);
        return 2;
    }
    pcap_t *pcap = pcap_open_offline(argv[1], error);
    if (!pcap) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    if (pcap_datalink(pcap) != DLT_EN10MB) {
        fprintf(stderr, "Only Ethernet is counted\n");
        return 1;
    }
    allocate(1 << 12);
    struct pcap_pkthdr *header;
    const u_char *data;
    int status;
    while ((status = pcap_next_ex(pcap, &header, &data)) == 1)
        packet(data, data + header->caplen, header->len);
    if (status == PCAP_ERROR) {
        fprintf(stderr, "%s\n", pcap_geterr(pcap));
        return 1;
    }
    pcap_close(pcap);

    uint64_t packets = 0, bytes = 0;
    for (size_t i = 0; i <= mask; i++) {
        packets += table[i].packets;
        bytes += table[i].bytes;
    }
    printf("%zu %llu %llu\n", used, (unsigned long long)packets, (unsigned long long)bytes);
    return 0;
}
