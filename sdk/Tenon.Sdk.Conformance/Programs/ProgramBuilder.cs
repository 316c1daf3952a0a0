using System.Security.Cryptography;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>A linear program in the making: its work items, its buffers, its statements.</summary>
internal sealed class ProgramBuilder
{
    // Lanes side by side, where there are any, so that every case is one of groups too.
    private const long PreferredLanes = 64;
    private readonly List<UOp> _statements = [];
    private readonly List<UOp> _parameters = [];

    /// <summary>A program of so many work items, in groups where the device has them.</summary>
    public ProgramBuilder(Capabilities device, long items) : this(device, Split(device, items))
    {
    }

    /// <summary>A program of so many groups along x, of so many lanes each.</summary>
    public ProgramBuilder(Capabilities device, (long Groups, long Lanes) size)
        : this(device, new GridSize(size.Groups), new GridSize(size.Lanes))
    {
    }

    /// <summary>A program of this grid.</summary>
    public ProgramBuilder(Capabilities device, GridSize groups, GridSize lanes)
    {
        (Groups, Lanes) = (groups, lanes);
        Group = device.Workgroups is null
            ? UOp.New(Ops.Special, DType.Int32, [], new SpecialArg("gid", groups.X))
            : Number(SpecialKind.Group, "gid", groups);
        Lane = Number(SpecialKind.Lane, "lid", lanes);
        Item = lanes.Count == 1 ? Group : Ir.Add(Ir.Mul(Group, Ir.Int(lanes.Count)), Lane);
    }

    public GridSize Groups { get; }

    public GridSize Lanes { get; }

    /// <summary>The number of the work item: of its group, and of the lane in it.</summary>
    public UOp Item { get; }

    /// <summary>The number of the group; x runs fastest.</summary>
    public UOp Group { get; }

    /// <summary>The number of the lane in its group; x runs fastest.</summary>
    public UOp Lane { get; }

    public int BufferCount => _parameters.Count;

    /// <summary>How many items along x go into groups of how many lanes.</summary>
    public static (long Groups, long Lanes) Split(Capabilities device, long items)
    {
        var lanes = 1L;
        if (device.Workgroups is { } limits)
        {
            var most = Math.Min(PreferredLanes, Math.Min(limits.MaxLanes.X, limits.MaxLanesPerGroup));
            while (lanes * 2 <= most && items % (lanes * 2) == 0)
            {
                lanes *= 2;
            }
        }

        return (items / lanes, lanes);
    }

    /// <summary>The next buffer.</summary>
    public UOp Buffer(DType dtype, long size)
    {
        _parameters.Add(UOp.New(Ops.Param, dtype, [], new ParamArg(_parameters.Count, size)));
        return _parameters[^1];
    }

    /// <summary>Adds statements, each with the values that it needs and that are not there yet.</summary>
    public ProgramBuilder Add(params ReadOnlySpan<UOp> statements)
    {
        _statements.AddRange(statements);
        return this;
    }

    /// <summary>The program. Its name ends with a hash of its content, as programs with equal names must be equal.</summary>
    public LinearProgram Build(string name)
    {
        var (seen, ops) = (new HashSet<UOp>(ReferenceEqualityComparer.Instance), new List<UOp>());

        // What no loop changes comes before all loops: a value that is made in a loop may be used there only.
        var (free, order) = (new HashSet<UOp>(ReferenceEqualityComparer.Instance), UOp.Sink([.. _statements]).TopologicalOrder());
        foreach (var u in order.Where(u => u.Op is Ops.Const or Ops.Special or Ops.Variable or Ops.Param || (OpSet.Elementwise.Contains(u.Op) && u.Src.ToArray().All(free.Contains))))
        {
            free.Add(u);
            seen.Add(u);
            ops.Add(u);
        }

        foreach (var statement in _statements)
        {
            // A barrier is one node however often it stands in the list.
            ops.AddRange(statement.Op == Ops.Barrier ? [statement] : statement.TopologicalOrder().Where(seen.Add));
        }

        var (read, written) = (Touched(ops, Ops.Load), Touched(ops, Ops.Store));
        var hash = Convert.ToHexStringLower(SHA256.HashData(UOpSerializer.Serialize(ops)))[..8];
        return new LinearProgram
        {
            Name = $"{new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')])}_{hash}",
            Ops = ops,
            Parameters = [.. _parameters.Select(p => new KernelParameter { DType = p.DType, Size = p.ArgAs<ParamArg>().Size, IsRead = read.Contains(p), IsWritten = written.Contains(p) })],
            Variables = [.. ops.Where(o => o.Op == Ops.Variable).Select(o => o.ArgAs<VariableArg>().Name)],
            GlobalSize = Groups.Count,
            Groups = Groups,
            Lanes = Lanes,
            LocalBytes = ops.Where(o => o.Op == Ops.Local).Select(o => o.ArgAs<LocalArg>().Offset + o.ArgAs<LocalArg>().Size * o.DType.Bytes).DefaultIfEmpty().Max(),
        };
    }

    private static UOp Number(SpecialKind kind, string name, GridSize sizes)
    {
        var number = Ir.Int(0);
        for (var dimension = 2; dimension >= 0; dimension--)
        {
            if (sizes[dimension] > 1)
            {
                var index = UOp.New(Ops.Special, DType.Int32, [], new SpecialArg($"{name}{dimension}", sizes[dimension]) { Kind = kind, Dimension = dimension });
                number = number.IsInteger(0) ? index : Ir.Add(Ir.Mul(number, Ir.Int(sizes[dimension])), index);
            }
        }

        return number;
    }

    private static HashSet<UOp> Touched(List<UOp> ops, Ops op)
    {
        var touched = new HashSet<UOp>(ReferenceEqualityComparer.Instance);
        foreach (var u in ops.Where(o => o.Op == op))
        {
            var at = u[0];
            while (at.Op == Ops.Index)
            {
                at = at[0];
            }

            touched.Add(at);
        }

        return touched;
    }
}
