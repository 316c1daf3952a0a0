using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Compiler;

/// <summary>Gives products of matrices to tensor cores, where the target has one for the dtypes.</summary>
internal static class TensorCoreHeuristic
{
    // Beyond that, lanes that each compute a result of their own waste less.
    private const double MostWaste = 4;

    // Results that a lane holds, of all tiles together.
    private const int MostResults = 32;

    /// <summary>Changes the loops of a kernel whose loops are merged; whether it did.</summary>
    public static bool TryApply(LoopNest nest, CodeGeneratorView target)
    {
        if (Choose(nest, target) is not { } choice)
        {
            return false;
        }

        nest.Apply(choice.Opt);
        var (core, lanes) = (choice.Product.Core, (long)choice.Product.Core.Lanes);
        int[] loops = [choice.Product.M.ArgAs<RangeArg>().Id, choice.Product.N.ArgAs<RangeArg>().Id];
        if (!core.A.IsLocal && !core.B.IsLocal)
        {
            // Tiles that are twice as wide need less of the other factor; lanes of a group share what they load in the cache.
            var results = core.C.Elements;
            foreach (var id in loops.Concat(loops))
            {
                if (nest.Find(id) is { } loop && loop[0].Max % 2 == 0 && results * 2 <= MostResults)
                {
                    nest.Apply(new Opt(OptKind.Unroll, id, 2));
                    results *= 2;
                }
            }

            foreach (var id in loops)
            {
                if (nest.Find(id) is { } loop && loop[0].Max % 2 == 0 && lanes * 2 <= Math.Min(256, target.Workgroups!.MaxLanesPerGroup))
                {
                    nest.Apply(new Opt(OptKind.Lane, id, 2));
                    lanes *= 2;
                }
            }
        }

        foreach (var loop in nest.CommonLoops())
        {
            nest.Apply(new Opt(OptKind.Global, loop.ArgAs<RangeArg>().Id, loop[0].Op == Ops.Const ? 0 : (int)Math.Min(loop[0].Max, target.Workgroups!.MaxGroups.X)));
        }

        return true;
    }

    private static (Opt Opt, CoreProduct Product)? Choose(LoopNest nest, CodeGeneratorView target)
    {
        (Opt, CoreProduct)? best = null;
        var least = MostWaste;
        for (var i = 0; i < target.TensorCores.Count; i++)
        {
            foreach (var k in nest.Ranges.Where(r => r.ArgAs<RangeArg>().Kind == RangeKind.Reduce))
            {
                var opt = new Opt(OptKind.TensorCore, k.ArgAs<RangeArg>().Id, i);
                if (WhyNot(target.TensorCores[i], target) is null && nest.ProductFor(opt).Product is { } product && product.Waste < least)
                {
                    (best, least) = ((opt, product), product.Waste);
                }
            }
        }

        return best;
    }

    /// <summary>Why a device can't use a core that its generator lists; null if it can.</summary>
    public static string? WhyNot(TensorCore core, CodeGeneratorView target) =>
        !target.Has(Ops.Wmma) || target.Workgroups is not { } limits ? "the target has no tensor cores"
        : target.VectorBytes == 0 ? "what lanes hold of the matrices are vectors; the target has none"
        : limits.SubgroupSize == 0 || core.Lanes % limits.SubgroupSize != 0 || core.Lanes > limits.MaxLanesPerGroup || core.Lanes > limits.MaxLanes.X ? $"the core takes {core.Lanes} lanes; subgroups have {limits.SubgroupSize}, groups at most {limits.MaxLanesPerGroup}"
        : LocalBytes(core) > target.LocalBytes || (LocalBytes(core) > 0 && !target.Has(Ops.Barrier)) ? $"the core takes {LocalBytes(core)} bytes of local memory; there are {target.LocalBytes}"
        : null;

    private static long LocalBytes(TensorCore core) =>
        core.Input.Stored.BytesOf((core.A.IsLocal ? core.A.Elements : 0) + (core.B.IsLocal ? core.B.Elements : 0));
}
