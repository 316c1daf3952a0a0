// CUDA C++ for a processor: what the text of kernels uses of it.
#pragma once
#include "half.h"
#include "lanes.h"

#define __global__
#define __device__
#define __shared__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(lanes)
#define __align__(bytes) __attribute__((aligned(bytes)))
#define blockIdx shim::group
#define threadIdx shim::lane

typedef shim::half __half;
typedef shim::brain __nv_bfloat16;

extern "C" { __attribute__((aligned(64))) unsigned char local_block[256 << 10]; }
static unsigned char* const shim_local = local_block;

inline float sqrtf(float x) { return __builtin_sqrtf(x); }
inline double sqrt(double x) { return __builtin_sqrt(x); }
inline float truncf(float x) { return __builtin_truncf(x); }
inline double trunc(double x) { return __builtin_trunc(x); }
inline float fmaf(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
inline double fma(double x, double y, double z) { return __builtin_fma(x, y, z); }

inline void __syncthreads() { shim::barrier(); }
inline unsigned __activemask() { return ~0u; }
inline unsigned __shfl_xor_sync(unsigned, unsigned x, unsigned mask) { return shim::pull(x, shim::lane_in_subgroup() ^ mask); }

inline unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
inline float __uint_as_float(unsigned x) { return __builtin_bit_cast(float, x); }
inline long long __double_as_longlong(double x) { return __builtin_bit_cast(long long, x); }
inline double __longlong_as_double(long long x) { return __builtin_bit_cast(double, x); }
inline unsigned short __half_as_ushort(__half x) { return x.bits; }
inline __half __ushort_as_half(unsigned short x) { return __builtin_bit_cast(__half, x); }
inline unsigned short __bfloat16_as_ushort(__nv_bfloat16 x) { return x.bits; }
inline __nv_bfloat16 __ushort_as_bfloat16(unsigned short x) { return __builtin_bit_cast(__nv_bfloat16, x); }

inline float __half2float(__half x) { return (float)x; }
inline __half __float2half_rn(float x) { return __half(x); }
inline float __bfloat162float(__nv_bfloat16 x) { return (float)x; }
inline __nv_bfloat16 __float2bfloat16_rn(float x) { return __nv_bfloat16(x); }

template <class T> T __hadd_rn(T x, T y) { return T((float)x + (float)y); }
template <class T> T __hsub_rn(T x, T y) { return T((float)x - (float)y); }
template <class T> T __hmul_rn(T x, T y) { return T((float)x * (float)y); }
template <class T> T __hneg(T x) { x.bits ^= 0x8000; return x; }
inline __half __hfma(__half x, __half y, __half z) { return shim::fma_half(x, y, z); }
inline __nv_bfloat16 __hfma(__nv_bfloat16 x, __nv_bfloat16 y, __nv_bfloat16 z)
{
    // To odd first, so that rounding again is rounding once.
    double exact = (double)(float)x * (double)(float)y + (double)(float)z;
    float nearest = (float)exact;
    unsigned bits = __builtin_bit_cast(unsigned, nearest);
    if (exact == exact && (double)nearest != exact && !(bits & 1)) bits += __builtin_fabs((double)nearest) > __builtin_fabs(exact) ? -1 : 1;
    return __nv_bfloat16(__builtin_bit_cast(float, bits));
}
