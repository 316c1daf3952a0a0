using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu.Native;
using Tenon.Sdk.Wgsl;

namespace Tenon.Plugins.WebGpu;

/// <summary>A shader as a pipeline.</summary>
internal sealed unsafe class WebGpuProgram : KernelProgram
{
    private readonly Session _session;
    private readonly CommandQueue _queue;
    private readonly WgslShader _shader;
    private readonly nint _pipeline;
    private readonly BindGroups _groups;

    public WebGpuProgram(CompiledKernel kernel, Session session, CommandQueue queue, Layouts layouts)
        : base(kernel)
    {
        (_session, _queue, _shader) = (session, queue, WgslShader.FromBytes(kernel.Binary));
        var layout = layouts.For(_shader.Windows.Sum());
        using var label = new Text(kernel.Name);
        var view = label.View;
        var module = session.Try(Names.Validation, () => Module(view), out var error);
        _pipeline = error is null ? session.Try(Names.Validation, () => Pipeline(view, module, layout.Pipeline), out error) : 0;
        if (module != 0)
        {
            session.Library.ShaderModuleRelease(module);
        }

        if (error is not null)
        {
            throw ShaderErrors.Of(kernel.Name, _shader.Source, error);
        }

        session.ThrowIfFailed($"the compilation of kernel {kernel.Name}");
        _groups = new BindGroups(kernel.Name, _shader, session, queue, layout.Group);
    }

    /// <inheritdoc/>
    protected override void LaunchCore(ReadOnlySpan<BufferView> buffers, ReadOnlySpan<long> variables)
    {
        Span<uint> parameters = stackalloc uint[Math.Max(1, buffers.Length + variables.Length)];
        for (var i = 0; i < variables.Length; i++)
        {
            parameters[buffers.Length + i] = variables[i] is >= int.MinValue and <= int.MaxValue ? (uint)(int)variables[i] : throw new BackendException(
                "TEN4350", $"Kernel {Kernel.Name} gets {variables[i]} for its variable number {i}; a shader counts in 32 bits.");
        }

        lock (_session.Lock)
        {
            _queue.CheckOpen();
            for (var slot = 0; slot < buffers.Length; slot++)
            {
                parameters[slot] = (uint)(buffers[slot].Offset % _session.Limits.OffsetAlignment);
            }

            var bound = _groups.Bind(buffers);
            _queue.Launch(Kernel.Name, _pipeline, bound.Group, parameters, _shader.Dispatch);
            _groups.Release(bound, buffers);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        lock (_session.Lock)
        {
            if (!_queue.IsClosed)
            {
                _groups.Clear();
                _session.Library.ComputePipelineRelease(_pipeline);
            }
        }
    }

    private nint Module(StringView label)
    {
        using var source = new Text(_shader.Source);
        var code = new ShaderSourceWgsl { SType = Names.ShaderSourceWgsl, Code = source.View };
        var descriptor = new LabelledDescriptor { Next = &code, Label = label };
        return _session.Library.DeviceCreateShaderModule(_session.Handle, &descriptor);
    }

    private nint Pipeline(StringView label, nint module, nint layout)
    {
        using var entry = new Text(WgslShader.EntryPoint);
        var descriptor = new ComputePipelineDescriptor { Label = label, Layout = layout, Module = module, EntryPoint = entry.View };
        return _session.Library.DeviceCreateComputePipeline(_session.Handle, &descriptor);
    }
}
