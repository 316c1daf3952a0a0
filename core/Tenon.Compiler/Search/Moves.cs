using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>What may be tried next from a recipe: one change more, one less, or one by another amount.</summary>
internal static class Moves
{
    private static readonly int[] Copies = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16];

    /// <summary>The neighbours of a recipe. Not all of them are legal.</summary>
    public static List<Move> Of(Recipe from, CodeGeneratorView target)
    {
        var moves = new List<Move>();
        RecipeStep[] steps = [.. from.Steps];

        // What becomes of loops goes before where they run, and before or after they are tiled and staged.
        var body = Array.FindLastIndex(steps, s => !Recipe.IsPlacement(s.Opt)) + 1;
        var blocking = Array.FindIndex(steps, s => s.Opt.Kind is OptKind.Tile or OptKind.Stage or OptKind.Accumulate);
        foreach (var at in blocking < 0 || blocking == body ? [body] : new[] { blocking, body })
        {
            moves.AddRange(LegalOpts.Of(from.After(at), target).Where(o => !Recipe.IsPlacement(o)).Select(o => new Move([.. steps[..at], new RecipeStep(o, null), .. steps[at..]], at)));
        }

        foreach (var opt in LegalOpts.Of(from.Nest, target))
        {
            if (Recipe.IsPlacement(opt))
            {
                moves.Add(new Move([.. steps, new RecipeStep(opt, null)], steps.Length));
            }
        }

        for (var i = 0; i < steps.Length; i++)
        {
            moves.Add(With(steps, i, steps[i] with { IsDropped = true }));
            foreach (var amount in OtherAmounts(steps, i))
            {
                moves.Add(With(steps, i, steps[i] with { Opt = steps[i].Opt with { Amount = amount } }));
            }
        }

        return moves;
    }

    private static Move With(RecipeStep[] steps, int i, RecipeStep step) => new([.. steps[..i], step, .. steps[(i + 1)..]], i);

    // Of a loop that is split again into lanes: whole vectors. Amounts up to four times as large or small.
    private static IEnumerable<int> OtherAmounts(RecipeStep[] steps, int i)
    {
        var (amount, made) = (steps[i].Opt.Amount, steps[i].Made);
        if (amount == 0 || steps[i].Opt.Kind is OptKind.Stage or OptKind.Image)
        {
            return [];
        }

        var unit = steps.Skip(i + 1).Where(s => s.Opt.Range == made && s.Opt.Kind == OptKind.Vector).Select(s => s.Opt.Amount).FirstOrDefault(1);
        IEnumerable<int> amounts = amount / unit > Copies[^1] ? [amount / 4, amount / 2, amount * 2, amount * 4] : Copies.Select(c => c * unit);
        return amounts.Where(a => a != amount && a >= 2 && a <= 4 * amount && amount <= 4 * a);
    }
}
