/*
 * Usual DNS messages, as ../../protocols/_dns.ts reports them: queries and answers in datagrams whose names are shown by
 * their labels, whose data is as long as its type has it, and behind which nothing follows. Included by kernel.c.
 */

/* First byte of the message, the entries of its sections, and what the records have; see `Recipe.dnsParts`. */
static const u8 *message;
static u32 counts[4];
static const i32 *parts;

/* Bytes of the name last looked at where it stands, and of its text. */
static u32 name_wire, name_text;

/* Whether the name at `at` is shown by its labels: `scanName` in ../../protocols/_dns_parts.ts calls it PLAIN. */
static APART int plain_name(const u8 *at, const u8 *end)
{
    const u8 *p = at, *stop = end;
    u32 wire = 0, hops = 0, passed = 0, text = 0, most = (u32)(end - message);
    for (;;) {
        if (p >= end) return 0;
        u32 n = *p;
        if (n == 0) break;
        if (n >= 0xc0) {
            if (p + 1 >= end) return 0;
            if (wire == 0) wire = (u32)(p + 2 - at);
            const u8 *target = message + ((n & 0x3f) << 8 | p[1]);
            passed += 2;
            if (++hops > NAME_POINTERS_MAX || passed >= most || target >= p) return 0;
            stop = p;
            p = target;
            continue;
        }
        if (n >= 0x40 || p + 1 + n > stop) return 0;
        passed += n + 1;
        if (wire != 0 && passed >= most) return 0;
        text += n + 1;
        if (text >= NAME_BYTES_MAX) return 0;
        p += 1 + n;
    }
    name_wire = wire == 0 ? (u32)(p + 1 - at) : wire;
    name_text = text > 0 ? text - 1 : 0;
    return 1;
}

/* One more than the dots in the text of a name, those within labels included. */
static APART u32 labels(const u8 *p)
{
    u32 count = 0;
    for (;;) {
        u32 n = *p;
        if (n == 0) return count;
        if (n >= 0xc0) {
            p = message + ((n & 0x3f) << 8 | p[1]);
            continue;
        }
        count++;
        for (u32 i = 1; i <= n; i++) count += p[i] == '.';
        p += 1 + n;
    }
}

static inline item *add_name(item *row, i32 field, const u8 *at)
{
    return add(row, (u32)field, place_of(at), name_wire, place_of(message));
}

/* A number of two bytes. */
static inline item *add_word(item *row, i32 field, const u8 *at)
{
    return add(row, (u32)field, place_of(at), 2, be16(at));
}

/* A bit of two bytes. */
static inline item *add_bit(item *row, i32 field, const u8 *at, u32 mask)
{
    return add(row, (u32)field, place_of(at), 2, (be16(at) & mask) != 0);
}

/* All of the header at `o`; none if it is that of another operation. */
static APART item *dns_header(item *row, const i32 *r, const u8 *o)
{
    const u8 *at = o + 2;
    u32 flags = be16(at), response = flags & 0x8000;
    if ((flags & 0x7800) != 0) return 0;
    message = o;
    row = add_word(row, r[D_ID], o);
    row = add_word(row, r[D_FLAGS], at);
    row = add_bit(row, r[D_RESPONSE], at, 0x8000);
    row = add(row, (u32)r[D_OPCODE], place_of(at), 2, 0);
    if (response) row = add_bit(row, r[D_AUTHORITATIVE], at, 0x400);
    row = add_bit(row, r[D_TRUNCATED], at, 0x200);
    row = add_bit(row, r[D_RECURSION_DESIRED], at, 0x100);
    if (response) row = add_bit(row, r[D_RECURSION_AVAILABLE], at, 0x80);
    row = add_bit(row, r[D_Z], at, 0x40);
    if (response || flags & 0x20) row = add_bit(row, r[D_AUTHENTIC_DATA], at, 0x20);
    row = add_bit(row, r[D_CHECKING_DISABLED], at, 0x10);
    if (response) row = add(row, (u32)r[D_RCODE], place_of(at), 2, flags & 15);
    for (u32 i = 0; i < 4; i++) {
        counts[i] = be16(o + 4 + 2 * i);
        if (counts[i] > LIST_MAX) return 0;
        row = add_word(row, r[D_QUESTION_COUNT + i], o + 4 + 2 * i);
    }
    return row;
}

/* The questions that begin at `*where`, and where they end; none if one of them is not usual. */
static APART item *dns_questions(item *row, const i32 *r, const u8 **where, const u8 *end)
{
    const u8 *at = *where;
    for (u32 i = 0; i < counts[0]; i++) {
        if (row >= k.rows_end || !plain_name(at, end)) return 0;
        const u8 *p = at + name_wire;
        if (end - p < 4) return 0;
        /* The root is shown as a word of six letters, and of a name of one letter nothing is counted. */
        u32 text = name_text == 0 ? 6 : name_text;
        u32 count = text == 1 ? 0 : name_text > 0 ? labels(at) : 1;
        row = add(row, (u32)r[Q_HEADING], place_of(at), (u32)(p + 4 - at), 0);
        row = add_name(row, r[Q_NAME], at);
        row = add(row, (u32)r[Q_LENGTH], place_of(at), name_wire, text > 1 ? text : 0);
        row = add(row, (u32)r[Q_LABELS], place_of(at), name_wire, count);
        row = add_word(row, r[Q_TYPE], p);
        if (r[Q_UNICAST] < 0) row = add_word(row, r[Q_CLASS], p + 2);
        else {
            row = add(row, (u32)r[Q_CLASS], place_of(p + 2), 2, be16(p + 2) & 0x7fff);
            row = add_bit(row, r[Q_UNICAST], p + 2, 0x8000);
        }
        at = p + 4;
    }
    *where = at;
    return row;
}

/* Texts of a byte of length each, from `*where` to `end`: one of them, or all. None if they are not in ASCII. */
static APART item *dns_texts(item *row, const i32 *r, const u8 **where, const u8 *end)
{
    const u8 *at = *where;
    u32 count = 0;
    do {
        if (row >= k.rows_end || at >= end || ++count > LIST_MAX) return 0;
        u32 n = *at;
        if ((u32)(end - at) <= n) return 0;
        row = add(row, (u32)r[1], place_of(at), 1, n);
        row = add(row, (u32)r[2], place_of(at + 1), n, 0);
        for (at++; n > 0; n--) {
            if (*at++ >= 0x80) return 0;
        }
    } while (r[3] == 0 && at < end);
    *where = at;
    return row;
}

/* The data from `at` to `until` of a message that ends at `end`; none if it is not as its recipe says. */
static APART item *dns_data(item *row, const i32 *r, const u8 *at, const u8 *until, const u8 *end)
{
    for (;;) {
        switch (*r) {
        case STEP_END:
            return at == until ? row : 0;
        case STEP_RUN:
            if (r[1] > until - at) return 0;
            row = add_fields(row, (const run_field *)(r + 3), (u32)r[2], at);
            at += r[1];
            r += 3 + r[2] * 8;
            continue;
        case STEP_NAME:
            if (!plain_name(at, end)) return 0;
            row = add_name(row, r[1], at);
            at += name_wire;
            r += 2;
            continue;
        case STEP_TEXTS:
            row = dns_texts(row, r, &at, until);
            if (!row) return 0;
            r += 4;
            continue;
        case STEP_BYTES:
            if (until < at) return 0;
            if (until > at) row = add(row, (u32)r[1], place_of(at), (u32)(until - at), 0);
            at = until;
            r += 2;
            continue;
        default:
            return 0;
        }
    }
}

/* Types of records: the owner of SRV is shown by its parts, OPT has other fields. */
enum { TYPE_SRV = 33, TYPE_OPT = 41 };

/* What follows the fields of STEP_DNS_PARTS: the next step, recipes by type. */
enum { P_NEXT = P_ALL, P_DATA };

/* The records of a section, that begin at `*where`, and where they end; none if one of them is not usual. */
static APART item *dns_records(item *row, const i32 *r, const u8 **where, const u8 *end)
{
    const u8 *at = *where;
    const i32 *ids = parts;
    for (u32 i = 0; i < counts[r[1]]; i++) {
        if (row >= k.rows_end || !plain_name(at, end)) return 0;
        const u8 *p = at + name_wire;
        if (end - p < 10) return 0;
        u32 type = be16(p), n = be16(p + 8);
        if ((u32)(end - p) - 10 < n || type == TYPE_SRV) return 0;
        row = add(row, (u32)r[2], place_of(at), (u32)(p + 10 + n - at), 0);
        row = add_name(row, ids[P_NAME], at);
        row = add_word(row, ids[P_TYPE], p);
        u32 class = be16(p + 2) & (ids[P_FLUSH] < 0 ? 0xffff : 0x7fff);
        row = add(row, (u32)ids[type == TYPE_OPT ? P_SIZE : P_CLASS], place_of(p + 2), 2, class);
        if (ids[P_FLUSH] >= 0) row = add_bit(row, ids[P_FLUSH], p + 2, 0x8000);
        if (type == TYPE_OPT) {
            if (n != 0) return 0;
            row = add(row, (u32)ids[P_HIGH], place_of(p + 4), 1, p[4]);
            row = add(row, (u32)ids[P_VERSION], place_of(p + 5), 1, p[5]);
            row = add_word(row, ids[P_Z], p + 6);
            row = add_bit(row, ids[P_DO], p + 6, 0x8000);
            row = add(row, (u32)ids[P_RESERVED], place_of(p + 6), 2, be16(p + 6) & 0x7fff);
        } else row = add(row, (u32)ids[P_TTL], place_of(p + 4), 4, be32(p + 4));
        row = add_word(row, ids[P_LENGTH], p + 8);
        at = p + 10;
        if (n > 0) {
            const i32 *data = type < 256 ? (const i32 *)ids[P_DATA + type] : 0;
            if (!data) return 0;
            row = dns_data(row, data, at, at + n, end);
            if (!row) return 0;
        }
        at += n;
    }
    *where = at;
    return row;
}
