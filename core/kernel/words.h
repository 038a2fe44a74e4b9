/* What the kernels share: types, how functions are exported, and reading words wherever they stand. */
#ifndef WORDS_H
#define WORDS_H

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int16_t i16;
typedef int32_t i32;

#define EXPORT(name) __attribute__((export_name(#name)))
/* Functions of their own: what is rare does not stand among what is not, and what is compiled at a time stays small. */
#define APART __attribute__((noinline))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* In the order of this machine. */
static inline u16 raw16(const void *p)
{
    u16 v;
    __builtin_memcpy(&v, p, 2);
    return v;
}
static inline u32 raw32(const void *p)
{
    u32 v;
    __builtin_memcpy(&v, p, 4);
    return v;
}
static inline u64 raw64(const void *p)
{
    u64 v;
    __builtin_memcpy(&v, p, 8);
    return v;
}
/* In network byte order. */
static inline u32 be16(const u8 *p) { return __builtin_bswap16(raw16(p)); }
static inline u32 be32(const u8 *p) { return __builtin_bswap32(raw32(p)); }

/* Whether the `n` bytes at `p` are those of `word`. */
static inline int is_word(const u8 *p, const void *word, u32 n)
{
    while (n > 0 && p[n - 1] == ((const u8 *)word)[n - 1]) n--;
    return n == 0;
}

/* Whether a time in seconds and microseconds is near `now`: what an echo begins with may be when it was sent. */
static inline int is_near(u32 s, u32 us, double now)
{
    const double d = s + us / 1e6 - now;
    return us < 1000000 && d < STAMP_SECONDS && d > -STAMP_SECONDS;
}

#endif
