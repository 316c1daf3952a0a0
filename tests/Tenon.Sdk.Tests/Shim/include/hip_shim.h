// HIP for a processor: what the text of kernels uses of it.
#pragma once
#include "half.h"
#include "lanes.h"

#define __global__
#define __device__
#define __shared__ static
#define amdgpu_flat_work_group_size(least, most)
#define _Float16 shim::half
#define __builtin_fmaf16 shim::fma_half

static unsigned char* const shim_local = nullptr;

extern "C" inline float __ocml_sqrt_f32(float x) { return __builtin_sqrtf(x); }
extern "C" inline double __ocml_sqrt_f64(double x) { return __builtin_sqrt(x); }

#define __builtin_amdgcn_workgroup_id_x() shim::group.x
#define __builtin_amdgcn_workgroup_id_y() shim::group.y
#define __builtin_amdgcn_workgroup_id_z() shim::group.z
#define __builtin_amdgcn_workitem_id_x() shim::lane.x
#define __builtin_amdgcn_workitem_id_y() shim::lane.y
#define __builtin_amdgcn_workitem_id_z() shim::lane.z
#define __builtin_amdgcn_fence(order, scope) ((void)0)
#define __builtin_amdgcn_s_barrier() shim::barrier()
#define __builtin_amdgcn_mbcnt_lo(mask, x) ((x) + (shim::lane_in_subgroup() < 32 ? shim::lane_in_subgroup() : 32))
#define __builtin_amdgcn_mbcnt_hi(mask, x) ((x) + (shim::lane_in_subgroup() < 32 ? 0 : shim::lane_in_subgroup() - 32))
#define __builtin_amdgcn_ds_bpermute(address, x) (int)shim::pull((unsigned)(x), (unsigned)(address) >> 2)
