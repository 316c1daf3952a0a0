using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon;

/// <summary>
/// A function of tensors as a program for a device that this machine need not have. The function runs once, here, as a captured function
/// does (see docs/jit.md): what it does with these arguments is what the program does with any others of their shapes.
/// </summary>
public sealed class ExportedFunction
{
    private readonly Dictionary<int, Tensor> _contents;

    private ExportedFunction(ExportedProgram program, IReadOnlyList<Tensor> results, Dictionary<int, Tensor> contents) => (Program, Results, _contents) = (program, results, contents);

    /// <summary>The kernels and the storage that they work on. Its inputs are the function's arguments in order, its outputs the results.</summary>
    public ExportedProgram Program { get; }

    /// <summary>What the function gave for the arguments, computed here.</summary>
    public IReadOnlyList<Tensor> Results { get; }

    /// <summary>The contents of constants, by slot.</summary>
    public IReadOnlyDictionary<int, Tensor> Contents => _contents;

    /// <summary>Runs a function once and compiles what it does.</summary>
    /// <param name="function">The function.</param>
    /// <param name="arguments">Values of the shapes that the program will be for.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="generator">What makes its code.</param>
    /// <exception cref="TenonException">The function can't be captured or does what a program can't, or a kernel can't be compiled.</exception>
    public static ExportedFunction Compile(Func<Tensor[], Tensor[]> function, Tensor[] arguments, Capabilities device, CodeGenerator generator)
    {
        using var noGradients = Tensor.NoGrad();

        // Arguments that share their storage would be one input.
        Tensor[] own = [.. arguments.Select(a => Tensor.FromBytes(a.ToBytes(), a.DType, a.Shape, a.Device))];
        var call = new JitCall([own]);
        var capture = Capture.Of(given => Stored(function((Tensor[])given[0]!)), call, JitOptions.Default, out var results)
            ?? throw new InvalidOperationException("Nothing can be recorded here.");
        var program = capture.Export(own.Length, device, generator);
        var contents = new Dictionary<int, Tensor>();
        for (var slot = 0; slot < program.Slots.Count; slot++)
        {
            if (program.Slots[slot] is { Content: { } buffer, Size: var size })
            {
                contents.Add(slot, Tensor.OfStorage(buffer, [size], buffer.ArgAs<BufferArg>().Device));
            }
        }

        return new ExportedFunction(program, (Tensor[])results!, contents);
    }

    // Literals, arguments and tensors from outside get storage of their own, as other results have.
    private static Tensor[] Stored(Tensor[] results)
    {
        foreach (var result in results)
        {
            if (!result.Shape.IsConcrete)
            {
                throw new TenonException("TEN6103", $"A result of what is to be exported has the shape {result.Shape}, which has a variable. Give arguments of fixed sizes.");
            }
        }

        return [.. results.Select(r => r.IsLiteral ? Tensor.FromBytes(r.ToBytes(), r.DType, r.Shape, r.Device) : r.Contiguous())];
    }
}
