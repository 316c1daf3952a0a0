using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu.Native;
using Tenon.Sdk.Wgsl;

namespace Tenon.Plugins.WebGpu;

/// <summary>The layouts of bindings: a block of parameters and so many storage buffers.</summary>
internal sealed unsafe class Layouts(Session session) : IDisposable
{
    private readonly Dictionary<int, (nint Group, nint Pipeline)> _known = [];

    /// <summary>The layout for so many storage buffers.</summary>
    public (nint Group, nint Pipeline) For(int count)
    {
        if (_known.TryGetValue(count, out var known))
        {
            return known;
        }

        var entries = new BindGroupLayoutEntry[count + 1];
        entries[0] = new BindGroupLayoutEntry { Binding = WgslShader.ParameterBinding, Visibility = Names.ComputeStage, BufferType = Names.UniformBinding, HasDynamicOffset = 1 };
        for (var i = 1; i <= count; i++)
        {
            entries[i] = new BindGroupLayoutEntry { Binding = (uint)(WgslShader.ParameterBinding + i), Visibility = Names.ComputeStage, BufferType = Names.StorageBinding };
        }

        var group = session.Try(Names.Validation, () => Group(entries), out var error);
        var pipeline = error is null ? session.Try(Names.Validation, () => Pipeline(group), out error) : 0;
        return error is null ? _known[count] = (group, pipeline) : throw new BackendException("TEN4356", $"WEBGPU ({session.Adapter.Name}) takes no layout of {count} storage buffers: {error}");
    }

    public void Dispose()
    {
        foreach (var (group, pipeline) in _known.Values)
        {
            session.Library.PipelineLayoutRelease(pipeline);
            session.Library.BindGroupLayoutRelease(group);
        }
    }

    private nint Group(BindGroupLayoutEntry[] entries)
    {
        fixed (BindGroupLayoutEntry* data = entries)
        {
            var descriptor = new BindGroupLayoutDescriptor { Count = (nuint)entries.Length, Entries = data };
            return session.Library.DeviceCreateBindGroupLayout(session.Handle, &descriptor);
        }
    }

    private nint Pipeline(nint group)
    {
        var descriptor = new PipelineLayoutDescriptor { Count = 1, Layouts = &group };
        return session.Library.DeviceCreatePipelineLayout(session.Handle, &descriptor);
    }
}
