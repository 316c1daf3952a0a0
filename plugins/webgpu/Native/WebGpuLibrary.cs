using System.Runtime.InteropServices;

namespace Tenon.Plugins.WebGpu.Native;

/// <summary>An implementation of webgpu.h in this process, and those of its functions that are used here. It is never closed: its threads may outlive us.</summary>
internal sealed unsafe class WebGpuLibrary
{
    private readonly nint _handle;

    private WebGpuLibrary(nint handle, string path)
    {
        (_handle, Path) = (handle, path);
        CreateInstance = (delegate* unmanaged[Cdecl]<InstanceDescriptor*, nint>)Export("wgpuCreateInstance");
        InstanceProcessEvents = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuInstanceProcessEvents");
        InstanceWaitAny = (delegate* unmanaged[Cdecl]<nint, nuint, FutureWaitInfo*, ulong, uint>)Export("wgpuInstanceWaitAny");
        InstanceRequestAdapter = (delegate* unmanaged[Cdecl]<nint, AdapterOptions*, CallbackInfo, ulong>)Export("wgpuInstanceRequestAdapter");
        InstanceRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuInstanceRelease");
        AdapterGetInfo = (delegate* unmanaged[Cdecl]<nint, AdapterInfo*, uint>)Export("wgpuAdapterGetInfo");
        AdapterInfoFreeMembers = (delegate* unmanaged[Cdecl]<AdapterInfo, void>)Export("wgpuAdapterInfoFreeMembers");
        AdapterGetLimits = (delegate* unmanaged[Cdecl]<nint, byte*, uint>)Export("wgpuAdapterGetLimits");
        AdapterHasFeature = (delegate* unmanaged[Cdecl]<nint, uint, uint>)Export("wgpuAdapterHasFeature");
        AdapterRequestDevice = (delegate* unmanaged[Cdecl]<nint, DeviceDescriptor*, CallbackInfo, ulong>)Export("wgpuAdapterRequestDevice");
        AdapterRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuAdapterRelease");
        DeviceGetQueue = (delegate* unmanaged[Cdecl]<nint, nint>)Export("wgpuDeviceGetQueue");
        DeviceCreateBuffer = (delegate* unmanaged[Cdecl]<nint, BufferDescriptor*, nint>)Export("wgpuDeviceCreateBuffer");
        DeviceCreateShaderModule = (delegate* unmanaged[Cdecl]<nint, LabelledDescriptor*, nint>)Export("wgpuDeviceCreateShaderModule");
        DeviceCreateBindGroupLayout = (delegate* unmanaged[Cdecl]<nint, BindGroupLayoutDescriptor*, nint>)Export("wgpuDeviceCreateBindGroupLayout");
        DeviceCreatePipelineLayout = (delegate* unmanaged[Cdecl]<nint, PipelineLayoutDescriptor*, nint>)Export("wgpuDeviceCreatePipelineLayout");
        DeviceCreateComputePipeline = (delegate* unmanaged[Cdecl]<nint, ComputePipelineDescriptor*, nint>)Export("wgpuDeviceCreateComputePipeline");
        DeviceCreateBindGroup = (delegate* unmanaged[Cdecl]<nint, BindGroupDescriptor*, nint>)Export("wgpuDeviceCreateBindGroup");
        DeviceCreateCommandEncoder = (delegate* unmanaged[Cdecl]<nint, LabelledDescriptor*, nint>)Export("wgpuDeviceCreateCommandEncoder");
        DeviceCreateQuerySet = (delegate* unmanaged[Cdecl]<nint, QuerySetDescriptor*, nint>)Export("wgpuDeviceCreateQuerySet");
        DevicePushErrorScope = (delegate* unmanaged[Cdecl]<nint, uint, void>)Export("wgpuDevicePushErrorScope");
        DevicePopErrorScope = (delegate* unmanaged[Cdecl]<nint, CallbackInfo, ulong>)Export("wgpuDevicePopErrorScope");
        DeviceDestroy = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuDeviceDestroy");
        DeviceRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuDeviceRelease");
        BufferMapAsync = (delegate* unmanaged[Cdecl]<nint, ulong, nuint, nuint, CallbackInfo, ulong>)Export("wgpuBufferMapAsync");
        BufferGetConstMappedRange = (delegate* unmanaged[Cdecl]<nint, nuint, nuint, byte*>)Export("wgpuBufferGetConstMappedRange");
        BufferUnmap = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuBufferUnmap");
        BufferDestroy = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuBufferDestroy");
        BufferRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuBufferRelease");
        CommandEncoderBeginComputePass = (delegate* unmanaged[Cdecl]<nint, ComputePassDescriptor*, nint>)Export("wgpuCommandEncoderBeginComputePass");
        CommandEncoderCopyBufferToBuffer = (delegate* unmanaged[Cdecl]<nint, nint, ulong, nint, ulong, ulong, void>)Export("wgpuCommandEncoderCopyBufferToBuffer");
        CommandEncoderResolveQuerySet = (delegate* unmanaged[Cdecl]<nint, nint, uint, uint, nint, ulong, void>)Export("wgpuCommandEncoderResolveQuerySet");
        CommandEncoderFinish = (delegate* unmanaged[Cdecl]<nint, LabelledDescriptor*, nint>)Export("wgpuCommandEncoderFinish");
        CommandEncoderRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuCommandEncoderRelease");
        ComputePassEncoderSetPipeline = (delegate* unmanaged[Cdecl]<nint, nint, void>)Export("wgpuComputePassEncoderSetPipeline");
        ComputePassEncoderSetBindGroup = (delegate* unmanaged[Cdecl]<nint, uint, nint, nuint, uint*, void>)Export("wgpuComputePassEncoderSetBindGroup");
        ComputePassEncoderDispatchWorkgroups = (delegate* unmanaged[Cdecl]<nint, uint, uint, uint, void>)Export("wgpuComputePassEncoderDispatchWorkgroups");
        ComputePassEncoderEnd = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuComputePassEncoderEnd");
        ComputePassEncoderRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuComputePassEncoderRelease");
        CommandBufferRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuCommandBufferRelease");
        QueueSubmit = (delegate* unmanaged[Cdecl]<nint, nuint, nint*, void>)Export("wgpuQueueSubmit");
        QueueWriteBuffer = (delegate* unmanaged[Cdecl]<nint, nint, ulong, byte*, nuint, void>)Export("wgpuQueueWriteBuffer");
        QueueOnSubmittedWorkDone = (delegate* unmanaged[Cdecl]<nint, CallbackInfo, ulong>)Export("wgpuQueueOnSubmittedWorkDone");
        QueueRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuQueueRelease");
        BindGroupRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuBindGroupRelease");
        ShaderModuleRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuShaderModuleRelease");
        ComputePipelineRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuComputePipelineRelease");
        BindGroupLayoutRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuBindGroupLayoutRelease");
        PipelineLayoutRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuPipelineLayoutRelease");
        QuerySetRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("wgpuQuerySetRelease");
        IsDawn = Has("wgpuDeviceTick") && Has("wgpuGetInstanceCapabilities");
    }

    /// <summary>What it was opened by: a path, or a name that the system searches for.</summary>
    public string Path { get; }

    /// <summary>Whether it is Dawn, with the structures and numbers that are known here; of others only what all have is used.</summary>
    public bool IsDawn { get; }

    public delegate* unmanaged[Cdecl]<InstanceDescriptor*, nint> CreateInstance { get; }

    public delegate* unmanaged[Cdecl]<nint, void> InstanceProcessEvents { get; }

    public delegate* unmanaged[Cdecl]<nint, nuint, FutureWaitInfo*, ulong, uint> InstanceWaitAny { get; }

    public delegate* unmanaged[Cdecl]<nint, AdapterOptions*, CallbackInfo, ulong> InstanceRequestAdapter { get; }

    public delegate* unmanaged[Cdecl]<nint, void> InstanceRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, AdapterInfo*, uint> AdapterGetInfo { get; }

    public delegate* unmanaged[Cdecl]<AdapterInfo, void> AdapterInfoFreeMembers { get; }

    public delegate* unmanaged[Cdecl]<nint, byte*, uint> AdapterGetLimits { get; }

    public delegate* unmanaged[Cdecl]<nint, uint, uint> AdapterHasFeature { get; }

    public delegate* unmanaged[Cdecl]<nint, DeviceDescriptor*, CallbackInfo, ulong> AdapterRequestDevice { get; }

    public delegate* unmanaged[Cdecl]<nint, void> AdapterRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, nint> DeviceGetQueue { get; }

    public delegate* unmanaged[Cdecl]<nint, BufferDescriptor*, nint> DeviceCreateBuffer { get; }

    public delegate* unmanaged[Cdecl]<nint, LabelledDescriptor*, nint> DeviceCreateShaderModule { get; }

    public delegate* unmanaged[Cdecl]<nint, BindGroupLayoutDescriptor*, nint> DeviceCreateBindGroupLayout { get; }

    public delegate* unmanaged[Cdecl]<nint, PipelineLayoutDescriptor*, nint> DeviceCreatePipelineLayout { get; }

    public delegate* unmanaged[Cdecl]<nint, ComputePipelineDescriptor*, nint> DeviceCreateComputePipeline { get; }

    public delegate* unmanaged[Cdecl]<nint, BindGroupDescriptor*, nint> DeviceCreateBindGroup { get; }

    public delegate* unmanaged[Cdecl]<nint, LabelledDescriptor*, nint> DeviceCreateCommandEncoder { get; }

    public delegate* unmanaged[Cdecl]<nint, QuerySetDescriptor*, nint> DeviceCreateQuerySet { get; }

    public delegate* unmanaged[Cdecl]<nint, uint, void> DevicePushErrorScope { get; }

    public delegate* unmanaged[Cdecl]<nint, CallbackInfo, ulong> DevicePopErrorScope { get; }

    public delegate* unmanaged[Cdecl]<nint, void> DeviceDestroy { get; }

    public delegate* unmanaged[Cdecl]<nint, void> DeviceRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, ulong, nuint, nuint, CallbackInfo, ulong> BufferMapAsync { get; }

    public delegate* unmanaged[Cdecl]<nint, nuint, nuint, byte*> BufferGetConstMappedRange { get; }

    public delegate* unmanaged[Cdecl]<nint, void> BufferUnmap { get; }

    public delegate* unmanaged[Cdecl]<nint, void> BufferDestroy { get; }

    public delegate* unmanaged[Cdecl]<nint, void> BufferRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, ComputePassDescriptor*, nint> CommandEncoderBeginComputePass { get; }

    public delegate* unmanaged[Cdecl]<nint, nint, ulong, nint, ulong, ulong, void> CommandEncoderCopyBufferToBuffer { get; }

    public delegate* unmanaged[Cdecl]<nint, nint, uint, uint, nint, ulong, void> CommandEncoderResolveQuerySet { get; }

    public delegate* unmanaged[Cdecl]<nint, LabelledDescriptor*, nint> CommandEncoderFinish { get; }

    public delegate* unmanaged[Cdecl]<nint, void> CommandEncoderRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, nint, void> ComputePassEncoderSetPipeline { get; }

    public delegate* unmanaged[Cdecl]<nint, uint, nint, nuint, uint*, void> ComputePassEncoderSetBindGroup { get; }

    public delegate* unmanaged[Cdecl]<nint, uint, uint, uint, void> ComputePassEncoderDispatchWorkgroups { get; }

    public delegate* unmanaged[Cdecl]<nint, void> ComputePassEncoderEnd { get; }

    public delegate* unmanaged[Cdecl]<nint, void> ComputePassEncoderRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, void> CommandBufferRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, nuint, nint*, void> QueueSubmit { get; }

    public delegate* unmanaged[Cdecl]<nint, nint, ulong, byte*, nuint, void> QueueWriteBuffer { get; }

    public delegate* unmanaged[Cdecl]<nint, CallbackInfo, ulong> QueueOnSubmittedWorkDone { get; }

    public delegate* unmanaged[Cdecl]<nint, void> QueueRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, void> BindGroupRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, void> ShaderModuleRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, void> ComputePipelineRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, void> BindGroupLayoutRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, void> PipelineLayoutRelease { get; }

    public delegate* unmanaged[Cdecl]<nint, void> QuerySetRelease { get; }

    /// <summary>The library at a path or under a name; null, with the reason, if there is none that will do.</summary>
    public static WebGpuLibrary? TryOpen(string path, out string reason)
    {
        if (!NativeLibrary.TryLoad(path, out var handle))
        {
            reason = $"'{path}' can't be opened";
            return null;
        }

        try
        {
            reason = "";
            return new WebGpuLibrary(handle, path);
        }
        catch (EntryPointNotFoundException e)
        {
            reason = $"'{path}' lacks {e.Message}: it is no implementation of webgpu.h of 2025 or later";
            return null;
        }
    }

    public bool Has(string function) => NativeLibrary.TryGetExport(_handle, function, out _);

    private nint Export(string name) => NativeLibrary.TryGetExport(_handle, name, out var address) ? address : throw new EntryPointNotFoundException(name);
}
