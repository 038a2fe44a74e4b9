/*
 * Cutting records that are sound, and the walk over frames whose headers are as they usually are: what PcapFraming in
 * ../../capture/pcap.ts and Walker in ../catalogue.ts do, compiled to WebAssembly. Those are the reference; the tests
 * hold this file to them. `deno run -P=tools _tools/build_kernel.ts` compiles it into wasm.ts.
 *
 * It has no memory of its own: whoever calls it lays out frames, rules, tables and rows. What is not usual it leaves to
 * its imports.
 */
#include "words.h"

/* The flags F_… of a rule, the limits, LAYER and what ends with _BYTES are given by the build, as the TypeScript has them. */
#ifndef F_YES
#error "the words of ../catalogue.ts are given by the build"
#endif

#define IMPORT(name) __attribute__((import_module("env"), import_name(#name)))

/*
 * The words of a rule that are for headers as they usually are, as ../catalogue.ts packs them, two at a time: each read
 * costs a check that it stands in memory.
 */
typedef struct {
    u64 fast_check, range_most, length_end, key_zero, table_number;
} rule_t;
_Static_assert(sizeof(rule_t) == RULE_BYTES, "as ./memory.ts has it");

/* What is walked, and where; ./memory.ts knows the places of these words. */
typedef struct {
    const u8 *bytes;
    const u32 *starts, *captured, *wires;
    const u16 *links;
    const rule_t *rules;
    const i16 *tables;
    /* For each table, the set of pairs of bytes that what guesses may begin with. */
    const u8 *const *guess_pairs;
    /* For each table, the masks of what guesses may begin with, then the values under them: two words each. */
    const u64 *guess_has;
    u32 *first_rows;
    i32 *rows;
    /* Words of rows that there is room for; the table of link types and its size; the protocol for the rest, or -1. */
    u32 room;
    u32 link_table, link_size;
    i32 data, udp;
    /* Times of the frames; none if they stand elsewhere. */
    const double *seconds;
    const u32 *nanoseconds;
    /* Where the walk stands, for the imports, which may change all but the first four. */
    u32 packet, first;
    i32 limited_by;
    u32 used;
    i32 start, limit, reported, quoted;
} walk_t;
_Static_assert(sizeof(walk_t) == WALK_T_BYTES, "as ./memory.ts has it");

/* Walks one header of protocol `id` that is not usual; answers the next protocol. */
IMPORT(unusual) i32 unusual(i32 id);
/* Asks the protocols that guess after a miss in a table. */
IMPORT(guess) i32 guess(i32 table, i32 start, i32 limit);
/* Notes that a packet has more layers than are looked at. */
IMPORT(deep) void deep(void);

/* Whether a number is in a set. */
static inline int holds(const u8 *set, u32 n) { return set[n >> 3] >> (n & 7) & 1; }

/* Whether 16 bytes are, under two masks, two values. */
static inline int has(const u64 *what, const u8 *p)
{
    u64 v[2];
    __builtin_memcpy(v, p, 16);
    return (v[0] & what[0]) == what[2] && (v[1] & what[1]) == what[3];
}

/* Stores two words as one. */
static inline void two(i32 *to, u32 one, u32 other)
{
    const u64 v = one | (u64)other << 32;
    __builtin_memcpy(to, &v, 8);
}

/* Writes a layer row, its words by two. */
static inline void put_row(i32 *row, i32 protocol, i32 start, i32 end, i32 limit, i32 reported)
{
    two(row, protocol, start);
    two(row + 2, end, limit);
    row[4] = reported;
}

/* Where records of pcap are cut, and into which columns; ./memory.ts knows the places of these words. */
typedef struct {
    const u8 *bytes;
    u32 *starts, *captured, *wires;
    double *seconds;
    u32 *nanoseconds;
    u16 *links;
    u32 *interfaces, *record_starts, *record_lengths;
    u32 pos, end;
    /* Byte order; units of the sub-second field in a second, and nanoseconds of one; what a record may have captured. */
    u32 little, units, unit, longest, link_type;
} cut_t;
_Static_assert(sizeof(cut_t) == CUT_T_BYTES, "as ./memory.ts has it");

/*
 * Cuts records as frames `n` up to `to`, or up to one that is not as usual or not all there; answers how many frames there
 * are. What PcapFraming.run in ../../capture/pcap.ts does to sound records.
 */
EXPORT(cut) u32 cut(cut_t *c, u32 n, u32 to)
{
    const u8 *const bytes = c->bytes;
    u32 *const starts = c->starts, *const captures = c->captured, *const wires = c->wires;
    double *const seconds = c->seconds;
    u32 *const nanoseconds = c->nanoseconds, *const interfaces = c->interfaces;
    u32 *const record_starts = c->record_starts, *const record_lengths = c->record_lengths;
    u16 *const links = c->links;
    const u32 end = c->end, little = c->little, units = c->units, unit = c->unit;
    const u32 longest = c->longest, link_type = c->link_type;
    u32 pos = c->pos;
    for (; n < to && end - pos >= PCAP_RECORD_BYTES; n++) {
        u64 time, lengths;
        __builtin_memcpy(&time, bytes + pos, 8);
        __builtin_memcpy(&lengths, bytes + pos + 8, 8);
        u32 second = time, fraction = time >> 32, captured = lengths, wire = lengths >> 32;
        if (!little) {
            second = __builtin_bswap32(second);
            fraction = __builtin_bswap32(fraction);
            captured = __builtin_bswap32(captured);
            wire = __builtin_bswap32(wire);
        }
        if (unlikely(fraction >= units || captured > wire || captured > longest || captured == 0 ||
                     captured > PACKET_BYTES_MAX || wire > WIRE_LENGTH_PLAUSIBLE))
            break;
        const u32 total = PCAP_RECORD_BYTES + captured;
        if (unlikely(total > end - pos)) break;
        starts[n] = pos + PCAP_RECORD_BYTES;
        captures[n] = captured;
        wires[n] = wire;
        seconds[n] = second;
        nanoseconds[n] = fraction * unit;
        links[n] = link_type;
        interfaces[n] = 0;
        record_starts[n] = pos;
        record_lengths[n] = total;
        pos += total;
    }
    c->pos = pos;
    return n;
}

/* What `usual` answers: bytes of the header from its third bit on, and whether the layer ends there, or data follows. */
enum { DATA = 1, ENDS = 2, LENGTH_SHIFT = 2 };

/*
 * The header of protocol `id` at `p`, with `left` bytes up to its layer's end: a number as above, or -1 if it is not as
 * `way` (KernelWalk in ../protocol.ts) has it. The walk functions of the protocols are the reference.
 */
static APART i32 usual(const walk_t *w, u32 way, i32 min, const u8 *p, u32 left, u32 first)
{
    const u32 all = left << LENGTH_SHIFT;
    if ((i32)left < min) return -1;
    switch (way) {
    case WALK_REST:
        return all;
    case WALK_DATAGRAM: {
        const i32 *below = w->rows + w->used - LAYER;
        return w->used > first && (below[0] & 0xffff) == w->udp ? (i32)all : -1;
    }
    case WALK_LINES: {
        const u8 *end = p + left;
        /* An empty line, or what looks like a rare method: who knows all methods decides. */
        if (*p == '\r') return -1;
        if (left >= 5 && (is_word(p, "HTTP/", 5) || is_word(p, "POST ", 5) || is_word(p, "GET ", 4))) return all;
        for (const u8 *q = p; q < end && *q != '\r' && *q != '\n'; q++) {
            if (*q == ':') return all;
        }
        return *p >= 'A' && *p <= 'Z' ? -1 : DATA;
    }
    case WALK_ECHO: {
        if (!w->seconds || left < 8 || (p[0] & 0xf7) != 0) return -1;
        const double now = w->seconds[w->packet] + w->nanoseconds[w->packet] / 1e9;
        const int little = left >= 16 && is_near(raw32(p + 8), raw32(p + 12), now);
        const int stamped = little || (left >= 16 && is_near(be32(p + 8), be32(p + 12), now));
        return (stamped ? 16 : 8) << LENGTH_SHIFT | DATA;
    }
    case WALK_ECHO6:
        if ((p[0] & 0xfe) == 128) return left < 8 ? -1 : 8 << LENGTH_SHIFT | DATA;
        return p[0] <= 4 || p[0] == 137 ? -1 : (i32)all;
    case WALK_ADDRESSES: {
        /* Of ATM, lengths stand elsewhere. */
        const u32 length = 8 + 2 * p[4] + 2 * p[5];
        return be16(p) == 19 || length > left ? -1 : (i32)(length << LENGTH_SHIFT | ENDS);
    }
    default:
        return -1;
    }
}

/* Walks the frames `from` up to `to`, or up to one for which there may be no room; answers where it stopped. */
EXPORT(walk) u32 walk(walk_t *w, u32 from, u32 to)
{
    /* The compiler cannot know that rows are not written over these. */
    const u8 *const bytes = w->bytes;
    const u32 *const starts = w->starts, *const captures = w->captured, *const wires = w->wires;
    const u16 *const links = w->links;
    const rule_t *const rules = w->rules;
    const i16 *const tables = w->tables;
    const u8 *const *const guess_pairs = w->guess_pairs;
    const u64 *const guess_has = w->guess_has;
    u32 *const first_rows = w->first_rows;
    i32 *const rows = w->rows;
    const u32 room = w->room;
    const i32 data = w->data;
    u32 used = w->used, link_type = ~0u, i = from;
    i32 link_id = -1;
    for (; i < to && used + (LAYERS_MAX + 2) * LAYER <= room; i++) {
        const u32 begin = starts[i], captured = captures[i];
        u32 wire = wires[i];
        if (wire > WIRE_LENGTH_MAX) wire = WIRE_LENGTH_MAX;
        i32 start = begin, limit = begin + captured;
        i32 reported = begin + (wire < captured ? captured : wire);
        i32 quoted = 0, limited_by = -1;
        if (unlikely(links[i] != link_type)) {
            link_type = links[i];
            link_id = link_type < w->link_size ? tables[w->link_table + link_type] - 1 : -1;
        }
        i32 id = link_id;
        const u32 first = used;
        for (u32 n = 0; id >= 0; n++) {
            if (unlikely(n >= LAYERS_MAX)) {
                w->packet = i;
                w->first = first;
                w->limited_by = limited_by;
                w->used = used;
                w->start = start;
                deep();
                break;
            }
            const rule_t *r = rules + id;
            const u64 head = r->fast_check;
            const u32 fast = head;
            const i32 min = fast >> 16;
            if (unlikely(fast == 0 || limit - start < min)) goto rare;
            const u8 *const p = bytes + start;
            if (fast & F_CHECK) {
                const u32 c = head >> 32;
                if (unlikely((p[c & 0xff] & c >> 8 & 0xff) != c >> 16)) goto rare;
            }
            if (fast & F_RANGE) {
                const u64 range = r->range_most;
                const u32 c = range;
                const u8 *const q = p + (c & 0xff);
                const u32 v = fast & F_RANGE_WIDE ? be16(q) : *q;
                if (unlikely(v < c >> 8 || v > range >> 32)) goto rare;
            }
            i32 end = start + min, stop = reported, next = -2;
            if (fast & (F_LENGTH | F_END)) {
                const u64 sizes = r->length_end;
                if (fast & F_LENGTH) {
                    const u32 c = sizes;
                    const i32 told = start + (p[c & 0xff] >> (c >> 8 & 15) & c >> 12 & 0xff) * (c >> 20);
                    if (unlikely(told < end || told > limit)) goto rare;
                    end = told;
                }
                if (fast & F_END) {
                    const u32 c = sizes >> 32, told = be16(p + (c & 0xff));
                    stop = start + (c >> 16) + told * (c >> 8 & 0xff);
                    if (unlikely(stop < end || (told == 0 && fast & F_END_ZERO))) goto rare;
                    if (stop > reported) {
                        if (unlikely(!(fast & F_LENIENT))) goto rare;
                        stop = reported;
                    }
                }
            }
            u64 follows = 0;
            if (fast & F_KEY) {
                const u64 keys = r->key_zero;
                const u32 c = keys;
                if (fast & F_ZERO && unlikely((be16(p + (c >> 16)) & keys >> 32) != 0)) goto rare;
                const u8 *const k = p + (c & 0xff);
                const u32 key = fast & F_KEY_WIDE ? be16(k) : *k;
                follows = r->table_number;
                const i16 *const table = tables + (u32)follows;
                if (fast & F_OR) {
                    const u32 other = be16(p + (c >> 8 & 0xff));
                    next = table[key < other ? key : other] - 1;
                    if (next < 0) next = table[key < other ? other : key] - 1;
                } else next = table[key] - 1;
            }
            limited_by = stop < limit ? (i32)used : limited_by;
            limit = stop < limit ? stop : limit;
            reported = stop;
            put_row(rows + used, id | quoted, start, end, limit, reported);
            used += LAYER;
            start = end;
            if (end >= limit) {
                id = -2;
                break;
            }
            if (next == -1) {
                const i32 t = follows >> 32;
                if ((end + 1 == limit || holds(guess_pairs[t], be16(bytes + end))) &&
                    (limit - end < 16 || has(guess_has + 4 * t, bytes + end)))
                    next = guess(t, end, limit);
            }
            id = next;
            continue;
        rare:
            w->packet = i;
            w->used = used;
            if (fast == 0 && head != 0) {
                const i32 found = usual(w, head >> 32, r->range_most, bytes + start, limit - start, first);
                if (found >= 0) {
                    const i32 end = start + (found >> LENGTH_SHIFT);
                    if (found & ENDS) {
                        limited_by = end < limit ? (i32)used : limited_by;
                        limit = reported = end;
                    }
                    put_row(rows + used, id | quoted, start, end, limit, reported);
                    used += LAYER;
                    start = end;
                    id = end < limit && found & DATA ? -1 : -2;
                    break;
                }
            }
            w->first = first;
            w->limited_by = limited_by;
            w->start = start;
            w->limit = limit;
            w->reported = reported;
            w->quoted = quoted;
            id = unusual(id);
            limited_by = w->limited_by;
            used = w->used;
            start = w->start;
            limit = w->limit;
            reported = w->reported;
            quoted = w->quoted;
        }
        if (id == -1 && start < limit && data >= 0) {
            put_row(rows + used, data, start, limit, limit, reported);
            used += LAYER;
        }
        first_rows[i + 1] = used;
    }
    w->used = used;
    return i;
}
