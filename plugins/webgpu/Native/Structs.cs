using System.Runtime.InteropServices;

namespace Tenon.Plugins.WebGpu.Native;

// The structures of webgpu.h, field by field; what isn't used is zero.

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct StringView
{
    public byte* Data;
    public nuint Length;
}

[StructLayout(LayoutKind.Sequential)]
internal struct CallbackInfo
{
    public nint Next;
    public uint Mode;
    public nint Callback;
    public nint UserData1;
    public nint UserData2;
}

[StructLayout(LayoutKind.Sequential)]
internal struct UncapturedErrorInfo
{
    public nint Next;
    public nint Callback;
    public nint UserData1;
    public nint UserData2;
}

// As it was while there was wgpuGetInstanceCapabilities.
[StructLayout(LayoutKind.Sequential)]
internal struct InstanceDescriptor
{
    public nint Next;
    public nint CapabilitiesNext;
    public uint TimedWaitAnyEnable;
    public nuint TimedWaitAnyMaxCount;
}

[StructLayout(LayoutKind.Sequential)]
internal struct AdapterOptions
{
    public nint Next;
    public uint FeatureLevel;
    public uint PowerPreference;
    public uint ForceFallbackAdapter;
    public uint BackendType;
    public nint CompatibleSurface;
}

[StructLayout(LayoutKind.Sequential)]
internal struct AdapterInfo
{
    public nint Next;
    public StringView Vendor;
    public StringView Architecture;
    public StringView Device;
    public StringView Description;
    public uint BackendType;
    public uint AdapterType;
    public uint VendorId;
    public uint DeviceId;
    public uint SubgroupMinSize;
    public uint SubgroupMaxSize;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DeviceDescriptor
{
    public nint Next;
    public StringView Label;
    public nuint FeatureCount;
    public uint* Features;
    public byte* Limits;
    public nint QueueNext;
    public StringView QueueLabel;
    public CallbackInfo DeviceLost;
    public UncapturedErrorInfo UncapturedError;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TogglesDescriptor
{
    public nint Next;
    public uint SType;
    public nuint EnabledCount;
    public byte** Enabled;
    public nuint DisabledCount;
    public byte** Disabled;
}

[StructLayout(LayoutKind.Sequential)]
internal struct BufferDescriptor
{
    public nint Next;
    public StringView Label;
    public ulong Usage;
    public ulong Size;
    public uint MappedAtCreation;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ShaderSourceWgsl
{
    public nint Next;
    public uint SType;
    public StringView Code;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LabelledDescriptor
{
    public void* Next;
    public StringView Label;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ComputePipelineDescriptor
{
    public nint Next;
    public StringView Label;
    public nint Layout;
    public nint ComputeNext;
    public nint Module;
    public StringView EntryPoint;
    public nuint ConstantCount;
    public nint Constants;
}

[StructLayout(LayoutKind.Sequential)]
internal struct BindGroupLayoutEntry
{
    public nint Next;
    public uint Binding;
    public ulong Visibility;
    public ulong ArraySize;
    public nint BufferNext;
    public uint BufferType;
    public uint HasDynamicOffset;
    public ulong MinBindingSize;
    public Unused64 OtherKinds;
}

[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct Unused64;

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BindGroupLayoutDescriptor
{
    public nint Next;
    public StringView Label;
    public nuint Count;
    public BindGroupLayoutEntry* Entries;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PipelineLayoutDescriptor
{
    public nint Next;
    public StringView Label;
    public nuint Count;
    public nint* Layouts;
    public ulong ImmediateSize;
}

[StructLayout(LayoutKind.Sequential)]
internal struct BindGroupEntry
{
    public nint Next;
    public uint Binding;
    public nint Buffer;
    public ulong Offset;
    public ulong Size;
    public nint Sampler;
    public nint TextureView;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BindGroupDescriptor
{
    public nint Next;
    public StringView Label;
    public nint Layout;
    public nuint Count;
    public BindGroupEntry* Entries;
}

[StructLayout(LayoutKind.Sequential)]
internal struct QuerySetDescriptor
{
    public nint Next;
    public StringView Label;
    public uint Type;
    public uint Count;
}

[StructLayout(LayoutKind.Sequential)]
internal struct TimestampWrites
{
    public nint Next;
    public nint QuerySet;
    public uint Beginning;
    public uint End;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ComputePassDescriptor
{
    public nint Next;
    public StringView Label;
    public TimestampWrites* Timestamps;
}

[StructLayout(LayoutKind.Sequential)]
internal struct FutureWaitInfo
{
    public ulong Future;
    public uint Completed;
}
