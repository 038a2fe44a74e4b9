/*
 * Reporting what is in usual packets, by the recipes of their protocols (../../core/recipe.ts), and writing it as NDJSON:
 * what ../../core/emitter.ts and the plain encoder of ../ndjson.ts do, compiled to WebAssembly. Those are the reference,
 * byte for byte, and whatever is not usual is asked of them: a layer, a value. `deno task kernel` compiles it.
 *
 * Memory is laid out by kernel.ts, which tells the places. Where something is read or written in words of 16 bytes, there
 * is room for that behind it.
 */
#include "../../core/kernel/words.h"
#include <wasm_simd128.h>

/*
 * Given by the build: what ends with _MAX (core/limits.ts); IN_TEXT, FIELD_MASK and, as KIND_..., Kind (core/items.ts);
 * as STEP_... and READ_..., RecipeStep and RecipeRead (core/recipe.ts, where the methods say what follows each step).
 */

#define IMPORT(name) __attribute__((import_module("kernel"), import_name(#name)))

/* ---- what TypeScript does ---- */

/* Makes the layout of a packet with `count` rows. Answers its place; one more than that if it is not to be kept. */
IMPORT(lay) u32 lay(u32 count);
/* Writes the value of the row whose first number is `p` of the rows', at `at`. Answers where it ends. */
IMPORT(value) u32 value_of(u32 index, u32 p, u32 at);
/* Makes memory reach `to`, which may be more than 32 bits can say. */
IMPORT(more) void more(double to);
/* Tells what is known of a protocol. Answers its place. */
IMPORT(know) u32 know(u32 protocol);
/* Reports the frame. Answers the number of rows. */
IMPORT(frame) u32 report_frame(u32 index);
/* Reports the layer whose row is at `row` of the batch's, behind `count` rows. Answers the number of rows. */
IMPORT(layer) u32 report_layer(u32 index, u32 row, u32 count);
/* Reports what went wrong in the packet, behind `count` rows. Answers the number of rows. */
IMPORT(after) u32 report_after(u32 index, u32 count);

/* ---- what TypeScript tells ---- */

/* An item row (core/items.ts), a layer row (core/catalogue.ts). */
typedef struct {
    u32 field, first;
    i32 length;
    u32 value;
} item;
typedef struct {
    u32 protocol, start, end, limit, reported;
} layer;

/* A field of a run: see RunField in core/recipe.ts. */
typedef struct {
    i32 field;
    u8 read, length;
    i16 at;
    u32 mask, shift, scale, plus;
    i32 low;
    u32 below;
} run_field;

/* An option that is as expected: see OptionRecipe in core/recipe.ts. */
typedef struct {
    u32 heading;
    i32 length, told;
    u32 fields;
} option;

/* What is known of a protocol: its recipe (none: it does all itself), length of its name (-1: too long), whether it is a
 * layer behind which nothing is its own; the name. */
typedef struct {
    const i32 *recipe;
    i32 name_length;
    u32 bounded, unused;
    u8 name[];
} knowledge;

/* What is known of an interface: whether it is, its number, lengths of its name and its description (-1: none), those. */
typedef struct {
    i32 known, id, name_length, description_length;
    u8 text[240];
} interface;

/* How packets with the same fields are written: the number of their rows and of their values, bytes that all of it takes
 * but for values without bound, what ends it; then the rows' fields, and from the next multiple of 16 on, each value. */
typedef struct {
    u32 rows, values, room, end_length;
    u8 end[16];
    u16 fields[];
} layout;
/* A value: its row, its kind, and the text before it, padded to multiples of 16 bytes and 32 at least. */
typedef struct {
    u32 row;
    u16 kind, length;
    u8 text[];
} step;

/* In the order in which kernel.ts names them. */
static struct {
    /* The times a batch's first are relative to (`FrameBatch.clock`), and the number of its first frame. */
    double first_seconds, previous_seconds, first_number;
    i32 first_nanoseconds, previous_nanoseconds;
    /* Item rows of the packet at hand, and the row from which on TypeScript reports. */
    item *rows, *rows_end;
    /* Text made of it, and bytes of that; its times, and numbers of those. */
    u8 *text;
    u32 text_used;
    double *times;
    u32 times_used;
    /* What is known of each protocol, by its index: of so many of them. */
    const knowledge **known;
    u32 protocols;
    /* Layouts by the hash of their fields: a power of two of them. */
    layout **layouts;
    u32 layouts_most;
    /* Where memory ends. */
    u32 limit;
    /* Where byte 0 of the batch would be, and the part of its bytes that is there. */
    u32 origin, bytes_from, bytes_to;
    /* Columns of the batch (core/batch.ts), its layer rows and where those of each packet begin. */
    const u32 *starts, *captured, *wire, *nanoseconds;
    /* Numbers of the frames, if they are not one after the other. A capture may have more than 32 bits can count. */
    const u32 *numbers;
    const double *seconds;
    const u32 *first_layers, *layer_rows;
    /* Numbers of the frame's fields; none: TypeScript reports it. */
    const u32 *frame_fields;
    /* pcapng: bytes of each frame's options, and the interface of each; none: it is no pcapng. */
    const u32 *option_lengths, *interface_ids;
    const interface *interfaces;
    u32 interfaces_known;
    /* Whether frames may end with a check sequence. */
    u32 sequences;
    /* Whether packets of the batch, and the one at hand, may have something to say at their end. */
    u32 issues, issue;
} k;
_Static_assert(sizeof k == VARIABLES_BYTES, "as ./kernel.ts has it");

/* Where those stand. */
EXPORT(variables) void *variables(void) { return &k; }

/* ---- words ---- */

static inline void put16(u8 *p, u16 v) { __builtin_memcpy(p, &v, 2); }
static inline void put32(u8 *p, u32 v) { __builtin_memcpy(p, &v, 4); }
static inline void copy16(u8 *to, const u8 *from) { wasm_v128_store(to, wasm_v128_load(from)); }

/* ---- numbers, addresses and text ---- */

/* Four decimal digits of each number below 10,000; each byte in decimal and a dot, and how many characters that is. */
static u32 digits[10000];
static u32 octets[256];
static u8 octet_lengths[256];
static const u8 hex_digits[16] = "0123456789abcdef";

EXPORT(start) void start(void)
{
    for (u32 i = 0; i < 10000; i++) {
        digits[i] = (48 + i / 1000) | (48 + i / 100 % 10) << 8 | (48 + i / 10 % 10) << 16 | (48 + i % 10) << 24;
    }
    for (u32 i = 0; i < 256; i++) {
        u32 word = 0, n = 0;
        if (i >= 100) word |= (48 + i / 100) << (8 * n++);
        if (i >= 10) word |= (48 + i / 10 % 10) << (8 * n++);
        word |= (48 + i % 10) << (8 * n++);
        word |= (u32)'.' << (8 * n++);
        octets[i] = word;
        octet_lengths[i] = (u8)n;
    }
}

/* Up to four digits. */
static inline u8 *put_few(u8 *at, u32 v)
{
    u32 n = v < 10 ? 1 : v < 100 ? 2 : v < 1000 ? 3 : 4;
    put32(at, digits[v] >> ((4 - n) * 8));
    return at + n;
}
static inline u8 *put_eight(u8 *at, u32 v)
{
    put32(at, digits[v / 10000]);
    put32(at + 4, digits[v % 10000]);
    return at + 8;
}
static inline u8 *put_uint(u8 *at, u32 v)
{
    if (v < 10) {
        *at = (u8)(48 + v);
        return at + 1;
    }
    if (v < 10000) return put_few(at, v);
    if (v < 100000000) {
        at = put_few(at, v / 10000);
        put32(at, digits[v % 10000]);
        return at + 4;
    }
    return put_eight(put_few(at, v / 100000000), v % 100000000);
}
static inline u8 *put_nine(u8 *at, u32 v)
{
    u32 rest = v % 100000;
    put32(at, digits[v / 100000]);
    at[4] = (u8)(48 + rest / 10000);
    put32(at + 5, digits[rest % 10000]);
    return at + 9;
}
static APART u8 *put_uint64(u8 *at, u64 v)
{
    if (v <= 0xffffffff) return put_uint(at, (u32)v);
    u64 high = v / 100000000;
    if (high <= 0xffffffff) return put_eight(put_uint(at, (u32)high), (u32)(v % 100000000));
    at = put_eight(put_uint(at, (u32)(high / 100000000)), (u32)(high % 100000000));
    return put_eight(at, (u32)(v % 100000000));
}

/* Sixteen bytes as the digits of their high halves, and of their low halves. */
static inline v128_t highs(v128_t b) { return wasm_i8x16_swizzle(wasm_v128_load(hex_digits), wasm_u8x16_shr(b, 4)); }
static inline v128_t lows(v128_t b)
{
    return wasm_i8x16_swizzle(wasm_v128_load(hex_digits), wasm_v128_and(b, wasm_i8x16_splat(15)));
}

/* Bytes in hexadecimal. Reads up to 15 bytes more than it is asked for, and writes up to 31 more. */
static APART u8 *put_hex(u8 *at, const u8 *from, u32 length)
{
    u8 *end = at + 2 * length;
    for (; at < end; from += 16, at += 32) {
        v128_t b = wasm_v128_load(from), h = highs(b), l = lows(b);
        wasm_v128_store(at, wasm_i8x16_shuffle(h, l, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
        wasm_v128_store(at + 16, wasm_i8x16_shuffle(h, l, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
    }
    return end;
}

static inline u8 *put_mac(u8 *at, const u8 *from)
{
    v128_t b = wasm_v128_load(from), h = highs(b), l = lows(b), colons = wasm_i8x16_splat(':');
    v128_t pairs = wasm_i8x16_shuffle(h, l, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    wasm_v128_store(at, wasm_i8x16_shuffle(pairs, colons, 0, 1, 16, 2, 3, 16, 4, 5, 16, 6, 7, 16, 8, 9, 16, 10));
    at[16] = wasm_u8x16_extract_lane(pairs, 11);
    return at + 17;
}

static inline u8 *put_ipv4(u8 *at, const u8 *from)
{
    for (u32 i = 0; i < 4; i++) {
        put32(at, octets[from[i]]);
        at += octet_lengths[from[i]];
    }
    return at - 1;
}

/* RFC 5952, as `TextWriter.ipv6`. */
static APART u8 *put_ipv6(u8 *at, const u8 *from)
{
    u32 groups = 8;
    if (raw64(from) == 0 && raw16(from + 8) == 0) {
        u32 tail = raw16(from + 10);
        if (tail == 0xffff || (tail == 0 && raw16(from + 12) != 0)) groups = 6;
    }
    u32 zero_at = 8, zeros = 1, run = 0;
    for (u32 i = 0; i < groups; i++) {
        if (raw16(from + 2 * i) != 0) run = 0;
        else if (++run > zeros) {
            zeros = run;
            zero_at = i - run + 1;
        }
    }
    int colon = 0;
    for (u32 i = 0; i < groups; i++) {
        if (i == zero_at) {
            put16(at, 0x3a3a);
            at += 2;
            colon = 0;
            i += zeros - 1;
            continue;
        }
        if (colon) *at++ = ':';
        u32 v = be16(from + 2 * i);
        for (i32 s = v >= 0x1000 ? 12 : v >= 0x100 ? 8 : v >= 0x10 ? 4 : 0; s >= 0; s -= 4) *at++ = hex_digits[v >> s & 15];
        colon = 1;
    }
    if (groups == 8) return at;
    if (colon) *at++ = ':';
    return put_ipv4(at, from + 12);
}

/* Bytes of the valid UTF-8 sequence (RFC 3629) of two bytes or more at `p`, or 0 if there is none. */
static inline u32 utf8(const u8 *p, const u8 *end)
{
    u32 c = p[0], n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || p + n > end) return 0;
    u32 d = p[1];
    if ((c == 0xe0 && d < 0xa0) || (c == 0xed && d > 0x9f) || (c == 0xf0 && d < 0x90) || (c == 0xf4 && d > 0x8f)) return 0;
    for (u32 i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    return n;
}

/* A control character as JSON escapes it. */
static inline u8 *put_control(u8 *at, u32 c)
{
    __builtin_memcpy(at, "\\u00", 4);
    at[4] = hex_digits[c >> 4];
    at[5] = hex_digits[c & 15];
    return at + 6;
}

/* The inside of a JSON string, as `TextWriter.json`. Reads and writes up to 15 bytes more. */
static APART u8 *put_string(u8 *at, const u8 *from, u32 length)
{
    const u8 *end = from + length;
    while (from < end) {
        v128_t b = wasm_v128_load(from);
        /* Signed: bytes from 0x80 on are below 0x20, too. */
        v128_t odd = wasm_v128_or(
            wasm_v128_or(wasm_i8x16_lt(b, wasm_i8x16_splat(0x20)), wasm_i8x16_eq(b, wasm_i8x16_splat(0x7f))),
            wasm_v128_or(wasm_i8x16_eq(b, wasm_i8x16_splat('"')), wasm_i8x16_eq(b, wasm_i8x16_splat('\\'))));
        wasm_v128_store(at, b);
        u32 bits = wasm_i8x16_bitmask(odd), n = bits == 0 ? 16 : (u32)__builtin_ctz(bits);
        if (n > (u32)(end - from)) n = (u32)(end - from);
        from += n;
        at += n;
        if (n == 16 || from == end) continue;
        u32 c = *from++;
        if (c >= 0x80) {
            u32 m = utf8(from - 1, end);
            if (m == 0) {
                put32(at, 0xbdbfef);
                at += 3;
            } else if (m == 2 && c == 0xc2 && *from < 0xa0) at = put_control(at, *from++);
            else {
                put32(at, raw32(from - 1));
                at += m;
                from += m - 1;
            }
            continue;
        }
        u32 escape = c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c == '"' || c == '\\' ? c : 0;
        if (escape == 0) at = put_control(at, c);
        else {
            at[0] = '\\';
            at[1] = (u8)escape;
            at += 2;
        }
    }
    return at;
}

/* ---- layouts ---- */

static inline int fits(const layout *l, u32 count)
{
    if (l->rows != count) return 0;
    const item *row = k.rows;
    for (u32 i = 0; i < count; i++) {
        if ((row[i].field & FIELD_MASK) != l->fields[i]) return 0;
    }
    return 1;
}

/* Layouts of one hash that are kept: the last ones. */
enum { WAYS = 4 };

/* The layout of the packet at hand. */
static APART const layout *layout_of(u32 count)
{
    const item *row = k.rows;
    /* Two sums, since each multiplication waits for the one before. */
    u32 hash = count, other = 0;
    for (u32 i = 0; i + 1 < count; i += 2) {
        hash = (hash ^ (row[i].field & FIELD_MASK)) * 0x9e3779b1u;
        other = (other ^ (row[i + 1].field & FIELD_MASK)) * 0x85ebca77u;
    }
    if (count & 1) hash = (hash ^ (row[count - 1].field & FIELD_MASK)) * 0x9e3779b1u;
    hash ^= other >> 3 ^ other << 29;
    layout **place = k.layouts + (hash >> 16 & (k.layouts_most - WAYS));
    for (u32 i = 0; i < WAYS && place[i]; i++) {
        if (fits(place[i], count)) return place[i];
    }
    u32 made = lay(count);
    if (made & 1) return (layout *)(made - 1);
    /* All may have been forgotten meanwhile. */
    for (u32 i = WAYS - 1; i > 0; i--) place[i] = place[i - 1];
    place[0] = (layout *)made;
    return place[0];
}

/* ---- writing ---- */

/* Bytes whose digits were written last in this packet, and where: a payload is often said again by the layer within it. */
static const u8 *hex_from;
static u32 hex_length;
static u8 *hex_at;

/* Makes sure that `n` bytes fit. */
static inline void room(const u8 *at, u64 n)
{
    if (n > k.limit - (u32)at) more((double)(u32)at + (double)n);
}

/*
 * The name on the wire (RFC 1035 sections 3.1 and 4.1.4) at `from` and before `stop`, as core/name.ts reads it: pointers
 * count from `message`, and point back.
 */
static APART u8 *put_name(u8 *at, const u8 *from, const u8 *stop, const u8 *message, u32 most)
{
    const u8 *p = from;
    u32 hops = 0, total = 0;
    while (p < stop) {
        u32 n = *p;
        if (n == 0) break;
        if (n >= 0xc0) {
            if (p + 1 >= stop) break;
            const u8 *target = message + ((n & 0x3f) << 8 | p[1]);
            if (target >= p || ++hops > NAME_POINTERS_MAX) break;
            stop = p;
            p = target;
            continue;
        }
        if (n >= 0x40 || p + 1 + n > stop) break;
        if (total + n + 1 > NAME_BYTES_MAX) break;
        room(at, 6 * n + most);
        if (total > 0) *at++ = '.';
        total += n + 1;
        at = put_string(at, p + 1, n);
        p += 1 + n;
    }
    if (total > 0) return at;
    __builtin_memcpy(at, "<Root>", 6);
    return at + 6;
}

/* A value of a kind that is not frequent, or that has bytes of its own. */
static APART u8 *put_other(u8 *at, u32 index, const item *row, u32 kind, u32 most)
{
    u32 n = (u32)row->length;
    int made = (row->first & IN_TEXT) != 0;
    /* What a plug-in reports may be anywhere. */
    u32 begin = made ? (u32)k.text : k.bytes_from, end = made ? begin + k.text_used : k.bytes_to;
    u32 place = made ? row->first & ~IN_TEXT : row->first + k.origin - begin;
    const u8 *from = (const u8 *)(begin + place);
    int there = place <= end - begin && n <= end - begin - place;
    if (there) {
        switch (kind) {
        case KIND_BYTES:
            if (n >= 32) {
                room(at, 2 * (u64)n + most);
                if (from >= hex_from && from + n <= hex_from + hex_length) {
                    __builtin_memcpy(at, hex_at + 2 * (from - hex_from), 2 * n);
                    return at + 2 * n;
                }
                hex_from = from;
                hex_length = n;
                hex_at = at;
            }
            return put_hex(at, from, n);
        case KIND_TEXT:
            room(at, 6 * (u64)n + most);
            return put_string(at, from, n);
        case KIND_IPV4:
            if (n == 4) return put_ipv4(at, from);
            break;
        case KIND_ETHER:
            if (n == 6) return put_mac(at, from);
            break;
        case KIND_IPV6:
            if (n == 16) return put_ipv6(at, from);
            break;
        case KIND_NAME: {
            const u8 *message = (u8 *)(k.origin + row->value);
            if (!made && (u32)message >= k.bytes_from && message <= from) return put_name(at, from, from + n, message, most);
            break;
        }
        case KIND_UINT64:
            if (n <= 8) {
                u64 v = 0;
                for (u32 i = 0; i < n; i++) v = v << 8 | from[i];
                return put_uint64(at, v);
            }
            break;
        }
    }
    at = (u8 *)value_of(index, (u32)(row - k.rows) * 4, (u32)at);
    room(at, most);
    return at;
}

/* Writes the line of packet `index`, whose rows are there. */
static APART u8 *put_line(u8 *at, u32 index, u32 count, double number)
{
    const layout *l = layout_of(count);
    u32 most = l->room;
    room(at, most);
    hex_length = 0;
    hex_from = 0;
    __builtin_memcpy(at, "{\"frame\":", 9);
    at = put_uint64(at + 9, (u64)number);
    __builtin_memcpy(at, ",\"fields\":{", 11);
    at += 11;
    const item *rows = k.rows;
    const u8 *p = (const u8 *)l->fields + ((2 * count + 15) & ~15u);
    for (u32 left = l->values; left > 0; left--) {
        const step *s = (const step *)p;
        const item *row = (const item *)((const u8 *)rows + s->row);
        u32 length = s->length;
        copy16(at, s->text);
        copy16(at + 16, s->text + 16);
        p = s->text + 32;
        for (u32 o = 32; o < length; o += 16, p += 16) copy16(at + o, p);
        at += length;
        switch (s->kind) {
        case KIND_NONE:
            break;
        case KIND_UINT:
        case KIND_SECONDS:
            at = put_uint(at, row->value);
            break;
        case KIND_INT:
            if ((i32)row->value < 0) {
                *at++ = '-';
                at = put_uint(at, 0 - row->value);
            } else at = put_uint(at, row->value);
            break;
        case KIND_BOOL:
            if (row->value != 0) {
                __builtin_memcpy(at, "true", 4);
                at += 4;
            } else {
                __builtin_memcpy(at, "false", 5);
                at += 5;
            }
            break;
        case KIND_TIME:
            at = put_uint(at, row->value);
            __builtin_memcpy(at, ".000000000", 10);
            at += 10;
            break;
        case KIND_EPOCH: {
            const double *t = k.times + row->value;
            u32 used = k.times_used;
            if (used >= 2 && row->value <= used - 2 && t[0] >= 0 && t[0] <= 4294967295.0 && t[1] >= 0 && t[1] < 1e9) {
                at = put_uint(at, (u32)t[0]);
                *at = '.';
                at = put_nine(at + 1, (u32)t[1]);
            } else at = (u8 *)value_of(index, (u32)(row - rows) * 4, (u32)at);
            break;
        }
        default:
            at = put_other(at, index, row, s->kind, most);
        }
    }
    copy16(at, l->end);
    return at + l->end_length;
}

/* ---- reporting ---- */

static inline item *add(item *row, u32 field, u32 first, u32 length, u32 value)
{
    row->field = field;
    row->first = first;
    row->length = (i32)length;
    row->value = value;
    return row + 1;
}

/* Where a byte of the batch stands in it. */
static inline u32 place_of(const u8 *p) { return (u32)p - k.origin; }

static inline double number_of(u32 i) { return k.numbers ? k.numbers[i] : k.first_number + i; }

static inline const knowledge *known(u32 protocol)
{
    const knowledge *found = k.known[protocol];
    if (!found) k.known[protocol] = found = (const knowledge *)know(protocol);
    return found;
}

static inline item *add_time(item *row, u32 field, u32 at, double s, i32 ns)
{
    double *t = k.times + k.times_used;
    t[0] = s;
    t[1] = ns;
    row = add(row, field, at, 0, k.times_used);
    k.times_used += 2;
    return row;
}

/* A span of time; zero if there is nothing before. */
static APART item *add_span(item *row, u32 field, u32 at, double s, i32 ns, double from, i32 from_ns)
{
    if (from != from) return add_time(row, field, at, 0, 0);
    s -= from;
    ns -= from_ns;
    if (ns < 0) {
        ns += 1000000000;
        s -= 1;
    }
    return add_time(row, field, at, s, ns);
}

/* Text that is made elsewhere. */
static inline item *add_text(item *row, u32 field, const u8 *from, u32 length)
{
    __builtin_memcpy(k.text + k.text_used, from, length);
    row = add(row, field, k.text_used | IN_TEXT, length, 0);
    k.text_used += length;
    return row;
}

/* The fields that `frame_fields` has the numbers of. */
enum { F_TIME, F_DELTA, F_RELATIVE, F_NUMBER, F_LENGTH, F_CAPTURED, F_PROTOCOLS, F_ID, F_NAME, F_DESCRIPTION };

/* The frame itself, as protocols/frame.ts reports it. Answers none if it is not usual. */
static APART item *add_frame(item *row, u32 i, const layer *first, const layer *last)
{
    const u32 *f = k.frame_fields;
    u32 at = k.starts[i];
    if (k.option_lengths) {
        u32 id = k.interface_ids[i];
        if (k.option_lengths[i] != 0 || id >= k.interfaces_known || !k.interfaces[id].known) return 0;
        const interface *it = k.interfaces + id;
        row = add(row, f[F_ID], at, 0, (u32)it->id);
        row = add_text(row, f[F_NAME], it->text, (u32)it->name_length);
        if (it->description_length >= 0) {
            row = add_text(row, f[F_DESCRIPTION], it->text + it->name_length, (u32)it->description_length);
        }
    }
    double s = k.seconds[i];
    if (s == s) {
        i32 ns = (i32)k.nanoseconds[i];
        row = add_time(row, f[F_TIME], at, s, ns);
        if (i == 0) row = add_span(row, f[F_DELTA], at, s, ns, k.previous_seconds, k.previous_nanoseconds);
        else row = add_span(row, f[F_DELTA], at, s, ns, k.seconds[i - 1], (i32)k.nanoseconds[i - 1]);
        row = add_span(row, f[F_RELATIVE], at, s, ns, k.first_seconds, k.first_nanoseconds);
    }
    row = add(row, f[F_NUMBER], at, 0, (u32)(u64)number_of(i));
    row = add(row, f[F_LENGTH], at, 0, k.wire[i]);
    row = add(row, f[F_CAPTURED], at, 0, k.captured[i]);
    u8 *begin = k.text + k.text_used, *t = begin;
    for (const layer *l = first; l < last; l++) {
        if (l > first) *t++ = ':';
        u32 id = l->protocol & FIELD_MASK;
        if (id >= k.protocols) return 0;
        const knowledge *it = known(id);
        if (it->name_length < 0) return 0;
        for (i32 n = 0; n < it->name_length; n += 16) copy16(t + n, it->name + n);
        t += it->name_length;
    }
    row = add(row, f[F_PROTOCOLS], k.text_used | IN_TEXT, (u32)(t - begin), 0);
    k.text_used += (u32)(t - begin);
    return row;
}

/* The fields of a run that begins at `at`, all of which is there. */
static APART item *add_fields(item *row, const run_field *f, u32 count, const u8 *at)
{
    const u8 *from = at, *origin = (const u8 *)k.origin;
    u32 held = 0, length = 0;
    for (const run_field *end = f + count; f < end; f++) {
        u32 v;
        if (f->read == READ_WITHIN) v = (held & f->mask) >> f->shift;
        else {
            from = at + f->at;
            length = f->length;
            if (f->read == READ_BIG) v = be32(from) >> f->shift & f->mask;
            else if (f->read == READ_NONE) v = 0;
            else if (f->read == READ_TABLE) v = ((const u32 *)f->mask)[from[-1]];
            else if (f->read == READ_SWAPPED) v = raw16(from - 2);
            else {
                v = 0;
                for (u32 i = length; i-- > 0;) v = v << 8 | from[i];
                v = v >> f->shift & f->mask;
            }
            held = v;
        }
        v = v * f->scale + f->plus;
        i32 field = v < f->below ? f->low : f->field;
        if (field >= 0) row = add(row, (u32)field, (u32)(from - origin), length, v);
    }
    return row;
}

/* The last layer of addresses that is usual, those, and their length. */
static const layer *network;
static const u8 *source, *destination;
static u32 address_length;

/* Sum of 16-bit words in the order of this machine; an odd byte counts as the first of two. */
static APART u64 sum(const u8 *p, u32 length)
{
    const u8 *end = p + length;
    v128_t all = wasm_i64x2_splat(0);
    while (end - p >= 16) {
        /* 4096 times twice 65,535 fits 32 bits. */
        const u8 *stop = end - p > 65536 ? p + 65536 : end;
        v128_t part = wasm_i32x4_splat(0);
        for (; stop - p >= 16; p += 16) part = wasm_i32x4_add(part, wasm_u32x4_extadd_pairwise_u16x8(wasm_v128_load(p)));
        all = wasm_i64x2_add(all, wasm_i64x2_add(wasm_u64x2_extend_low_u32x4(part), wasm_u64x2_extend_high_u32x4(part)));
    }
    u64 v = (u64)wasm_i64x2_extract_lane(all, 0) + (u64)wasm_i64x2_extract_lane(all, 1);
    for (; end - p >= 2; p += 2) v += raw16(p);
    if (p < end) v += *p;
    return v;
}

/* Whether a sum of `sum` is that of words whose checksum is right (RFC 1071). */
static inline int good(u64 v)
{
    while (v > 0xffff) v = (v & 0xffff) + (v >> 16);
    return v == 0xffff;
}

/* Bytes of the frame on the wire, its ends as captured and on the wire, and its time. */
static u32 frame_wire, frame_limit, frame_reported;
static double frame_seconds;
static u32 frame_nanoseconds;

#include "dhcp.h"
#include "dns.h"
#include "http.h"

/* A time as echoes carry it (`emitTimestamp` in ../../protocols/icmp.ts); none if there is none. */
static APART item *add_stamp(item *row, const i32 *r, const u8 *at)
{
    double now = frame_seconds + frame_nanoseconds / 1e9;
    u32 s = raw32(at), us = raw32(at + 4);
    if (!is_near(s, us, now)) {
        s = be32(at);
        us = be32(at + 4);
        if (!is_near(s, us, now)) return 0;
    }
    if (frame_nanoseconds > 999999999 || k.times_used + 4 > TIMES_MAX) return 0;
    row = add(row, (u32)r[1], place_of(at), 8, 0);
    row = add_time(row, (u32)r[2], place_of(at), s, (i32)(us * 1000));
    return add_span(row, (u32)r[3], place_of(at), frame_seconds, (i32)frame_nanoseconds, s, (i32)(us * 1000));
}

/* What lies behind the layer `next`: see `trailing` in ../../protocols/_ethertype.ts. None if it is not usual. */
static APART item *add_trailer(item *row, const i32 *r, const layer *next, u32 limit, u32 reported)
{
    const u8 *origin = (const u8 *)k.origin;
    u32 end = next->reported, at = end, least = (u32)r[3], id = next->protocol, wire = frame_wire;
    if (wire >= WIRE_LENGTH_MAX || id >= k.protocols || !known(id)->bounded) return 0;
    /* Less than nothing, where more was captured than there was. */
    i32 before = (i32)(wire - (reported - end));
    if (wire >= least && before < (i32)least) {
        u32 stop = end + least - (u32)before, p = end;
        while (p < stop && p < limit && origin[p] == 0) p++;
        if (p == stop) {
            row = add(row, (u32)r[1], end, stop - end, 0);
            at = stop;
        } else if (p == limit) return 0;
    }
    u32 stop = limit < reported ? limit : reported;
    return stop > at ? add(row, (u32)r[2], at, stop - at, 0) : row;
}

/*
 * A step that few recipes have, at `*recipe`, with the cursor at `*where`; moves both. Answers where the rows end; none if
 * the header is not as the recipe says.
 */
static APART item *run_rare(item *row, const i32 **recipe, const u8 **where, const layer *l, const layer *first)
{
    const u8 *origin = (const u8 *)k.origin, *begin = origin + l->start, *end = origin + l->end, *at = *where;
    const i32 *r = *recipe;
    switch (*r) {
    case STEP_CHOOSE: {
        const i32 *part = (const i32 *)r[2 + begin[r[1]]];
        if (!part) return 0;
        r = part;
        break;
    }
    case STEP_GOTO:
        r = (const i32 *)r[1];
        break;
    case STEP_ZEROS:
        for (const u8 *p = begin + r[1], *until = p + r[2]; p < until; p++) {
            if (*p != 0) return 0;
        }
        r += 3;
        break;
    case STEP_PADDED: {
        if (r[2] > end - at) return 0;
        const u8 *p = at, *until = at + r[2];
        for (; p < until && *p != 0; p++) {
            if (*p >= 0x80) return 0;
        }
        row = add(row, (u32)r[1], place_of(at), (u32)(p - at), 0);
        for (; p < until; p++) {
            if (*p != 0) return 0;
        }
        at = until;
        r += 3;
        break;
    }
    case STEP_DHCP_USUAL:
        if (!dhcp_usual(begin, end)) return 0;
        r += 1;
        break;
    case STEP_DHCP_OPTIONS:
        row = dhcp_options(row, r, &at, end);
        if (!row) return 0;
        r = (const i32 *)r[O_NEXT];
        break;
    case STEP_DIFFER:
        if (is_word(begin + r[1], begin + r[2], (u32)r[3])) return 0;
        r += 4;
        break;
    case STEP_MESSAGE_CHECKSUM: {
        if (l == first || network != l - 1 || l[-1].reported > l[-1].limit) return 0;
        u64 v = sum(begin, (u32)(origin + l[-1].limit - begin));
        row = add(row, (u32)r[1], place_of(at), 0, good(v) ? 1 : 0);
        r += 2;
        break;
    }
    case STEP_STAMP:
        if (at < end) {
            row = end - at == 8 ? add_stamp(row, r, at) : 0;
            if (!row) return 0;
            at = end;
        }
        r += 4;
        break;
    case STEP_DNS_HEADER:
        /* Over TCP, two bytes of length stand in front. */
        if (l > first && l[-1].end + 2 == l->start) return 0;
        row = dns_header(row, r, begin);
        if (!row) return 0;
        at = begin + 12;
        r += D_ALL;
        break;
    case STEP_DNS_QUESTIONS:
        row = dns_questions(row, r, &at, end);
        if (!row) return 0;
        r += Q_ALL;
        break;
    case STEP_DNS_PARTS:
        parts = r;
        r = (const i32 *)r[P_NEXT];
        break;
    case STEP_DNS_RECORDS:
        row = dns_records(row, r, &at, end);
        if (!row) return 0;
        r += 3;
        break;
    case STEP_DNS_END:
        if (at != end || l->reported > l->end) return 0;
        r += 1;
        break;
    case STEP_HTTP:
        if (at < end) {
            /* TLS makes another URI of it. */
            u32 id = l > first ? l[-1].protocol & FIELD_MASK : l->protocol;
            if (id >= k.protocols) return 0;
            const knowledge *below = known(id);
            if (below->name_length == 3 && is_word(below->name, "tls", 3)) return 0;
            row = http(row, r, at, end);
            if (!row) return 0;
            at = end;
        }
        r = (const i32 *)r[H_NEXT];
        break;
    default:
        return 0;
    }
    *recipe = r;
    *where = at;
    return row;
}

/*
 * Reports a layer by a recipe. Answers where the rows end; none if the header is not as the recipe says, and then it is as
 * if nothing had been done.
 */
static APART item *run(item *row, const i32 *r, const layer *l, const layer *first, const layer *last)
{
    const u8 *origin = (const u8 *)k.origin;
    const u8 *begin = origin + l->start, *end = origin + l->end, *stop = origin + l->limit, *at = begin;
    u32 text_before = k.text_used, times_before = k.times_used;
    for (;;) {
        switch (*r) {
        case STEP_END:
            return row;
        case STEP_RUN:
            if (r[1] > end - at) goto unusual;
            row = add_fields(row, (const run_field *)(r + 3), (u32)r[2], at);
            at += r[1];
            r += 3 + r[2] * 8;
            continue;
        case STEP_NEED:
            if (end - begin < r[1]) goto unusual;
            r += 2;
            continue;
        case STEP_TEST: {
            u32 v = be16(begin + r[1]) & (u32)r[2];
            if (v < (u32)r[3] || v > (u32)r[4]) goto unusual;
            r += 5;
            continue;
        }
        case STEP_WHOLE:
            if ((u32)(end - begin) != (begin[r[1]] & (u32)r[2]) >> r[3] << 2) goto unusual;
            r += 4;
            continue;
        case STEP_HEADER_CHECKSUM:
            if (end > stop) goto unusual;
            row = add(row, (u32)r[1], (u32)(at - origin), 0, good(sum(begin, (u32)(end - begin))) ? 1 : 0);
            r += 2;
            continue;
        case STEP_TRANSPORT_CHECKSUM: {
            if (l == first || network != l - 1) goto unusual;
            u32 status = 2, length = r[5] < 0 ? l->reported - l->start : be16(begin + r[5]);
            if (r[4] != 0 && raw16(begin + r[3]) == 0) status = address_length == 4 ? 3 : 4;
            else if (length <= l->limit - l->start) {
                u64 v = sum(source, address_length) + sum(destination, address_length) + sum(begin, length);
                v += __builtin_bswap16((u16)r[2]);
                v += (u64)__builtin_bswap16((u16)length) + __builtin_bswap16((u16)(length >> 16));
                status = good(v) ? 1 : 0;
            }
            row = add(row, (u32)r[1], (u32)(at - origin), 0, status);
            r += 6;
            continue;
        }
        case STEP_SIZE:
            if (l == first || network != l - 1 || l->reported < l->end) goto unusual;
            row = add(row, (u32)r[1], (u32)(at - origin), 0, l->reported - l->end);
            r += 2;
            continue;
        case STEP_BIT_TEXT: {
            u32 v = be16(begin + r[2]), from = k.text_used;
            if (from + 4 * (u32)r[3] > TEXT_BYTES_MAX) goto unusual;
            u8 *t = k.text + from;
            const i32 *pair = r + 4;
            for (i32 i = r[3] - 1; i >= 0; i--, pair += 4) {
                const i32 *is = v >> i & 1 ? pair : pair + 2;
                put32(t, (u32)is[0]);
                t += is[1];
            }
            k.text_used = (u32)(t - k.text);
            row = add(row, (u32)r[1], from | IN_TEXT, k.text_used - from, 0);
            r = pair;
            continue;
        }
        case STEP_REST:
            if (end > at) row = add(row, (u32)r[1], (u32)(at - origin), (u32)(end - at), 0);
            r += 2;
            continue;
        case STEP_OPTIONS:
            if (end - at > LIST_MAX) goto unusual;
            while (at < end) {
                const option *o = ((const option *const *)r[2])[*at];
                if (!o || row >= k.rows_end || o->length > end - at) goto unusual;
                if (o->told >= 0 && at[1] != o->told) goto unusual;
                row = add(row, o->heading, (u32)(at - origin), (u32)o->length, 0);
                row = add_fields(row, (const run_field *)(o + 1), o->fields, at);
                at += o->length;
            }
            r = (const i32 *)r[1];
            continue;
        case STEP_PAYLOAD: {
            const u8 *until = r[2] != 0 && l > first ? origin + l[-1].limit : stop;
            if (until > end && (r[3] < 0 || be16(begin + r[3]) != (u32)r[4])) {
                int other = r[5] >= 0 && (begin[r[5]] & (u32)r[6]) != 0;
                row = add(row, (u32)(other ? r[7] : r[1]), (u32)(end - origin), (u32)(until - end), 0);
            }
            r += 8;
            continue;
        }
        case STEP_TRAILER: {
            u32 most = l > first ? l[-1].limit : frame_limit, all = l > first ? l[-1].reported : frame_reported;
            if (l + 1 < last && l[1].reported < most && l[1].reported < all) {
                if (k.sequences && l == first) goto unusual;
                item *behind = add_trailer(row, r, l + 1, most, all);
                if (!behind) goto unusual;
                row = behind;
            }
            r += 4;
            continue;
        }
        case STEP_BYTES:
            if (end > at) row = add(row, (u32)r[1], (u32)(at - origin), (u32)(end - at), 0);
            at = end;
            r += 2;
            continue;
        case STEP_LENGTH:
            row = add(row, (u32)r[1], (u32)(at - origin), 0, (u32)(stop - begin));
            r += 2;
            continue;
        case STEP_NETWORK:
            source = begin + r[1];
            destination = begin + r[2];
            address_length = (u32)r[3];
            network = l;
            r += 4;
            continue;
        case STEP_BYTE:
            row = add(row, (u32)r[1], (u32)(at - origin), 0, (u32)begin[r[2]] >> r[3]);
            r += 4;
            continue;
        case STEP_UNLESS:
            if ((be32(begin + r[1]) & (u32)r[2]) == (u32)r[3]) goto unusual;
            r += 4;
            continue;
        case STEP_AT_END:
            if (at != end) goto unusual;
            r += 1;
            continue;
        default: {
            const i32 *next = r;
            const u8 *to = at;
            item *behind = run_rare(row, &next, &to, l, first);
            if (!behind) goto unusual;
            row = behind;
            r = next;
            at = to;
        }
        }
    }
unusual:
    k.text_used = text_before;
    k.times_used = times_before;
    return 0;
}

/* Reports packet `i`. Answers the number of its rows. */
EXPORT(report) u32 report(u32 i)
{
    const layer *first = (const layer *)(k.layer_rows + k.first_layers[i]);
    const layer *last = (const layer *)(k.layer_rows + k.first_layers[i + 1]);
    u32 wire = frame_wire = k.wire[i];
    frame_limit = k.starts[i] + k.captured[i];
    frame_seconds = k.seconds[i];
    frame_nanoseconds = k.nanoseconds[i];
    frame_reported = k.starts[i] + (wire < WIRE_LENGTH_MAX ? wire : WIRE_LENGTH_MAX);
    k.text_used = k.times_used = k.issue = 0;
    network = 0;
    item *row = k.frame_fields ? add_frame(k.rows, i, first, last) : 0;
    if (!row) {
        k.text_used = k.times_used = 0;
        row = k.rows + report_frame(i);
    }
    for (const layer *l = first; l < last; l++) {
        /* Flags stand above the protocol: then the header is not whole, or one that an error message quotes. */
        item *behind = 0;
        if (l->protocol < k.protocols && row < k.rows_end) {
            const i32 *recipe = known(l->protocol)->recipe;
            if (recipe) behind = run(row, recipe, l, first, last);
        }
        if (!behind) {
            network = 0;
            behind = k.rows + report_layer(i, (u32)((const u32 *)l - k.layer_rows), (u32)(row - k.rows));
        }
        row = behind;
    }
    u32 count = (u32)(row - k.rows);
    return k.issues | k.issue ? report_after(i, count) : count;
}

/* Writes `count` packets at `at`. Answers where they end. */
EXPORT(write) u32 write(u32 count, u8 *at)
{
    for (u32 i = 0; i < count; i++) at = put_line(at, i, report(i), number_of(i));
    return (u32)at;
}
