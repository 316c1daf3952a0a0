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
    private readonly Layouts _layouts;
    private readonly nint _pipeline;
    private readonly BindGroups _groups;
    private nint _unaligned;

    public WebGpuProgram(CompiledKernel kernel, Session session, CommandQueue queue, Layouts layouts)
        : base(kernel)
    {
        (_session, _queue, _shader, _layouts) = (session, queue, WgslShader.FromBytes(kernel.Binary), layouts);
        _pipeline = Compile(_shader.Source);
        _groups = new BindGroups(kernel.Name, _shader, session, queue, layouts.For(_shader.Windows.Sum()).Group);
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
            _queue.Launch(Kernel.Name, PipelineFor(buffers), bound.Group, parameters, _shader.Dispatch);
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
                if (_unaligned != 0)
                {
                    _session.Library.ComputePipelineRelease(_unaligned);
                }
            }
        }
    }

    // Few views lie where vectors can't be read: the text for those is compiled when one comes.
    private nint PipelineFor(ReadOnlySpan<BufferView> buffers)
    {
        for (var slot = 0; _shader.Unaligned is not null && slot < buffers.Length; slot++)
        {
            if (_shader.Vectors[slot] && (buffers[slot].Offset | buffers[slot].Bytes) % WgslShader.VectorBytes != 0)
            {
                return _unaligned != 0 ? _unaligned : _unaligned = Compile(_shader.Unaligned);
            }
        }

        return _pipeline;
    }

    private nint Compile(string source)
    {
        var layout = _layouts.For(_shader.Windows.Sum()).Pipeline;
        using var label = new Text(Kernel.Name);
        var view = label.View;
        var module = _session.Try(Names.Validation, () => Module(view, source), out var error);
        var pipeline = error is null ? _session.Try(Names.Validation, () => Pipeline(view, module, layout), out error) : 0;
        if (module != 0)
        {
            _session.Library.ShaderModuleRelease(module);
        }

        if (error is not null)
        {
            throw ShaderErrors.Of(Kernel.Name, source, error);
        }

        _session.ThrowIfFailed($"the compilation of kernel {Kernel.Name}");
        return pipeline;
    }

    private nint Module(StringView label, string source)
    {
        using var text = new Text(source);
        var code = new ShaderSourceWgsl { SType = Names.ShaderSourceWgsl, Code = text.View };
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
