using System.Globalization;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// A list of changes with the kernel that they make. The key is the same for lists that differ only in the order of changes
/// of different loops: they make the same loops.
/// </summary>
internal sealed class Recipe
{
    private Recipe(LoopNest nest, RecipeStep[] steps, string key) => (Nest, Steps, Key) = (nest, steps, key);

    public LoopNest Nest { get; }

    public IReadOnlyList<RecipeStep> Steps { get; }

    public string Key { get; }

    public IReadOnlyList<Opt> Opts => Nest.Applied;

    /// <summary>Applies a list of changes to a kernel whose loops are merged.</summary>
    public static Recipe Of(UOp kernel, IEnumerable<Opt> opts, CodeGeneratorView target) => Replay(kernel, opts.Select(o => new RecipeStep(o, null)), target);

    /// <summary>
    /// Applies the steps of another recipe, some of them changed, dropped or new. Loops that a step made there are those that
    /// it makes here; those of a dropped step are the loop that it would have changed.
    /// </summary>
    /// <exception cref="TenonException">A step isn't legal here.</exception>
    public static Recipe Replay(UOp kernel, IEnumerable<RecipeStep> steps, CodeGeneratorView target)
    {
        var nest = new LoopNest(kernel);
        var (renamed, done) = (new Dictionary<int, int>(), new List<RecipeStep>());
        var (paths, changes, order) = (new Dictionary<int, string>(), new SortedDictionary<string, List<string>>(StringComparer.Ordinal), new List<string>());
        string PathOf(int id) => paths.TryGetValue(id, out var path) ? path : id.ToString("D4", CultureInfo.InvariantCulture);
        foreach (var step in steps)
        {
            var opt = step.Opt with { Range = renamed.GetValueOrDefault(step.Opt.Range, step.Opt.Range) };
            if (step.IsDropped || (IsPlacement(opt) && nest.Find(opt.Range) is null))
            {
                Rename(step.Made, opt.Range);
                continue;
            }

            // The parts of a grid are chosen only where the loop has no literal length.
            opt = opt.Kind == OptKind.Global && nest.Find(opt.Range)![0].Op == Ops.Const ? opt with { Amount = 0 } : opt;
            new LegalOpts(nest, target).Require(opt);
            var made = nest.Apply(opt);
            Rename(step.Made, made);
            done.Add(new RecipeStep(opt, made));

            var path = PathOf(opt.Range);
            if (opt.Kind == OptKind.Innermost)
            {
                (paths[made], _) = (path, order.Remove(path));
                order.Add(path);
                continue;
            }

            if (!changes.TryGetValue(path, out var list))
            {
                changes[path] = list = [];
            }

            // What is staged depends on what became of all loops before.
            list.Add((opt with { Range = 0 }) + (opt.Kind == OptKind.Stage ? $" after ({Key()})" : ""));
            if (made != opt.Range)
            {
                paths[made] = $"{path}.{list.Count}";
            }
        }

        return new Recipe(nest, [.. done], Key());

        string Key() => string.Join('|', changes.Select(c => $"{c.Key}: {string.Join(", ", c.Value)}")) + "|" + string.Join(' ', order);

        void Rename(int? old, int id)
        {
            if (old is { } name)
            {
                renamed[name] = id;
            }
        }
    }

    /// <summary>Whether a change says where a loop runs rather than what becomes of it: needless once the loop is gone.</summary>
    public static bool IsPlacement(Opt opt) => opt.Kind is OptKind.Global or OptKind.Innermost;
}

/// <summary>A change in a recipe.</summary>
/// <param name="Opt">The change.</param>
/// <param name="Made">The number of the loop that it made where it was applied.</param>
/// <param name="IsDropped">Whether it is left out.</param>
internal readonly record struct RecipeStep(Opt Opt, int? Made, bool IsDropped = false);
