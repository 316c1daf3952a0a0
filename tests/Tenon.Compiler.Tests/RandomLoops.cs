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
        return random.Next(3) == 0 ? Neighbour(RangeMerging.Apply(kernel), target, random) : Apply(random.Next(2) == 0 ? kernel : RangeMerging.Apply(kernel), target, random);
    }

    private static UOp Apply(UOp kernel, CodeGeneratorView target, Random random)
    {
        var nest = new LoopNest(kernel);
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

    // What the heuristic chooses, and then a few steps of a search from there.
    private static UOp Neighbour(UOp kernel, CodeGeneratorView target, Random random)
    {
        var nest = new LoopNest(kernel);
        Heuristic.Change(nest, target);
        var recipe = Recipe.Of(kernel, nest.Applied, target);
        for (var n = random.Next(5); n > 0; n--)
        {
            if (Moves.Of(recipe, target) is not [_, ..] moves)
            {
                break;
            }

            try
            {
                var next = Recipe.Replay(recipe, moves[random.Next(moves.Count)], target);
                recipe = Copies(next.Nest) <= 4 * MostCopies ? next : recipe;
            }
            catch (TenonException e) when (e.Code is "TEN1100")
            {
                // Not every move is legal.
            }
        }

        return recipe.Nest.Kernel;
    }

    private static long Copies(LoopNest nest) => nest.Ranges.Where(r => r.ArgAs<RangeArg>().Kind == RangeKind.Unroll).Aggregate(1L, (p, r) => p * r[0].Max);
}
