"""Lets tinygrad, whose bindings are of a Dawn of early 2025, use a later one, so that it can be measured on the library that Tenon uses. To be
imported after tinygrad is on the path, and before its device is opened. Only what the library has changed is told anew: names of functions, layouts of
structures, and numbers. Kernels and how they are run stay tinygrad's. The limits have moved too, but tinygrad only hands them on, and they are no
longer than they were. With a Dawn that the bindings fit nothing is done.

The library is what WEBGPU_PATH names, else one of those below in a folder of LD_LIBRARY_PATH.
"""
import ctypes
import os
from pathlib import Path

NAMES = ["libwebgpu_dawn.so", "libwebgpu_wrapper.so", "libdawn.so"]

if not os.environ.get("WEBGPU_PATH"):
    folders = [Path(folder) for folder in os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep) if folder]
    found = [folder / name for name in NAMES for folder in folders if (folder / name).is_file()]
    if found:
        os.environ["WEBGPU_PATH"] = str(found[0])

from tinygrad.runtime.autogen import webgpu
from tinygrad.runtime.support import c


def structure(size, *fields):
    """Fields are names, types and offsets."""
    return c.init_c_struct_t(size, fields)


def function(name, result, *arguments, called=None):
    """A function of the library, called otherwise by tinygrad if that is said."""
    def stub():
        pass

    stub.__name__ = name
    setattr(webgpu, called or name, webgpu.dll.bind(result, *arguments)(stub))


def fit():
    pointer, text = ctypes.POINTER, webgpu.WGPUStringView
    chain = pointer(webgpu.WGPUChainedStruct)

    # Functions whose second generation has taken the place of the first.
    for name in ["wgpuAdapterRequestDevice", "wgpuBufferMapAsync", "wgpuDeviceCreateComputePipelineAsync", "wgpuDevicePopErrorScope"]:
        old = getattr(webgpu, f"{name}2")
        function(name, old.restype, *old.argtypes, called=f"{name}2")

    # Work that is done has a message too, as a mapped buffer has.
    function("wgpuQueueOnSubmittedWorkDone", webgpu.WGPUFuture, webgpu.WGPUQueue, webgpu.WGPUBufferMapCallbackInfo2, called="wgpuQueueOnSubmittedWorkDone2")

    webgpu.WGPURequestAdapterOptions = structure(
        32, ("nextInChain", chain, 0), ("featureLevel", webgpu.WGPUFeatureLevel, 8), ("powerPreference", webgpu.WGPUPowerPreference, 12),
        ("forceFallbackAdapter", webgpu.WGPUBool, 16), ("backendType", webgpu.WGPUBackendType, 20), ("compatibleSurface", webgpu.WGPUSurface, 24))
    function("wgpuInstanceRequestAdapter", webgpu.WGPUFuture, webgpu.WGPUInstance, pointer(webgpu.WGPURequestAdapterOptions),
             webgpu.WGPURequestAdapterCallbackInfo2, called="wgpuInstanceRequestAdapter2")
    webgpu.WGPUFeatureName_ShaderF16 = 10

    # A binding may be an array, and a kind of binding may be there but undefined.
    webgpu.WGPUBindGroupLayoutEntry = structure(
        120, ("nextInChain", chain, 0), ("binding", ctypes.c_uint32, 8), ("visibility", webgpu.WGPUShaderStage, 16),
        ("bindingArraySize", ctypes.c_uint32, 24), ("buffer", webgpu.WGPUBufferBindingLayout, 32))
    webgpu.WGPUBindGroupLayoutDescriptor = structure(
        40, ("nextInChain", chain, 0), ("label", text, 8), ("entryCount", ctypes.c_size_t, 24), ("entries", pointer(webgpu.WGPUBindGroupLayoutEntry), 32))
    function("wgpuDeviceCreateBindGroupLayout", webgpu.WGPUBindGroupLayout, webgpu.WGPUDevice, pointer(webgpu.WGPUBindGroupLayoutDescriptor))
    webgpu.WGPUBufferBindingType_Uniform, webgpu.WGPUBufferBindingType_Storage = 2, 3

    webgpu.WGPUComputePassTimestampWrites = structure(
        24, ("nextInChain", chain, 0), ("querySet", webgpu.WGPUQuerySet, 8), ("beginningOfPassWriteIndex", ctypes.c_uint32, 16),
        ("endOfPassWriteIndex", ctypes.c_uint32, 20))
    webgpu.WGPUComputePassDescriptor = structure(
        32, ("nextInChain", chain, 0), ("label", text, 8), ("timestampWrites", pointer(webgpu.WGPUComputePassTimestampWrites), 24))
    function("wgpuCommandEncoderBeginComputePass", webgpu.WGPUComputePassEncoder, webgpu.WGPUCommandEncoder, pointer(webgpu.WGPUComputePassDescriptor))


if not hasattr(webgpu.dll, "wgpuBufferMapAsync2"):
    fit()
