using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>The content of a parameter of a program.</summary>
internal sealed record ProgramInput(UOp Param, Scalar[] Values)
{
    public static ProgramInput Of(int slot, DType dtype, params Scalar[] values) =>
        new(UOp.New(Ops.Param, dtype, [], new ParamArg(slot, values.Length, RandomProgram.Device)), [.. values.Select(v => v.To(dtype))]);
}

/// <summary>A tensor program: inputs with content, and the results that are asked for at once.</summary>
internal sealed record RandomProgram(ProgramInput[] Inputs, UOp[] Results)
{
    public const string Device = "CPU";

    /// <summary>The nodes that compute something: not literals, views of inputs, or sizes.</summary>
    public int NodeCount => UOp.Sink(Results).TopologicalOrder().Count(u => u.Op is not (Ops.Sink or Ops.Store) && u.DType != DType.Index && !IsLeaf(u));

    /// <summary>Elements of all values.</summary>
    public long ElementCount => UOp.Sink(Results).TopologicalOrder().Where(u => u.DType != DType.Index).Sum(u => u.Shape.MaxElements);

    public Scalar[] ContentOf(UOp param) => Inputs.First(i => i.Param == param).Values;

    /// <summary>Only the inputs that are used.</summary>
    public RandomProgram Trimmed()
    {
        var order = UOp.Sink(Results).TopologicalOrder();
        return this with { Inputs = [.. Inputs.Where(i => order.Contains(i.Param))] };
    }

    /// <summary>Both programs in one.</summary>
    public static RandomProgram Union(IEnumerable<RandomProgram> programs)
    {
        var all = programs.ToList();
        return new RandomProgram([.. all.SelectMany(p => p.Inputs)], [.. all.SelectMany(p => p.Results).Distinct()]);
    }

    /// <summary>A literal or an input, seen in some shape.</summary>
    public static bool IsLeaf(UOp u)
    {
        while (u.Op is Ops.Reshape or Ops.Expand && u[0].Op is Ops.Const or Ops.Param or Ops.Reshape or Ops.Expand)
        {
            u = u[0];
        }

        return u.Op is Ops.Const or Ops.Param;
    }
}
