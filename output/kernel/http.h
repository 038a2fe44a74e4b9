/*
 * Usual HTTP messages, as ../../protocols/_http.ts reports them: one request or response of the layer, in ASCII, whose
 * content is not in chunks. Included by kernel.c.
 */

/* What follows the fields of STEP_HTTP: the next step, and how many entries the tables behind it have. */
enum { H_NEXT = H_ALL, H_METHODS, H_STATUSES, H_NAMES, H_TABLES };

/* A method; a status and its text; the name of a header field. */
typedef struct {
    u32 length;
    u8 text[WORD_BYTES];
} method;
typedef struct {
    u32 code, length;
    u8 text[TEXT_BYTES];
} status;
typedef struct {
    u32 field, role, length;
    u8 text[WORD_BYTES];
} name;

/* What the lines of the message at hand said. */
static struct {
    const u8 *uri, *uri_end, *host, *host_end;
    int response, connect, has_length, encoded;
    u32 code;
    u64 length;
} said;

/* End of the line last found, and where the next one begins. */
static const u8 *line_end, *line_next;

/*
 * Finds the end of the line at `at`: CR LF, LF, or CR alone. Answers whether all of it is ASCII without NUL. Reads up to 15
 * bytes more.
 */
static APART int find_line(const u8 *at, const u8 *limit)
{
    for (; at < limit; at += 16) {
        v128_t b = wasm_v128_load(at);
        /* Signed: bytes from 0x80 on are below 1, too. */
        v128_t odd = wasm_i8x16_lt(b, wasm_i8x16_splat(1));
        v128_t stop = wasm_v128_or(wasm_i8x16_eq(b, wasm_i8x16_splat('\n')), wasm_i8x16_eq(b, wasm_i8x16_splat('\r')));
        u32 bits = wasm_i8x16_bitmask(wasm_v128_or(odd, stop));
        if (bits == 0) continue;
        at += __builtin_ctz(bits);
        if (at >= limit) break;
        if (*at != '\n' && *at != '\r') return 0;
        line_end = at;
        line_next = *at == '\r' && at + 1 < limit && at[1] == '\n' ? at + 2 : at + 1;
        return 1;
    }
    line_end = line_next = limit;
    return 1;
}

/* First `c` from `at` and before `end`; `end` if there is none. */
static inline const u8 *find(const u8 *at, const u8 *end, u32 c)
{
    while (at < end && *at != c) at++;
    return at;
}

/* First zero from `at` and before `end`; `end` if there is none. Reads up to 15 bytes more. */
static APART const u8 *find_zero(const u8 *at, const u8 *end)
{
    for (; at < end; at += 16) {
        u32 bits = wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(at), wasm_i8x16_splat(0)));
        if (bits == 0) continue;
        at += __builtin_ctz(bits);
        return at < end ? at : end;
    }
    return end;
}

static inline item *add_span_of(item *row, i32 field, const u8 *at, const u8 *end)
{
    return add(row, (u32)field, place_of(at), (u32)(end - at), 0);
}

/* Whether there is room for so much more text of the packet. */
static inline int has_text(u32 n) { return k.text_used + n <= TEXT_BYTES_MAX; }

/* Whether the text from `at` to `end` begins with `word`, whatever its case: small letters. */
static APART int begins(const u8 *at, const u8 *end, const char *word)
{
    for (; *word; word++, at++) {
        if (at >= end || (*at != (u8)*word && (*at | 0x20) != (u8)*word)) return 0;
    }
    return 1;
}

/* Whether the line that begins at `at` and has `end` as its first space, or its end, begins with one of the methods. */
static APART int is_method(const i32 *r, const u8 *at, const u8 *end)
{
    const method *m = (const method *)(r + H_TABLES), *last = m + r[H_METHODS];
    u32 n = (u32)(end - at);
    for (; m < last; m++) {
        if (m->length == n && is_word(at, m->text, n)) return 1;
    }
    return 0;
}

/* The line of a request, found before: at `at`. None if it is no such line. */
static APART item *http_request(item *row, const i32 *r, const u8 *at)
{
    const u8 *end = line_end, *first = find(at, end, ' '), *p = first;
    if (!is_method(r, at, first)) return 0;
    while (p < end && *p == ' ') p++;
    row = add_span_of(row, r[H_CHAT], at, line_next);
    row = add_span_of(row, r[H_METHOD], at, first);
    said.connect = first - at == 7 && is_word(at, "CONNECT", 7);
    /* Two spaces stand for an empty target. */
    if (p - first >= 2) p = first + 1;
    const u8 *uri = p, *uri_end = find(p, end, ' ');
    row = add_span_of(row, r[H_URI], uri, uri_end);
    said.uri = uri;
    said.uri_end = uri_end;
    const u8 *mark = find(uri, uri_end, '?');
    if (mark + 1 < uri_end) {
        row = add_span_of(row, r[H_PATH], uri, mark);
        row = add_span_of(row, r[H_QUERY], mark + 1, uri_end);
        u32 n = 0;
        for (const u8 *from = mark + 1; from < uri_end;) {
            const u8 *to = find(from, uri_end, '&');
            if (row >= k.rows_end || ++n > LIST_MAX) return 0;
            if (to > from) row = add_span_of(row, r[H_PARAMETER], from, to);
            from = to + 1;
        }
    }
    for (p = uri_end; p < end && *p == ' '; p++);
    row = add_span_of(row, r[H_REQUEST_VERSION], p, end);
    if ((first - at) + (uri_end - uri) + (end - p) + 2 != end - at || line_next - end != 2) {
        row = add_span_of(row, r[H_START_LINE], at, line_next);
    }
    return row;
}

/* The same of a response. */
static APART item *http_response(item *row, const i32 *r, const u8 *at)
{
    const u8 *end = line_end, *first = find(at, end, ' '), *p = first;
    while (p < end && *p == ' ') p++;
    const u8 *code_at = p, *code_end = find(p, end, ' ');
    if (code_end - code_at != 3) return 0;
    u32 code = 0;
    for (; p < code_end; p++) {
        if (*p < '0' || *p > '9') return 0;
        code = code * 10 + *p - '0';
    }
    const status *s = (const status *)((const method *)(r + H_TABLES) + r[H_METHODS]), *last = s + r[H_STATUSES];
    while (s < last && s->code != code) s++;
    if (s == last || !has_text(s->length)) return 0;
    said.response = 1;
    said.code = code;
    row = add_span_of(row, r[H_CHAT], at, line_next);
    row = add_span_of(row, r[H_RESPONSE_VERSION], at, first);
    row = add(row, (u32)r[H_CODE], place_of(code_at), 3, code);
    row = add_text(row, (u32)r[H_DESCRIPTION], s->text, s->length);
    while (p < end && *p == ' ') p++;
    if (p > code_end) row = add_span_of(row, r[H_PHRASE], p, end);
    if ((first - at) + 3 + (end - p) + 2 != end - at || line_next - end != 2) {
        row = add_span_of(row, r[H_START_LINE], at, line_next);
    }
    return row;
}

/* What a header field from `at` to `end` says of the content's length; none if it says nothing. */
static APART item *http_length(item *row, const i32 *r, const u8 *at, const u8 *end)
{
    u64 v = 0;
    const u8 *p = at;
    for (; p < end && *p >= '0' && *p <= '9'; p++) v = v * 10 + *p - '0';
    /* As many digits as a number has that JavaScript's are exact for. */
    if (!has_text(8) || p == at || p - at > 15 || (p < end && *p != ' ' && !(*p >= 9 && *p <= 13))) return 0;
    said.length = v;
    said.has_length = 1;
    u64 stored = __builtin_bswap64(v);
    return add_text(row, (u32)r[H_CONTENT_LENGTH], (const u8 *)&stored, 8);
}

/* A line of the header, found before: at `at`. None if it is not usual. */
static APART item *http_header(item *row, const i32 *r, const u8 *at)
{
    const u8 *end = line_end, *next = line_next, *colon = find(at, end, ':');
    /* What has a space before the colon, or one of these beginnings, may be a start line. */
    if (colon == end || find(at, colon, ' ') < colon) return 0;
    if (*at == 'H' ? begins(at, end, "http/") : *at == 'I' ? begins(at, end, "icy") : at[0] == 'M' && at[1] == '-') return 0;
    const u8 *value = colon + 1;
    while (value < end && (*value == ' ' || *value == '\t')) value++;
    row = add_span_of(row, r[H_HEADER], at, next);
    row = add_span_of(row, r[H_NAME], at, colon);
    row = add_span_of(row, r[H_VALUE], value, end);
    if (next - end != 2 || value != colon + 2 || colon[1] != ' ') row = add_span_of(row, r[H_LINE], at, next);
    row = add_span_of(row, r[said.response ? H_RESPONSE_LINE : H_REQUEST_LINE], at, next);
    const status *s = (const status *)((const method *)(r + H_TABLES) + r[H_METHODS]);
    const name *n = (const name *)(s + r[H_STATUSES]), *last = n + r[H_NAMES];
    u32 length = (u32)(colon - at);
    for (; n < last; n++) {
        if (n->length != length || (*at | 0x20) != n->text[0]) continue;
        u32 i = 1;
        while (i < length && (at[i] >= 'A' && at[i] <= 'Z' ? at[i] | 0x20 : at[i]) == n->text[i]) i++;
        if (i == length) break;
    }
    if (n == last) return row;
    row = add_span_of(row, (i32)n->field, value, end);
    switch (n->role) {
    case ROLE_LENGTH:
        return http_length(row, r, value, end);
    case ROLE_CODING: {
        const u8 *p = value;
        while (p < end && !begins(p, end, "identity")) p++;
        if (p == end && end > value) said.encoded = 1;
        return row;
    }
    case ROLE_HOST:
        said.host = value;
        said.host_end = end;
        return row;
    case ROLE_COOKIE: {
        u32 count = 0;
        for (const u8 *p = value; p < end;) {
            while (p < end && *p == ' ') p++;
            const u8 *to = find(p, end, ';');
            if (row >= k.rows_end || ++count > LIST_MAX) return 0;
            if (to > p) row = add_span_of(row, r[H_COOKIE_PAIR], p, to);
            p = to + 1;
        }
        return row;
    }
    case ROLE_CREDENTIALS:
        return begins(value, end, "basic ") || begins(value, end, "citrixagbasic ") ? 0 : row;
    case ROLE_NONE:
        return row;
    default:
        return 0;
    }
}

static inline int is_space(u32 c) { return c == ' ' || (c >= 9 && c <= 13); }

/* The whole URI, from the host and the target; none if there is no room for it. */
static APART item *http_uri(item *row, const i32 *r)
{
    const u8 *host = said.host, *host_end = said.host_end, *uri = said.uri;
    u32 from = k.text_used, n = (u32)(said.uri_end - uri);
    if (!has_text(7 + (u32)(host_end - host) + n)) return 0;
    u8 *t = k.text + from;
    if (!said.connect && !begins(uri, said.uri_end, "http://") && !begins(uri, said.uri_end, "https://")) {
        __builtin_memcpy(t, "http://", 7);
        t += 7;
        while (host < host_end && is_space(*host)) host++;
        while (host_end > host && is_space(host_end[-1])) host_end--;
        __builtin_memcpy(t, host, (u32)(host_end - host));
        t += host_end - host;
    }
    __builtin_memcpy(t, uri, n);
    k.text_used = (u32)(t + n - k.text);
    return add(row, (u32)r[H_FULL_URI], from | IN_TEXT, k.text_used - from, 0);
}

/* The message from `at` to `limit`; none if it is not usual. */
static APART item *http(item *row, const i32 *r, const u8 *at, const u8 *limit)
{
    __builtin_memset(&said, 0, sizeof said);
    if (!find_line(at, limit)) return 0;
    int response = line_end - at >= 5 && is_word(at, "HTTP/", 5);
    row = response ? http_response(row, r, at) : http_request(row, r, at);
    if (!row) return 0;
    for (at = line_next; at < limit; at = line_next) {
        if (row >= k.rows_end || !find_line(at, limit)) return 0;
        if (line_end == at) {
            at = line_next;
            break;
        }
        row = http_header(row, r, at);
        if (!row) return 0;
    }
    if (said.host && said.uri) {
        row = http_uri(row, r);
        if (!row) return 0;
    }
    row = add(row, (u32)r[said.response ? H_RESPONSE : H_REQUEST], place_of(at), 0, 1);
    const u8 *end = limit;
    u32 code = said.code;
    if (said.has_length) end = said.length < (u64)(limit - at) ? at + said.length : limit;
    else if (!said.response || (code >= 100 && code < 200) || code == 204 || code == 304) end = at;
    /* Another message follows. */
    if (end < limit) return 0;
    if (end == at) return row;
    if (!said.encoded) row = add_span_of(row, r[H_FILE_DATA], at, find_zero(at, end));
    return add_span_of(row, r[said.has_length ? H_BODY : H_REST], at, end);
}
