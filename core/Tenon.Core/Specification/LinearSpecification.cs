using Tenon.Core.Backend;

namespace Tenon.Core;

/// <summary>What a linear program may be made of; docs/linear-ir.md says what it means.</summary>
public static class LinearSpecification
{
    private static readonly Specification Rules = new(
        "linear",
        Specification.IsElementwise,
        static u => u is { Op: Ops.Param, Arg: ParamArg },
        static u => u is { Op: Ops.Local, Arg: LocalArg { Offset: >= 0 } } && u.Src.Length == 0,
        static u => u is { Op: Ops.Const, Arg: Scalar },
        static u => u is { Op: Ops.Variable, Arg: VariableArg } && u.Src.Length == 0,
        static u => u is { Op: Ops.Special, Arg: SpecialArg } && IsAddressing(u.DType),
        static u => u is { Op: Ops.Range, Arg: RangeArg } && IsAddressing(u.DType) && u.Src.Length == 1,
        static u => u.Op == Ops.End && u.Src.Length == 1 && u[0].Op == Ops.Range,
        static u => u.Op == Ops.Index && u.Src.Length == 2 && u[0].Op is Ops.Param or Ops.Local or Ops.Index && IsAddressing(u[1].DType) && u.DType == u[0].DType,
        static u => u.Op == Ops.Load && u[0].Op == Ops.Index && u.DType.Scalar == u[0].DType
            && (u.Src.Length == 1 || (u.Src.Length == 3 && (u[1].DType == DType.Bool || u[1].DType == DType.Bool.WithLanesOf(u.DType)) && u[2].DType == u.DType)),
        static u => u.Op == Ops.Store && u[0].Op == Ops.Index && u[1].DType.Scalar == u[0].DType && IsStoreOf(u),
        static u => Specification.IsTexel(u, IsAddressing),
        static u => u is { Op: Ops.Accumulator, Arg: int } && u.Src.Length == 1 && u[0].DType == u.DType,
        static u => u.Op == Ops.Assign && u.Src.Length == 2 && u[0].Op == Ops.Accumulator && u[0].DType == u.DType && u[1].DType == u.DType,
        static u => u.Op == Ops.Barrier && u.Src.Length == 0 && u.DType == DType.Void,
        static u => u is { Op: Ops.LaneXor, Arg: > 0 } && u.Src.Length == 1 && u[0].DType == u.DType && !u.DType.IsVector,
        static u => u is { Op: Ops.Wmma, Arg: string } && u.Src.Length == 3 && u.DType.Lanes == u[2].DType.Lanes,
        static u => u.Op == Ops.Stack && u.Src.Length == u.DType.Lanes && AllOf(u.Src, u.DType.Scalar),
        static u => u.Op == Ops.Splat && u.Src.Length == 1 && u.DType.IsVector && u[0].DType == u.DType.Scalar,
        static u => u is { Op: Ops.Shuffle, Arg: Axes lanes } && u.Src.Length == 2 && u.DType is { IsVector: true, IsBool: false } && u[0].DType == u.DType && u[1].DType == u.DType && lanes.Count == u.DType.Lanes && Specification.AreLanes(lanes, 2 * u.DType.Lanes),
        static u => u is { Op: Ops.Extract, Arg: int } && u.Src.Length == 1 && Specification.IsExtract(u));

    /// <summary>Checks a program: every node, the order of sources, the nesting of loops, and what the target takes.</summary>
    /// <exception cref="TenonException">The program is illegal.</exception>
    public static void Check(LinearProgram program, CodeGeneratorTarget target)
    {
        Rules.Check(program.Ops, program.Name);
        var defined = new NodeSet();
        var loops = new Stack<UOp>();
        foreach (var u in program.Ops)
        {
            foreach (var s in u.Src)
            {
                if (!defined.Contains(s))
                {
                    throw Illegal(program, $"{u} comes before its source {s}");
                }
            }

            defined.Add(u);
            if (u.Op == Ops.Range)
            {
                loops.Push(u);
            }
            else if (u.Op == Ops.End && (!loops.TryPop(out var open) || open != u[0]))
            {
                throw Illegal(program, $"{u} doesn't close the innermost loop");
            }

            if (u.Op == Ops.Load && u.Src.Length == 3 && u[1].DType.IsVector && !target.DTypes.GetValueOrDefault(u.DType.Scalar).HasFlag(DTypeSupport.MaskedLoad))
            {
                throw Illegal(program, $"the target {target.Fingerprint} has no masked load for {u}");
            }

            if (target.WordBytes == 0 && (u is { Op: Ops.Special, Arg: SpecialArg { Kind: SpecialKind.Start } } || (u.Op == Ops.Store && u.Src.Length > 2 && !u[2].DType.IsBool)))
            {
                throw Illegal(program, $"the target {target.Fingerprint} has no words for {u}");
            }

            if (u.Op is Ops.Texel or Ops.Index && u[0].Op == Ops.Param && program.Parameters[u[0].ArgAs<ParamArg>().Slot].Image is null == (u.Op == Ops.Texel))
            {
                throw Illegal(program, u.Op == Ops.Texel ? $"{u} reads what is no image" : $"{u} addresses an image");
            }

            if (u.Op == Ops.Wmma && !IsOf(target.TensorCores.FirstOrDefault(c => c.Name == (string)u.Arg!), u))
            {
                throw Illegal(program, $"the target {target.Fingerprint} has no such tensor core: {u} of {u[0].DType}, {u[1].DType} and {u[2].DType}");
            }

            if (!CodeGeneratorTarget.BaseOps.Contains(u.Op) && !target.ExtraOps.Contains(u.Op) && !(target.VectorBytes > 0 && CodeGeneratorTarget.VectorOps.Contains(u.Op)))
            {
                throw new TenonException("TEN4010", $"Kernel {program.Name} needs {u.Op} of {u.DType}, which the target {target.Fingerprint} doesn't take and the compiler can't express otherwise.");
            }
        }

        if (loops.Count > 0)
        {
            throw Illegal(program, $"{loops.Peek()} is not closed");
        }
    }

    private static bool IsOf(TensorCore? core, UOp u) =>
        core is not null && u.DType == core.Result.Vec(core.C.Elements) && u[2].DType == core.Accumulator.Vec(core.C.Elements) && IsOperand(core.A, core.Input, u[0]) && IsOperand(core.B, core.Input, u[1]);

    private static bool IsOperand(FragmentLayout layout, DType input, UOp u) =>
        layout.IsLocal ? u.Op == Ops.Index && u.Memory.Op == Ops.Local && u.DType == input.Stored : u.Op != Ops.Index && u.DType == input.Stored.Vec(layout.Elements);

    private static TenonException Illegal(LinearProgram program, string what) =>
        new("TEN1002", $"{program.Name}: {what}. This is an error in Tenon; please report it with the kernel.");

    private static bool IsAddressing(DType dtype) => dtype == DType.Int32 || dtype == DType.Int64;

    // A gate comes last; before it, a mask of the bits that are stored.
    private static bool IsStoreOf(UOp u) => u.Src.Length switch
    {
        2 => true,
        3 => u[2].DType == DType.Bool || IsMask(u),
        4 => IsMask(u) && u[3].DType == DType.Bool,
        _ => false,
    };

    private static bool IsMask(UOp u) => u[1].DType == DType.UInt32 && u[2].DType == DType.UInt32;

    private static bool AllOf(ReadOnlySpan<UOp> nodes, DType dtype)
    {
        foreach (var n in nodes)
        {
            if (n.DType != dtype)
            {
                return false;
            }
        }

        return true;
    }
}
