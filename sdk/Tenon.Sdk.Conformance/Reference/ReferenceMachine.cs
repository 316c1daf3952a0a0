using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>
/// Runs linear programs as docs/linear-ir.md says what they mean: op by op, all lanes of a group side by side, on exact literals. What
/// a program must not do is an error here.
/// </summary>
/// <param name="program">The program.</param>
/// <param name="subgroupSize">How many lanes exchange values.</param>
/// <param name="flush">Which subnormal numbers become zeros.</param>
internal sealed class ReferenceMachine(LinearProgram program, int subgroupSize = 0, Flush? flush = null)
{
    private static readonly OpSet Flushing = OpSet.Elementwise - new OpSet(Ops.Where, Ops.Bitcast);
    private readonly UOp[] _ops = [.. program.Ops];
    private int[][] _sources = [];
    private int[] _registers = [];
    private int[] _ends = [];
    private ReferenceMemory _memory = null!;
    private Scalar[] _variables = [];

    /// <summary>Which elements of each buffer have been written.</summary>
    public bool[][] Written { get; } = [.. program.Parameters.Select(p => new bool[p.Size])];

    /// <summary>Runs the program once; the buffers hold what it leaves there.</summary>
    public void Run(IReadOnlyList<byte[]> buffers, params ReadOnlySpan<long> variables)
    {
        Number();
        _variables = new Scalar[_ops.Length];
        for (var i = 0; i < _ops.Length; i++)
        {
            if (_ops[i].Op == Ops.Variable)
            {
                _variables[i] = ((Scalar)variables[program.Variables.ToList().IndexOf(_ops[i].ArgAs<VariableArg>().Name)]).To(_ops[i].DType);
            }
        }

        var lanes = new ReferenceLane[program.Lanes.Count];
        for (long group = 0; group < program.Groups.Count; group++)
        {
            _memory = new ReferenceMemory(buffers, Written, program.LocalBytes);
            for (var lane = 0; lane < lanes.Length; lane++)
            {
                lanes[lane] ??= new ReferenceLane(lane, _ops.Length);
            }

            Execute(0, _ops.Length, lanes, lanes, group);
        }
    }

    // An accumulator and its assignments are one register, so each reads it as it is at that place.
    private void Number()
    {
        var numbers = new Dictionary<UOp, int>(ReferenceEqualityComparer.Instance);
        (_sources, _registers, _ends) = (new int[_ops.Length][], new int[_ops.Length], new int[_ops.Length]);
        var open = new Stack<int>();
        for (var i = 0; i < _ops.Length; i++)
        {
            var u = _ops[i];
            _sources[i] = [.. u.Src.ToArray().Select(s => numbers[s])];
            _registers[i] = u.Op == Ops.Assign ? numbers[u[0]] : i;
            numbers[u] = _registers[i];
            if (u.Op == Ops.Range)
            {
                open.Push(i);
            }
            else if (u.Op == Ops.End)
            {
                _ends[open.Pop()] = i;
            }
        }
    }

    private void Execute(int from, int to, ReferenceLane[] active, ReferenceLane[] all, long group)
    {
        for (var i = from; i < to; i++)
        {
            var u = _ops[i];
            if (u.Op == Ops.Range)
            {
                Loop(i, active, all, group);
                i = _ends[i];
                continue;
            }

            if (u.Op == Ops.Barrier && active.Length != all.Length)
            {
                throw new InvalidOperationException($"{program.Name}: {active.Length} of {all.Length} lanes come to a barrier.");
            }

            foreach (var lane in active)
            {
                Execute(i, u, lane, all, group);
            }
        }
    }

    private void Loop(int range, ReferenceLane[] active, ReferenceLane[] all, long group)
    {
        var sizes = Array.ConvertAll(active, l => l.Values[_sources[range][0]].AsLong);
        for (long turn = 0; ; turn++)
        {
            var running = Array.TrueForAll(sizes, s => s > turn) ? active : [.. active.Where((_, i) => sizes[i] > turn)];
            if (running.Length == 0)
            {
                return;
            }

            foreach (var lane in running)
            {
                lane.Values[range] = turn;
            }

            Execute(range + 1, _ends[range], running, all, group);
        }
    }

    private void Execute(int i, UOp u, ReferenceLane lane, ReferenceLane[] all, long group)
    {
        var src = _sources[i];
        switch (u.Op)
        {
            case Ops.Param:
                lane.Addresses[i] = new ReferenceAddress(u.ArgAs<ParamArg>().Slot, 0);
                break;
            case Ops.Local:
                lane.Addresses[i] = new ReferenceAddress(ReferenceMemory.Local, 0, u.ArgAs<LocalArg>().Offset);
                break;
            case Ops.Index:
                lane.Addresses[i] = lane.Addresses[src[0]] is var at ? at with { Element = at.Element + lane.Values[src[1]].AsLong } : default;
                break;
            case Ops.Variable:
                lane.Values[i] = _variables[i];
                break;
            case Ops.Special:
                var special = u.ArgAs<SpecialArg>();
                lane.Values[i] = special.Kind == SpecialKind.Lane ? Along(lane.Number, program.Lanes, special.Dimension) : Along(group, program.Groups, special.Dimension);
                break;
            case Ops.Const when u.DType.IsVector:
                lane.Vectors[i] = [.. Enumerable.Repeat((Scalar)u.Arg!, u.DType.Lanes)];
                break;
            case Ops.Const:
                lane.Values[i] = (Scalar)u.Arg!;
                break;
            case Ops.Load:
                Load(i, u, lane);
                break;
            case Ops.Store:
                Store(u, src, lane);
                break;
            case Ops.Accumulator:
            case Ops.Assign:
                Set(_registers[i], u.DType, lane, src[^1]);
                break;
            case Ops.Stack:
                lane.Vectors[i] = Array.ConvertAll(src, s => lane.Values[s]);
                break;
            case Ops.Splat:
                lane.Vectors[i] = [.. Enumerable.Repeat(lane.Values[src[0]], u.DType.Lanes)];
                break;
            case Ops.Extract when u.DType.IsVector:
                lane.Vectors[i] = lane.Vectors[src[0]].AsSpan((int)u.Arg!, u.DType.Lanes).ToArray();
                break;
            case Ops.Extract:
                lane.Values[i] = lane.Vectors[src[0]][(int)u.Arg!];
                break;
            case Ops.Shuffle:
                Scalar[] both = [.. lane.Vectors[src[0]], .. lane.Vectors[src[1]]];
                lane.Vectors[i] = [.. u.ArgAs<Axes>().Span.ToArray().Select(l => both[l])];
                break;
            case Ops.LaneXor:
                lane.Values[i] = Partner(lane, (int)u.Arg!, all).Values[src[0]];
                break;
            case Ops.Barrier:
                break;
            case Ops.Texel:
                lane.Vectors[i] = Texel(u[0], lane.Addresses[src[0]], lane.Values[src[1]].AsLong, lane.Values[src[2]].AsLong);
                break;
            default:
                Compute(i, u, lane);
                break;
        }
    }

    private ReferenceLane Partner(ReferenceLane lane, int mask, ReferenceLane[] all)
    {
        var number = lane.Number / subgroupSize * subgroupSize + (lane.Number % subgroupSize ^ mask);
        return mask < subgroupSize && number < all.Length ? all[number] : throw new InvalidOperationException($"{program.Name}: lane {lane.Number} has no partner by mask {mask} in a subgroup of {subgroupSize}.");
    }

    private static long Along(long number, GridSize size, int dimension) => dimension switch
    {
        0 => number % size.X,
        1 => number / size.X % size.Y,
        _ => number / (size.X * size.Y),
    };

    private static void Set(int register, DType dtype, ReferenceLane lane, int source)
    {
        if (dtype.IsVector)
        {
            lane.Vectors[register] = lane.Vectors[source];
        }
        else
        {
            lane.Values[register] = lane.Values[source];
        }
    }

    private void Load(int i, UOp u, ReferenceLane lane)
    {
        var (src, lanes) = (_sources[i], u.DType.Lanes);
        var vector = lanes > 1 ? new Scalar[lanes] : [];
        for (var l = 0; l < lanes; l++)
        {
            var isOn = src.Length == 1 || (u[1].DType.IsVector ? lane.Vectors[src[1]][l] : lane.Values[src[1]]).AsBool;
            var value = isOn ? _memory.Read(lane.Addresses[src[0]], u.DType.Scalar, l, program) : lanes > 1 ? lane.Vectors[src[2]][l] : lane.Values[src[2]];
            if (lanes == 1)
            {
                lane.Values[i] = value;
                return;
            }

            vector[l] = value;
        }

        lane.Vectors[i] = vector;
    }

    // Outside of the image zeros: whether a device has them, what asks for them knows.
    private Scalar[] Texel(UOp param, ReferenceAddress at, long x, long y)
    {
        var size = program.Parameters[at.Slot].Image!.Value;
        var isInside = x >= 0 && x < size.Width && y >= 0 && y < size.Height;
        return [.. Enumerable.Range(0, ImageSize.TexelElements).Select(i => isInside
            ? _memory.Read(at with { Element = (y * size.Width + x) * ImageSize.TexelElements }, param.DType, i, program).To(DType.Float32)
            : ((Scalar)0).To(DType.Float32))];
    }

    private void Store(UOp u, int[] src, ReferenceLane lane)
    {
        if (src.Length == 3 && !lane.Values[src[2]].AsBool)
        {
            return;
        }

        for (var l = 0; l < u[1].DType.Lanes; l++)
        {
            _memory.Write(lane.Addresses[src[0]], u[1].DType.Scalar, l, u[1].DType.IsVector ? lane.Vectors[src[1]][l] : lane.Values[src[1]], program);
        }
    }

    private void Compute(int i, UOp u, ReferenceLane lane)
    {
        var src = _sources[i];
        Span<Scalar> x = stackalloc Scalar[src.Length];
        var result = u.DType.IsVector ? new Scalar[u.DType.Lanes] : [];
        for (var l = 0; l < u.DType.Lanes; l++)
        {
            for (var s = 0; s < x.Length; s++)
            {
                var value = u[s].DType.IsVector ? lane.Vectors[src[s]][l] : lane.Values[src[s]];
                x[s] = flush is { Inputs: true } && Flushing.Contains(u.Op) ? flush.Apply(value, u[s].DType.Scalar) : value;
            }

            var y = ScalarMath.Evaluate(u.Op, u.DType.Scalar, u.Src[^1].DType.Scalar, x, u.Arg);
            y = flush is { Outputs: true } && Flushing.Contains(u.Op) ? flush.Apply(y, u.DType.Scalar) : y;
            if (!u.DType.IsVector)
            {
                lane.Values[i] = y;
                return;
            }

            result[l] = y;
        }

        lane.Vectors[i] = result;
    }
}
