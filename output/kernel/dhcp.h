/*
 * Usual options of DHCP, as ../../protocols/_dhcp.ts reports them: those of one value or a list of one kind, and a client's
 * MAC address. Included by kernel.c.
 */

/* What follows the fields of STEP_DHCP_OPTIONS; then for each code the number of its field and its shape, or no shape. */
enum { O_NEXT = O_ALL, O_LETTERS, O_TABLE };

/* The options that say that the fixed fields hold options, and what message it is; where options begin, by the cookie. */
enum { OPTION_OVERLOAD = 52, OPTION_MESSAGE = 53, COOKIE_AT = 236 };

/*
 * Whether an option of the message from `at` to `end` says what message it is, and none that fixed fields are something
 * else: what `scanOptions` in ../../protocols/_dhcp.ts finds before any of it is reported.
 */
static APART int dhcp_usual(const u8 *at, const u8 *end)
{
    int told = 0;
    if (end - at < COOKIE_AT + 4 || be32(at + COOKIE_AT) != 0x63825363) return 0;
    for (at += COOKIE_AT + 4; at < end && *at != 255;) {
        if (*at == 0) {
            at++;
            continue;
        }
        if (end - at < 2 || end - at - 2 < at[1]) break;
        if (*at == OPTION_OVERLOAD) return 0;
        if (*at == OPTION_MESSAGE && at[1] > 0) told = 1;
        at += 2 + at[1];
    }
    return told;
}

/* A list of numbers of `size` bytes from `at` to `end`; none if something is left over. */
static APART item *dhcp_list(item *row, i32 field, const u8 *at, const u8 *end, u32 size)
{
    for (; (u32)(end - at) >= size; at += size) {
        row = add(row, (u32)field, place_of(at), size, size == 1 ? *at : size == 2 ? be16(at) : 0);
    }
    return at == end ? row : 0;
}

/* The value of an option from `at` to `end`; none if it is not usual. */
static APART item *dhcp_value(item *row, const i32 *r, const i32 *entry, const u8 *at, const u8 *end)
{
    u32 n = (u32)(end - at), value = 0, shape = (u32)entry[1];
    switch (shape) {
    case SHAPE_IP:
        if (n != 4) return 0;
        break;
    case SHAPE_IPS:
        return dhcp_list(row, entry[0], at, end, 4);
    case SHAPE_VENDOR_CLASS:
        /* Some vendors put more into it than a text. */
        if (n > 0 && (r[O_LETTERS] >> (*at & 31) & 1) != 0) return 0;
        /* fall through */
    case SHAPE_TEXT:
        for (const u8 *p = at; p < end; p++) {
            if (*p == 0 || *p >= 0x80) return 0;
        }
        break;
    case SHAPE_BOOL:
        if (n != 1 || *at > 1) return 0;
        value = *at;
        break;
    case SHAPE_U8:
        if (n != 1) return 0;
        value = *at;
        break;
    case SHAPE_U8S:
        return dhcp_list(row, entry[0], at, end, 1);
    case SHAPE_U16:
        if (n != 2) return 0;
        value = be16(at);
        break;
    case SHAPE_U16S:
        return dhcp_list(row, entry[0], at, end, 2);
    case SHAPE_U32:
    case SHAPE_I32:
    case SHAPE_TIME:
        if (n != 4) return 0;
        value = be32(at);
        break;
    case SHAPE_CLIENT:
        if (n != 7 || (*at != 1 && *at != 6)) return 0;
        row = add(row, (u32)r[O_HW_TYPE], place_of(at), 1, *at);
        return add(row, (u32)r[O_MAC], place_of(at + 1), 6, 0);
    case SHAPE_RAW:
    case SHAPE_BYTES:
        break;
    default:
        return 0;
    }
    return add(row, (u32)entry[0], place_of(at), n, value);
}

/* The options that begin at `*where`, and where they end; none if one of them is not usual. */
static APART item *dhcp_options(item *row, const i32 *r, const u8 **where, const u8 *end)
{
    const u8 *at = *where;
    for (u32 i = 0; i < LIST_MAX && at < end; i++) {
        if (row >= k.rows_end) return 0;
        const u8 *begin = at;
        u32 kind = *at, place = place_of(at);
        item *heading = row;
        row = add(row, (u32)r[O_HEADING], place, 0, 0);
        /* The end's type is shown as 0. */
        row = add(row, (u32)r[O_TYPE], place, 1, kind == 255 ? 0 : kind);
        row = add(row, (u32)r[O_KIND], place, 1, kind);
        at++;
        if (kind == 0) {
            while (at < end && *at == 0) at++;
            row = add(row, (u32)r[O_PADDING], place, (u32)(at - begin), 0);
        } else if (kind == 255) row = add(row, (u32)r[O_END], place, 1, kind);
        else {
            if (at >= end || end - at <= *at) return 0;
            u32 n = *at;
            row = add(row, (u32)r[O_LENGTH], place_of(at), 1, n);
            at++;
            row = add(row, (u32)r[O_BYTES], place_of(at), n, 0);
            row = dhcp_value(row, r, r + O_TABLE + 2 * kind, at, at + n);
            if (!row) return 0;
            at += n;
        }
        heading->length = (i32)(at - begin);
        if (kind == 255) break;
    }
    *where = at;
    return row;
}
