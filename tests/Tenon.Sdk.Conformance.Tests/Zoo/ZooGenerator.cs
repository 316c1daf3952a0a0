using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance.Tests;

/// <summary>Keeps programs as they are, but for some faults, which change them.</summary>
internal sealed class ZooGenerator(Fault fault, CodeGeneratorTarget target) : CodeGenerator
{
    public override string Name => "Zoo";

    public override CodeGeneratorTarget Target => target;

    public override string Render(LinearProgram program) => string.Join('\n', program.Ops);

    protected override (ReadOnlyMemory<byte> Binary, string? Source) GenerateCore(LinearProgram program)
    {
        if (program.Parameters.Count > ZooDevice.MaxBuffers || program.Lanes.Count > ZooDevice.Lanes || program.LocalBytes > 16 << 10)
        {
            // Who swallows it makes a program that does nothing.
            return fault == Fault.SwallowsErrorsOfCompiling
                ? (LinearProgramSerializer.Serialize(Changed(program, [])), null)
                : throw new BackendException("ZOO2", "the program is beyond the limits of the zoo");
        }

        var hasVectors = program.Ops.Any(o => o.DType.IsVector);
        List<UOp> ops = [];
        Dictionary<UOp, UOp> done = new(ReferenceEqualityComparer.Instance);
        foreach (var u in program.Ops)
        {
            UOp[] src = [.. u.Src.ToArray().Select(s => done[s])];
            var changed = Change(u, src, hasVectors, ops) ?? u.WithSources(src);
            done[u] = changed;
            if (changed.Op == Ops.Barrier || !ops.Contains(changed))
            {
                ops.Add(changed);
            }
        }

        return (LinearProgramSerializer.Serialize(Changed(program, ops)), null);
    }

    // What the change needs besides goes into the list before it.
    private UOp? Change(UOp u, UOp[] src, bool hasVectors, List<UOp> ops)
    {
        switch (fault)
        {
            case Fault.MaxLosesNaN when u.Op == Ops.Max && u.DType.IsFloat:
                ops.Add(UOp.Alu(Ops.CmpLt, src[0], src[1]));
                return UOp.Where(ops[^1], src[1], src[0]);
            case Fault.ContractsMulAdd when u.Op == Ops.Add && u.DType.IsFloat && src[0].Op == Ops.Mul:
                return UOp.New(Ops.MulAcc, u.DType, [src[0][0], src[0][1], src[1]]);
            case Fault.ShiftsLogically when u.Op == Ops.Shr && u.DType == DType.Int16:
                ops.Add(src[0].Bitcast(DType.UInt16));
                ops.Add(src[1].Bitcast(DType.UInt16));
                ops.Add(UOp.Alu(Ops.Shr, ops[^2], ops[^1]));
                return ops[^1].Bitcast(DType.Int16);
            case Fault.IgnoresGates when u.Op == Ops.Store && u.Src.Length == 3:
                return u.WithSources(src.AsSpan(0, 2));
            case Fault.WrongWithoutVectors when u.Op == Ops.Mul && u.DType == DType.Float32 && !hasVectors:
                return UOp.Alu(Ops.Add, src[0], src[1]);
            case Fault.ExchangesWithTheWrongLane when u.Op == Ops.LaneXor:
                return UOp.New(Ops.LaneXor, u.DType, src, (int)u.Arg! ^ 2 | 1);
            default:
                return null;
        }
    }

    private LinearProgram Changed(LinearProgram program, List<UOp> ops) => new()
    {
        Name = program.Name,
        Ops = ops,
        Parameters = program.Parameters,
        Variables = program.Variables,
        GlobalSize = program.GlobalSize,
        Groups = fault == Fault.DropsTheLastGroup && program.Groups.X > 1 ? program.Groups with { X = program.Groups.X - 1 } : program.Groups,
        Lanes = program.Lanes,
        LocalBytes = program.LocalBytes,
    };
}
