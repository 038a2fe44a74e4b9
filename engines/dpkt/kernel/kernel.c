/*
 * Decoding and counting in one loop: what ../columns.ts and ../flow_table.ts do, compiled to WebAssembly. Those two say
 * what is counted and are the reference; the tests hold this file to them. `deno run -P=tools
 * _tools/build_kernel.ts` compiles it into wasm.ts.
 *
 * It has no memory of its own but a few globals: whoever calls it lays out frames, slots and entries.
 */
#include "../../../core/kernel/words.h"

/* As core/limits.ts has them; given by the build. */
#ifndef LAYERS_MAX
#error "LAYERS_MAX is given by the build"
#endif
#ifndef WIRE_LENGTH_MAX
#error "WIRE_LENGTH_MAX is given by the build"
#endif

enum { IPV4 = 0x0800, IPV6 = 0x86dd, VLAN = 0x8100, VLAN_OLD = 0x9100, SERVICE = 0x88a8, LENGTH_MAX = 1500 };
enum { HOP_BY_HOP = 0, TCP = 6, UDP = 17, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60, SCTP = 132 };

/* An entry, as ../flow_table.ts describes it. */
typedef struct {
    u32 hash, kind, ports, first;
    u64 src[2], dst[2];
    double packets, bytes;
} entry;

/* A slot: the number of an entry counted from 1 (0: free), and above it the upper bits of the hash. */
enum { ENTRY_BITS = 22, ENTRY_MASK = (1 << ENTRY_BITS) - 1 };

static u32 *slots;
static entry *entries;
static u32 mask, used, most, seed, others, unkept;

EXPORT(init) void init(u32 *s, entry *e, u32 size, u32 limit, u32 start)
{
    slots = s;
    entries = e;
    mask = size - 1;
    most = limit;
    seed = start;
    used = 0;
    for (u32 i = 0; i < size; i++) s[i] = 0;
}
EXPORT(flows) u32 flows(void) { return used; }
EXPORT(others) u32 others_of_batch(void) { return others; }
EXPORT(unkept) u32 unkept_of_batch(void) { return unkept; }

static inline u64 mix(u64 h, u64 v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 32;
}

/* Notes where the entry counted from 1 is. */
static inline void put(u32 hash, u32 number)
{
    u32 at = hash & mask;
    while (slots[at]) at = (at + 1) & mask;
    slots[at] = (hash & ~(u32)ENTRY_MASK) | number;
}

/* Where the slots are too few: twice as many, filled from the entries. */
static APART void grow(void)
{
    u32 size = 2 * (mask + 1);
    mask = size - 1;
    for (u32 i = 0; i < size; i++) slots[i] = 0;
    for (u32 i = 0; i < used; i++) put(entries[i].hash, i + 1);
}

/* Results of the functions for rare headers. */
static const u8 *at;
static u32 layers, next_protocol;

static int is_ppp(const u8 *p, const u8 *limit) { return p + 2 <= limit && be16(p) == 0xff03; }

static u32 cooked(u32 header, const u8 *hardware, const u8 *protocol, const u8 *p, const u8 *limit)
{
    u32 type = be16(protocol);
    at = p + header;
    int own = type <= 1536, gre = !own && be16(hardware) == 778;
    if (!own && !gre) return type;
    if (own ? type != 3 : type != 0x6558 && type != 0x6400) return 0;
    layers = 2;
    at += 14;
    return limit < at ? 0 : be16(at - 2);
}

static u32 raw(const u8 *p, const u8 *limit)
{
    if (is_ppp(p, limit) || is_ppp(p + 6, limit) || is_ppp(p + 1, limit)) return 0;
    u32 zeros = 0;
    while (zeros < 10 && p + zeros < limit && p[zeros] == 0) zeros++;
    if (zeros == 10) {
        at = p + 10;
        return IPV4;
    }
    u32 version = p[0] >> 4;
    return version == 4 ? IPV4 : version == 6 ? IPV6 : 0;
}

static u32 loopback(const u8 *p)
{
    at = p + 4;
    u32 high = be16(p), low = be16(p + 2), value;
    if (high == 0xff03) return 0;
    if (low) value = (low & 0xff) == 0 && low >> 8 < 6 ? low >> 8 : high << 16 | low;
    else value = high >> 8 == 0 && (high & 0xff) < 6 ? high & 0xff : raw16(p);
    if (value > LENGTH_MAX) return value & 0xffff;
    if (value == 2) return IPV4;
    return value == 10 || value == 23 || value == 24 || value == 28 || value == 30 ? IPV6 : 0;
}

static APART u32 link(u32 type, const u8 *p, const u8 *limit)
{
    layers = 1;
    at = p;
    u32 left = (u32)(limit - p);
    switch (type) {
    case 113:
        return left < 16 ? 0 : cooked(16, p + 2, p + 14, p, limit);
    case 276:
        return left < 20 ? 0 : cooked(20, p + 8, p, p, limit);
    case 12:
    case 14:
    case 101:
        return left ? raw(p, limit) : 0;
    case 0:
    case 108:
        return left < 4 ? 0 : loopback(p);
    case 228:
    case 229:
        layers = 0;
        return type == 228 ? IPV4 : IPV6;
    }
    return 0;
}

static APART u32 jumbo(const u8 *p, const u8 *limit)
{
    if (p + 8 > limit) return 0;
    const u8 *end = p + 8 + p[1] * 8u;
    if (end > limit) end = limit;
    for (const u8 *o = p + 2; o + 6 <= end;) {
        if (o[0] == 0) {
            o++;
            continue;
        }
        if (o[0] == 0xc2 && o[1] == 4) {
            u32 value = be32(o + 2);
            return value > 0xffff ? value : 0;
        }
        o += 2 + o[1];
    }
    return 0;
}

static APART u32 extensions(u32 next, const u8 *p, const u8 *limit, u32 n)
{
    n++;
    while (p < limit && n < LAYERS_MAX) {
        u32 least = 2, size = 8, left = (u32)(limit - p);
        if (next == FRAGMENT) least = 8;
        else if (next == ROUTING) least = 4;
        else if (next == AUTHENTICATION) least = 8;
        else if (next != HOP_BY_HOP && next != DESTINATION) break;
        if (left < least) {
            p = limit;
            break;
        }
        if (next == FRAGMENT) {
            if (be16(p + 2) & 0xfff8) size = left;
        } else if (next == AUTHENTICATION) size = (p[1] + 2) * 4;
        else size = (p[1] + 1) * 8;
        next = p[0];
        n++;
        p = left < size ? limit : p + size;
    }
    next_protocol = next;
    at = p;
    return n;
}

static inline int is_extension(u32 next)
{
    return next == HOP_BY_HOP || next == ROUTING || next == FRAGMENT || next == AUTHENTICATION || next == DESTINATION;
}

/*
 * Counts `count` frames, whose columns are given. `checked` is 0, or a column that says which frames end in a check
 * sequence of four bytes. `number` is that of the first frame.
 */
EXPORT(add)
void add(u32 count, const u8 *bytes, const u32 *starts, const u32 *captured, const u32 *wires, const u16 *links,
         const u8 *checked, u32 number)
{
    others = unkept = 0;
    for (u32 i = 0; i < count; i++) {
        const u8 *p = bytes + starts[i], *limit = p + captured[i];
        u32 wire = wires[i];
        /* Bytes from p on, on the wire. */
        u32 reported = wire < WIRE_LENGTH_MAX ? wire : WIRE_LENGTH_MAX;
        if (reported < captured[i]) reported = captured[i];
        u32 type, n = 1;
        if (likely(links[i] == 1)) {
            if (limit - p < 14) goto other;
            type = be16(p + 12);
            p += 14;
            reported -= 14;
            if (unlikely(checked != 0) && checked[i] && reported >= 4) {
                reported -= 4;
                if ((u32)(limit - p) > reported) limit = p + reported;
            }
        } else {
            type = link(links[i], p, limit);
            if (type == 0) goto other;
            reported -= (u32)(at - p);
            p = at;
            n = layers;
        }
        while (type == VLAN || type == SERVICE || type == VLAN_OLD) {
            if (limit - p < 4 || n >= LAYERS_MAX) goto other;
            u32 inner = be16(p + 2);
            if (inner <= LENGTH_MAX && type != SERVICE) goto other;
            type = inner;
            p += 4;
            reported -= 4;
            n++;
        }
        const u8 *from;
        u32 next, kind;
        u64 src[2], dst[2], h;
        if (type == IPV4) {
            if (limit <= p) goto other;
            u32 first = p[0];
            if (unlikely(first >> 4 != 4)) {
                if (first >> 4 != 6) goto other;
                n++;
                goto six;
            }
            u32 header = (first & 15) << 2;
            if (limit - p < 20 || n >= LAYERS_MAX || header < 20) goto other;
            u32 total = be16(p + 2);
            next = p[9];
            from = p + header;
            if (total) {
                if (unlikely(total < header)) from = limit;
                else if (total < (u32)(limit - p)) limit = p + total;
            }
            /* Later parts have no transport header. */
            if (raw16(p + 6) & 0xff1f) from = limit;
            src[0] = raw32(p + 12);
            dst[0] = raw32(p + 16);
            src[1] = dst[1] = 0;
            kind = 4;
            h = mix(seed, src[0] | dst[0] << 32);
        } else if (type == IPV6) {
        six:
            if (limit - p < 40 || n >= LAYERS_MAX || p[0] >> 4 != 6) goto other;
            from = p + 40;
            next = p[6];
            u32 carried = be16(p + 4);
            if (unlikely(carried == 0)) {
                carried = next == TCP ? reported - 40 : next == HOP_BY_HOP ? jumbo(from, limit) : 0;
            }
            if (carried < (u32)(limit - from)) limit = from + carried;
            src[0] = raw64(p + 8);
            src[1] = raw64(p + 16);
            dst[0] = raw64(p + 24);
            dst[1] = raw64(p + 32);
            kind = 6;
            h = mix(mix(mix(mix(seed, src[0]), src[1]), dst[0]), dst[1]);
        } else goto other;
        if (unlikely(is_extension(next))) {
            n = extensions(next, from, limit, n);
            next = next_protocol;
            from = at;
        } else n++;
        u32 ports = 0;
        if ((next == TCP || next == UDP || next == SCTP) && from < limit && limit - from >= 4 && n < LAYERS_MAX) {
            ports = raw32(from);
        }
        kind |= next << 8;
        h = mix(h, kind | (u64)ports << 32);
        u32 hash = (u32)h, place = hash & mask;
        entry *e;
        for (;;) {
            u32 s = slots[place];
            if (s == 0) break;
            e = &entries[(s & ENTRY_MASK) - 1];
            if (((s ^ hash) & ~(u32)ENTRY_MASK) == 0 && e->ports == ports && e->kind == kind && e->src[0] == src[0] && e->dst[0] == dst[0] &&
                e->src[1] == src[1] && e->dst[1] == dst[1]) {
                goto found;
            }
            place = (place + 1) & mask;
        }
        if (used >= most) {
            unkept++;
            continue;
        }
        if (used >= (mask + 1) / 2) grow();
        e = &entries[used++];
        put(hash, used);
        e->hash = hash;
        e->kind = kind;
        e->ports = ports;
        e->first = number + i;
        e->src[0] = src[0];
        e->src[1] = src[1];
        e->dst[0] = dst[0];
        e->dst[1] = dst[1];
        e->packets = e->bytes = 0;
    found:
        e->packets += 1;
        e->bytes += wire;
        continue;
    other:
        others++;
    }
}

/*
 * Counts what another table counted of packets behind those counted here: `count` of its entries. `before` is added to the
 * numbers of their first packets.
 */
EXPORT(merge) void merge(u32 count, const entry *from, u32 before)
{
    others = unkept = 0;
    for (u32 i = 0; i < count; i++, from++) {
        u64 h = (from->kind & 0xff) == 4
            ? mix(seed, from->src[0] | from->dst[0] << 32)
            : mix(mix(mix(mix(seed, from->src[0]), from->src[1]), from->dst[0]), from->dst[1]);
        h = mix(h, from->kind | (u64)from->ports << 32);
        u32 hash = (u32)h, place = hash & mask, s;
        entry *e;
        for (; (s = slots[place]); place = (place + 1) & mask) {
            e = &entries[(s & ENTRY_MASK) - 1];
            if (((s ^ hash) & ~(u32)ENTRY_MASK) == 0 && e->ports == from->ports && e->kind == from->kind &&
                e->src[0] == from->src[0] && e->dst[0] == from->dst[0] && e->src[1] == from->src[1] && e->dst[1] == from->dst[1]) {
                break;
            }
        }
        if (s == 0) {
            if (used >= most) {
                unkept += (u32)from->packets;
                continue;
            }
            if (used >= (mask + 1) / 2) grow();
            e = &entries[used++];
            put(hash, used);
            *e = *from;
            e->hash = hash;
            e->first = from->first + before;
            continue;
        }
        e->packets += from->packets;
        e->bytes += from->bytes;
    }
}
