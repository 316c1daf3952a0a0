using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>A kernel of which some factors, that follow from constants alone, are computed by kernels of their own, in the order in which it uses them.</summary>
/// <param name="Kernel">The kernel, with its loops as they are to be.</param>
/// <param name="Slots">For each of its parameters the number of the parameter that it was, or -1 - the number of a packing.</param>
/// <param name="Packings">What is computed apart.</param>
public sealed record PackedKernel(UOp Kernel, IReadOnlyList<int> Slots, IReadOnlyList<Packing> Packings)
{
    internal static PackedKernel? Of(LoopNest nest)
    {
        if (nest.Kept.Count == 0)
        {
            return null;
        }

        var (numbers, slots) = (new NodeMap<UOp>(), new List<int>());
        foreach (var param in nest.Order.FindAll(static u => u.Op == Ops.Param).OrderBy(static u => u.ArgAs<ParamArg>().Slot))
        {
            var storage = param.ArgAs<ParamArg>();
            numbers[param] = UOp.New(Ops.Param, param.DType, [], storage with { Slot = slots.Count });
            slots.Add(Number(storage.Slot));
        }

        var body = nest.Kernel.Substitute(numbers);
        var arg = nest.Kernel.ArgAs<KernelArg>();
        var images = arg.Images.Span.ToArray().Select(i => slots.IndexOf(Number(i)));
        var named = UOp.Sink(body.Src, arg with { Name = $"{arg.Name}_{UOpSerializer.ContentHash(body).AsSpan(0, 8)}", IsArranged = true, Images = new Axes([.. images]) });
        return new PackedKernel(named, slots, [.. nest.Kept.Select(Pack)]);

        int Number(int slot) => nest.Kept.ToList().FindIndex(k => k.Slot == slot) is var kept and >= 0 ? -1 - kept : slot;

        Packing Pack(KeptFactor factor)
        {
            var (kernel, parameters) = CanonicalKernel.Of(factor.Kernel, factor.Loops);
            return new Packing(kernel, [.. parameters.Select(Number)], factor.Storage.DType, factor.Storage.ArgAs<ParamArg>().Size);
        }
    }
}

/// <summary>What computes a factor of a kernel.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Slots">For each of its parameters the number of the parameter of the original kernel; negative for the result.</param>
/// <param name="DType">The element type of the result.</param>
/// <param name="Size">Elements of the result.</param>
public sealed record Packing(UOp Kernel, IReadOnlyList<int> Slots, DType DType, long Size);
