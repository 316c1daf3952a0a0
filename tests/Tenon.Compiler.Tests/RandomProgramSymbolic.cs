using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>A program with one size replaced by a variable that is bound to it, wherever it occurs.</summary>
internal static class RandomProgramSymbolic
{
    private const long Room = 2;

    /// <summary>The program; null if the size doesn't occur, or the shapes don't agree any more.</summary>
    public static RandomProgram? Of(RandomProgram program, long size)
    {
        var n = UOp.Bind(UOp.Variable("n", 1, size + Room), size);
        var done = new NodeMap<UOp>();
        var inputs = new Dictionary<UOp, ProgramInput>(ReferenceEqualityComparer.Instance);
        try
        {
            foreach (var u in UOp.Sink(program.Results).TopologicalOrder())
            {
                if (u.DType != DType.Index)
                {
                    done[u] = Symbolic(u);
                }
            }

            var results = done[UOp.Sink(program.Results)];
            TensorSpecification.Check(results, "symbolic");
            ProgramInput[] all = [.. program.Inputs.Select(i => inputs.GetValueOrDefault(i.Param, i))];

            // An input is seen in one shape only.
            var isWhole = results.TopologicalOrder().Where(u => u.Op == Ops.Param).All(u => all.Any(i => i.Param == u));
            return inputs.Count > 0 && isWhole ? new RandomProgram(all, results.Src.ToArray()).Trimmed() : null;
        }
        catch (Exception e) when (e is TenonException or InvalidOperationException)
        {
            return null;
        }

        UOp Size(UOp dim) => dim.IsInteger(size) ? n : dim;

        UOp Symbolic(UOp u) => u.Op switch
        {
            Ops.Param => u,
            Ops.Reshape when u[0].Op == Ops.Param => UOp.New(u.Op, u.DType, [Input(u), .. u.Src[1..].ToArray().Select(Size)]),
            Ops.Reshape or Ops.Expand or Ops.Shrink or Ops.Iota => UOp.New(u.Op, u.DType, u.Src.ToArray().Select(s => s.DType == DType.Index ? Size(s) : done[s]).ToArray(), u.Arg),
            _ => UOp.New(u.Op, u.DType, u.Src.ToArray().Select(s => s.DType == DType.Index ? s : done[s]).ToArray(), u.Arg),
        };

        // Storage has room for the greatest size; what there is comes first.
        UOp Input(UOp view)
        {
            var most = view.Shape.ToArray().Aggregate(1L, (p, d) => p * (d == size ? size + Room : d));
            var values = program.ContentOf(view[0]);
            if (most == values.Length)
            {
                return view[0];
            }

            if (!inputs.TryGetValue(view[0], out var input))
            {
                Scalar[] content = [.. values, .. Enumerable.Repeat((Scalar)7, (int)(most - values.Length))];
                inputs.Add(view[0], input = ProgramInput.Of(view[0].ArgAs<ParamArg>().Slot, view.DType, content));
            }

            return input.Values.Length == most ? input.Param : throw new InvalidOperationException();
        }
    }
}
