using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>Legal changes of a kernel's loops, chosen at random: what a search might try.</summary>
internal static class RandomLoops
{
    private const int MostCopies = 64;

    /// <summary>The kernel after a random list of changes that depends on the seed and the kernel only.</summary>
    public static UOp Apply(UOp kernel, CodeGeneratorView target, int seed)
    {
        var random = new Random(seed ^ Convert.ToInt32(kernel.ArgAs<KernelArg>().Name[^8..], 16));
        var nest = new LoopNest(random.Next(2) == 0 ? kernel : RangeMerging.Apply(kernel));
        for (var n = random.Next(8); n > 0; n--)
        {
            var kinds = LegalOpts.Of(nest, target).Where(o => Copies(nest) * (o.Kind == OptKind.Unroll ? o.Amount : 1) <= MostCopies).GroupBy(o => o.Kind).ToList();
            if (kinds.Count == 0)
            {
                break;
            }

            var choices = kinds[random.Next(kinds.Count)].ToList();
            nest.Apply(choices[random.Next(choices.Count)]);
        }

        return nest.Kernel;
    }

    private static long Copies(LoopNest nest) => nest.Ranges.Where(r => r.ArgAs<RangeArg>().Kind == RangeKind.Unroll).Aggregate(1L, (p, r) => p * r[0].Max);
}
