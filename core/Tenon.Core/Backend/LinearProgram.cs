namespace Tenon.Core.Backend;

/// <summary>
/// A kernel as a flat, verified list of UOps: what a code generator receives. The body is run once for each lane of each group;
/// groups run in any order and in parallel. Sources come before their users; <see cref="Ops.Range"/> and <see cref="Ops.End"/> nest
/// like brackets. docs/linear-ir.md is the reference.
/// </summary>
public sealed class LinearProgram
{
    /// <summary>A valid C identifier. Programs with equal names have equal content.</summary>
    public required string Name { get; init; }

    /// <summary>The list. Legal content: <c>LinearSpecification</c>.</summary>
    public required IReadOnlyList<UOp> Ops { get; init; }

    /// <summary>The kernel's buffers by slot; the <see cref="Core.Ops.Param"/> of each has the slot as its number.</summary>
    public required IReadOnlyList<KernelParameter> Parameters { get; init; }

    /// <summary>The variables in the order in which launches pass their values.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>How many groups, or work items, there are; at least 1.</summary>
    public required long GlobalSize { get; init; }

    /// <summary>How many groups there are along each dimension: <see cref="GlobalSize"/> in all.</summary>
    public GridSize Groups { get => field.Count == 0 ? new GridSize(GlobalSize) : field; init; }

    /// <summary>How many lanes a group has; one where the device has no workgroups.</summary>
    public GridSize Lanes { get; init; } = new(1);

    /// <summary>Bytes of all local arrays: each group that runs has a block of its own, aligned to 64 bytes.</summary>
    public long LocalBytes { get; init; }

    /// <summary>Floating-point and integer operations of one launch, for reports.</summary>
    public long Operations { get; init; }

    /// <summary>Bytes that one launch reads and writes at least, for reports.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>
    /// Whether a store may go past the caches: it writes as much as a line, 64 bytes, to a parameter that is <see cref="KernelParameter.IsStreamed"/>.
    /// The address is aligned to an element only.
    /// </summary>
    /// <param name="address">Where it stores.</param>
    /// <param name="value">What it stores.</param>
    public bool IsStreamed(UOp address, DType value)
    {
        const int LineBytes = 64;
        ArgumentNullException.ThrowIfNull(value);
        return value.Bytes == LineBytes && !value.IsBool && BaseOf(address) is { Op: Core.Ops.Param, Arg: ParamArg parameter } && Parameters[parameter.Slot].IsStreamed;
    }

    /// <summary>What an address lies in: a <see cref="Core.Ops.Param"/> or a <see cref="Core.Ops.Local"/>.</summary>
    /// <param name="address">Any address of a linear program.</param>
    public static UOp BaseOf(UOp address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Op == Core.Ops.Index ? BaseOf(address[0]) : address;
    }

    /// <summary>The place of a variable's value among those that a launch passes.</summary>
    /// <param name="variable">The <see cref="Core.Ops.Variable"/>.</param>
    /// <exception cref="BackendException">A launch doesn't pass it.</exception>
    public int PositionOf(UOp variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var name = variable.ArgAs<VariableArg>().Name;
        for (var i = 0; i < Variables.Count; i++)
        {
            if (Variables[i] == name)
            {
                return i;
            }
        }

        throw new BackendException("TEN4005", $"Kernel {Name} uses the variable '{name}', which is not among those that a launch passes: {string.Join(", ", Variables)}.");
    }
}

/// <summary>One buffer that a kernel uses.</summary>
public sealed class KernelParameter
{
    /// <summary>The element type in memory.</summary>
    public required DType DType { get; init; }

    /// <summary>Elements.</summary>
    public required long Size { get; init; }

    /// <summary>Whether the kernel reads it.</summary>
    public bool IsRead { get; init; }

    /// <summary>Whether the kernel writes it.</summary>
    public bool IsWritten { get; init; }

    /// <summary>A hint: the kernel writes more to it than the caches hold, and reads none of it. Stores do better not to load, and to keep, what they overwrite.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>
    /// Its size as an image, if it is one: it is then read by <see cref="Ops.Texel"/> only, and never written. Null of an ordinary buffer.
    /// </summary>
    public ImageSize? Image { get; init; }
}

/// <summary>A kernel that a code generator has compiled: what the disk cache stores and a device loads.</summary>
public sealed class CompiledKernel
{
    private readonly WeakReference<LinearProgram>? _program;

    /// <summary>The program's name.</summary>
    public required string Name { get; init; }

    /// <summary>The generator that made it, such as <c>CLR</c>.</summary>
    public required string Generator { get; init; }

    /// <summary>What <see cref="Device"/> loads; its format is the plugin's own.</summary>
    public required ReadOnlyMemory<byte> Binary { get; init; }

    /// <summary>Readable source, if the generator makes one anyway; <see cref="CodeGenerator.Render"/> writes one of any program.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// What it was compiled from, for devices that would only read it from <see cref="Binary"/> again. The kernel doesn't keep it: null as soon as
    /// nobody else does, and if the kernel comes from disk.
    /// </summary>
    public LinearProgram? Program
    {
        get => _program is not null && _program.TryGetTarget(out var program) ? program : null;
        init => _program = value is null ? null : new WeakReference<LinearProgram>(value);
    }

    /// <summary>How many groups, or work items, there are.</summary>
    public required long GlobalSize { get; init; }

    /// <summary>How many groups there are along each dimension: <see cref="GlobalSize"/> in all.</summary>
    public GridSize Groups { get => field.Count == 0 ? new GridSize(GlobalSize) : field; init; }

    /// <summary>How many lanes a group has; one where the device has no workgroups.</summary>
    public GridSize Lanes { get; init; } = new(1);

    /// <summary>How many buffers a launch passes.</summary>
    public required int BufferCount { get; init; }

    /// <summary>How many variables a launch passes.</summary>
    public required int VariableCount { get; init; }

    /// <summary>Bytes of the program's local arrays.</summary>
    public long LocalBytes { get; init; }

    /// <summary>Floating-point and integer operations of one launch, for reports.</summary>
    public long Operations { get; init; }

    /// <summary>Bytes that one launch reads and writes at least, for reports.</summary>
    public long MemoryBytes { get; init; }
}
