// Floats of 16 bits: each operation is computed in float32 and rounded, which is rounding once.
#pragma once

namespace shim {

inline float widen(unsigned short x)
{
    unsigned sign = (unsigned)(x & 0x8000) << 16, exponent = x >> 10 & 31, fraction = x & 0x3ff;
    if (exponent == 0) { float value = __builtin_ldexpf((float)fraction, -24); return sign ? -value : value; }
    return __builtin_bit_cast(float, sign | (exponent == 31 ? 255u : exponent + 112) << 23 | fraction << 13);
}

inline unsigned short narrow(double x)
{
    unsigned short sign = __builtin_signbit(x) ? 0x8000 : 0;
    double size = __builtin_fabs(x);
    if (size != size) return sign | 0x7e00;
    if (size >= 65520) return sign | 0x7c00;
    int exponent = size < 0x1p-14 ? -14 : __builtin_ilogb(size);
    double scaled = __builtin_nearbyint(__builtin_ldexp(size, 10 - exponent));   // units of the last place, to nearest even
    return sign | (unsigned short)(((exponent + 14) << 10) + (int)scaled);
}

struct half {
    unsigned short bits;
    half() = default;
    explicit half(float x) : bits(narrow(x)) {}
    explicit operator float() const { return widen(bits); }
};

inline half operator+(half x, half y) { return half((float)x + (float)y); }
inline half operator-(half x, half y) { return half((float)x - (float)y); }
inline half operator*(half x, half y) { return half((float)x * (float)y); }
inline half operator/(half x, half y) { return half((float)x / (float)y); }
inline half operator-(half x) { x.bits ^= 0x8000; return x; }
inline bool operator<(half x, half y) { return (float)x < (float)y; }
inline bool operator>(half x, half y) { return (float)x > (float)y; }
inline bool operator==(half x, half y) { return (float)x == (float)y; }
inline bool operator!=(half x, half y) { return (float)x != (float)y; }
inline half fma_half(half x, half y, half z)
{
    half result;
    result.bits = narrow((double)(float)x * (double)(float)y + (double)(float)z);
    return result;
}

struct brain {
    unsigned short bits;
    brain() = default;
    explicit brain(float x)
    {
        unsigned code = __builtin_bit_cast(unsigned, x);
        bits = x != x ? 0x7fc0 : (unsigned short)((code + 0x7fff + (code >> 16 & 1)) >> 16);
    }
    explicit operator float() const { return __builtin_bit_cast(float, (unsigned)bits << 16); }
};

}
