using Tenon.Core;
using static Tenon.Compiler.Tests.TensorOps;

namespace Tenon.Compiler.Tests;

/// <summary>Makes a program that fails smaller while it fails: fewer results, fewer nodes, smaller sizes, plainer content.</summary>
internal static class RandomProgramShrinker
{
    private const int MostAttempts = 5000;

    /// <summary>The smallest program found that fails.</summary>
    public static RandomProgram Shrink(RandomProgram program, Func<RandomProgram, bool> fails)
    {
        var attempts = 0;
        bool Try(RandomProgram candidate)
        {
            candidate = candidate.Trimmed();
            if (attempts >= MostAttempts || !IsSmaller(candidate, program) || !IsLegal(candidate) || ++attempts > MostAttempts || !fails(candidate))
            {
                return false;
            }

            program = candidate;
            return true;
        }

        while (Candidates(program).Any(Try))
        {
        }

        return program;
    }

    private static IEnumerable<RandomProgram> Candidates(RandomProgram program) =>
        [.. FewerResults(program), .. EarlierResults(program), .. Cuts(program), .. Sizes(program), .. Contents(program)];

    private static bool IsSmaller(RandomProgram a, RandomProgram b) => Weight(a).CompareTo(Weight(b)) < 0;

    private static (int, int, int, int, long, int, double) Weight(RandomProgram p) => (
        p.NodeCount,
        p.Results.Length,
        p.Inputs.Length,
        UOp.Sink(p.Results).TopologicalOrder().Count(u => u.DType != DType.Index),
        p.ElementCount,
        p.Inputs.Sum(i => i.Values.Distinct().Count()),
        p.Inputs.Sum(i => i.Values.Sum(v => double.IsFinite(v.AsDouble) && v.AsDouble == Math.Round(v.AsDouble) ? Math.Min(Math.Abs(v.AsDouble), 1e6) : 1e6)));

    private static bool IsLegal(RandomProgram program)
    {
        try
        {
            TensorSpecification.Check(UOp.Sink(program.Results), "shrink");
            return program.Results.Length > 0 && program.Results.All(r => r.Shape.MaxElements > 0 && !RandomProgram.IsLeaf(r) && r.Op != Ops.Reshape);
        }
        catch (TenonException)
        {
            return false;
        }
    }

    private static IEnumerable<RandomProgram> FewerResults(RandomProgram program)
    {
        if (program.Results.Length > 1)
        {
            foreach (var r in program.Results)
            {
                yield return program with { Results = [r] };
            }

            foreach (var r in program.Results)
            {
                yield return program with { Results = [.. program.Results.Where(other => other != r)] };
            }
        }
    }

    // A node on the way, as soon as it is wrong.
    private static IEnumerable<RandomProgram> EarlierResults(RandomProgram program)
    {
        foreach (var r in program.Results)
        {
            foreach (var u in r.TopologicalOrder().Where(u => u != r && u.DType != DType.Index && u.DType != DType.Void && u.Op != Ops.Const))
            {
                yield return program with { Results = [.. program.Results.Select(other => other == r ? Computed(u) : other).Distinct()] };
            }
        }
    }

    private static UOp Computed(UOp u) => u.Op == Ops.Reshape || RandomProgram.IsLeaf(u) ? Contiguous(u) : u;

    // A literal, a source or the content of a node in its place.
    private static IEnumerable<RandomProgram> Cuts(RandomProgram program)
    {
        var order = UOp.Sink(program.Results).TopologicalOrder();
        order.Reverse();
        foreach (var u in order.Where(u => u.DType != DType.Index && u.DType != DType.Void && u.Op is not (Ops.Const or Ops.After)))
        {
            foreach (var value in new[] { 0, 1 })
            {
                yield return Replace(program, u, Full(u.DType, value, u.Shape));
            }

            foreach (var s in u.Src.ToArray().Where(s => s.DType == u.DType && s.Shape.Equals(u.Shape)))
            {
                yield return Replace(program, u, s);
            }

            foreach (var s in u.Src.ToArray().Where(s => s.DType == u.DType && s.Shape.Rank > 0 && s.Shape.MaxElements == u.Shape.MaxElements && u.Op != Ops.Reshape))
            {
                yield return Replace(program, u, Reshape(s, u.Shape));
            }

            if (!RandomProgram.IsLeaf(u))
            {
                var values = RandomProgramVariant.Evaluate(program with { Results = [u] })[0];
                var input = new ProgramInput(UOp.New(Ops.Param, u.DType, [], new ParamArg(program.Inputs.Select(i => i.Param.ArgAs<ParamArg>().Slot).DefaultIfEmpty(-1).Max() + 1, values.Length, RandomProgram.Device)), values);
                yield return Replace(program with { Inputs = [.. program.Inputs, input] }, u, Reshape(input.Param, u.Shape));
            }
        }
    }

    private static RandomProgram Replace(RandomProgram program, UOp from, UOp to)
    {
        var map = new NodeMap<UOp> { [from] = to };
        return program with { Results = [.. program.Results.Select(r => Computed(r.Substitute(map))).Distinct()] };
    }

    private static IEnumerable<RandomProgram> Sizes(RandomProgram program)
    {
        var sizes = UOp.Sink(program.Results).TopologicalOrder().Where(u => u.DType != DType.Index).SelectMany(u => u.Shape.ToArray()).Where(n => n > 1).Distinct().Order().ToList();
        foreach (var from in sizes)
        {
            foreach (var to in new[] { 1, 2, from / 2, from - 1 }.Where(to => to >= 1 && to < from).Distinct())
            {
                if (RandomProgramResizer.Resize(program, from, to) is { } smaller)
                {
                    yield return smaller;
                }
            }
        }
    }

    private static IEnumerable<RandomProgram> Contents(RandomProgram program)
    {
        for (var i = 0; i < program.Inputs.Length; i++)
        {
            var (param, values) = program.Inputs[i];
            var plain = values.Distinct().Take(6).Select(one => values.Select(_ => one))
                .Prepend(values.Select(v => double.IsFinite(v.AsDouble) ? Math.Round(v.AsDouble) : v))
                .Prepend(values.Select((_, k) => (Scalar)k)).Prepend(values.Select(_ => (Scalar)1)).Prepend(values.Select(_ => (Scalar)0));
            foreach (var content in plain)
            {
                ProgramInput[] inputs = [.. program.Inputs];
                inputs[i] = new ProgramInput(param, [.. content.Select(v => v.To(param.DType))]);
                yield return program with { Inputs = inputs };
            }
        }
    }
}
