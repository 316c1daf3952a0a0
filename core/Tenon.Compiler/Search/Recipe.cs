using System.Globalization;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>
/// A list of changes with the kernel that they make. The key is the same for lists that differ only in the order of changes
/// of different loops: they make the same loops.
/// </summary>
internal sealed class Recipe
{
    private readonly List<LoopNest> _nests;

    private Recipe(List<LoopNest> nests, RecipeStep[] steps, string key) => (_nests, Steps, Key) = (nests, steps, key);

    public LoopNest Nest => _nests[^1];

    public IReadOnlyList<RecipeStep> Steps { get; }

    public string Key { get; }

    public IReadOnlyList<Opt> Opts => Nest.Applied;

    /// <summary>Applies a list of changes to a kernel whose loops are merged.</summary>
    public static Recipe Of(UOp kernel, IEnumerable<Opt> opts, CodeGeneratorView target) => Replay(new Recipe([new LoopNest(kernel, target.TensorCores)], [], ""), new Move([.. opts.Select(o => new RecipeStep(o, null))], 0), target);

    /// <summary>The kernel after the first steps.</summary>
    public LoopNest After(int steps) => _nests[steps];

    /// <summary>
    /// Applies the steps of another recipe, some of them changed, dropped or new. Loops that a step made there are those that
    /// it makes here; those of a dropped step are the loop that it would have changed.
    /// </summary>
    /// <exception cref="TenonException">A step isn't legal here.</exception>
    public static Recipe Replay(Recipe from, Move move, CodeGeneratorView target)
    {
        var nests = from._nests[..(move.Unchanged + 1)];
        var nest = new LoopNest(nests[^1]);
        var (renamed, done) = (new Dictionary<int, int>(), new List<RecipeStep>());
        var (paths, changes, order) = (new Dictionary<int, string>(), new SortedDictionary<string, List<string>>(StringComparer.Ordinal), new List<string>());
        string PathOf(int id) => paths.TryGetValue(id, out var path) ? path : id.ToString("D4", CultureInfo.InvariantCulture);
        foreach (var (i, step) in move.Steps.Index())
        {
            if (i < move.Unchanged)
            {
                done.Add(step);
                Note(step.Opt, step.Made!.Value);
                continue;
            }

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
            nests.Add(new LoopNest(nest));
            Note(opt, made);
        }

        return new Recipe(nests, [.. done], Key());

        void Note(Opt opt, int made)
        {
            var path = PathOf(opt.Range);
            if (opt.Kind == OptKind.Innermost)
            {
                (paths[made], _) = (path, order.Remove(path));
                order.Add(path);
                return;
            }

            if (!changes.TryGetValue(path, out var list))
            {
                changes[path] = list = [];
            }

            // What a local array holds depends on what became of all loops before.
            list.Add((opt with { Range = 0 }) + (opt.Kind is OptKind.Stage or OptKind.Accumulate ? $" after ({Key()})" : ""));
            if (made != opt.Range)
            {
                paths[made] = $"{path}.{list.Count}";
            }
        }

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

/// <summary>A neighbour of a recipe.</summary>
/// <param name="Steps">Its steps; not all of them may be legal.</param>
/// <param name="Unchanged">How many of the first ones are those of the recipe.</param>
internal readonly record struct Move(RecipeStep[] Steps, int Unchanged);
