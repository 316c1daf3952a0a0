using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>The device that is tested, open.</summary>
internal sealed class Subject : IDisposable
{
    /// <summary>Why there is nothing to compare.</summary>
    public const string RunsNothing = "the device runs nothing";

    private readonly SubjectSetup _setup;
    private readonly List<Subject> _masked = [];

    public Subject(SubjectSetup setup)
    {
        _setup = setup;
        Runtime = setup.Runtime.Build();
        Opened = Runtime.Devices.Open(setup.Runtime.Device);
    }

    public TenonRuntime Runtime { get; }

    public OpenedDevice Opened { get; }

    public Device Device => Opened.Device;

    public Capabilities Capabilities => Device.Capabilities;

    /// <summary>Whether the device only compiles.</summary>
    public bool IsDryRun => Capabilities.IsDryRun;

    /// <summary>Whether fewer values and kernels are to do.</summary>
    public bool IsQuick => _setup.IsQuick;

    /// <summary>Results of the reference that other processes have computed.</summary>
    public ReferenceCache References => field ??= new ReferenceCache(_setup.SharedFolder);

    /// <summary>Programs that have passed in this run.</summary>
    public PassedPrograms Passed => field ??= new PassedPrograms(_setup.SharedFolder);

    /// <summary>What is tested; null for a device that computes nothing.</summary>
    public CodeGenerator? Generator => field ??= Device.CodeGenerators.FirstOrDefault();

    public CodeGeneratorTarget Target => Generator!.Target;

    /// <summary>The dtypes whose subnormal numbers the target may take or give as zeros.</summary>
    public IReadOnlySet<DType> Flushed => field ??= Target.DTypes.Where(d => d.Value.HasFlag(DTypeSupport.FlushesSubnormals)).Select(d => d.Key).ToHashSet();

    /// <summary>The same device with a part of it masked.</summary>
    public Subject Masked(string word)
    {
        var masked = new Subject(_setup with { Runtime = _setup.Runtime.Masked(word) });
        _masked.Add(masked);
        return masked;
    }

    /// <summary>The plugin as a runtime of its own opens it once more.</summary>
    public TenonRuntime OpenAgain() => _setup.Runtime.Build();

    /// <summary>What a target can be used for with a dtype.</summary>
    public DTypeSupport Support(DType dtype) => Target.DTypes.GetValueOrDefault(dtype);

    /// <summary>Whether buffers may have elements of a dtype; a target that accesses words has those only that it stores.</summary>
    public bool IsStored(DType dtype) => Target.WordBytes == 0 || Support(dtype).HasFlag(DTypeSupport.Storage);

    /// <summary>The case, if it can be told by results whether the device does it.</summary>
    public ConformanceCase IfRun(ConformanceCase one) => IsDryRun ? ConformanceCase.Skipped(one.Name, RunsNothing) : one;

    /// <summary>Runs a program once on copies of these buffers; gives what they hold then, or null if the device only compiles.</summary>
    /// <exception cref="TenonException">The program is not legal for the target, or the device refuses it.</exception>
    public byte[][]? Run(LinearProgram program, IReadOnlyList<byte[]> buffers, params long[] variables)
    {
        LinearSpecification.Check(program, Target);
        using var kernel = Device.Load(Generator!.Generate(program));
        return IsDryRun ? null : Run(kernel, buffers, variables);
    }

    /// <summary>Launches a kernel once on copies of these buffers; gives what they hold then.</summary>
    public byte[][] Run(KernelProgram kernel, IReadOnlyList<byte[]> buffers, params long[] variables)
    {
        var memory = new List<DeviceBuffer>();
        try
        {
            foreach (var content in buffers)
            {
                memory.Add(Allocate(content));
            }

            kernel.Launch([.. memory.Select(Whole)], variables);
            return [.. memory.Select(Read)];
        }
        finally
        {
            Device.Synchronize();
            memory.ForEach(m => m.Dispose());
        }
    }

    /// <summary>A buffer with this content.</summary>
    public DeviceBuffer Allocate(ReadOnlySpan<byte> content)
    {
        var buffer = Device.Allocator.Allocate(content.Length);
        if (content.Length > 0)
        {
            Device.Allocator.CopyIn(Whole(buffer), content);
        }

        return buffer;
    }

    /// <summary>What a buffer holds.</summary>
    public byte[] Read(DeviceBuffer buffer)
    {
        var content = new byte[buffer.Bytes];
        if (content.Length > 0)
        {
            Device.Allocator.CopyOut(Whole(buffer), content);
        }

        return content;
    }

    public SubjectDescription Describe()
    {
        var plugin = Runtime.Plugins.Plugins.First(p => p.Id == Opened.PluginId);
        return new SubjectDescription(Opened.Name, Opened.DisplayName, $"{plugin.Id} {plugin.Version}", Generator?.Name, IsDryRun);
    }

    public static BufferView Whole(DeviceBuffer buffer) => new(buffer, 0, buffer.Bytes);

    public void Dispose()
    {
        _masked.ForEach(m => m.Dispose());
        Runtime.Dispose();
    }
}
