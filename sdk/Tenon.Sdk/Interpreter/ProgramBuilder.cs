using System.Numerics;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>Makes steps of a linear program.</summary>
internal sealed class ProgramBuilder
{
    // Lanes that run side by side: enough that a step's own cost counts little, few enough that their values stay in the cache.
    private const int MostLanes = 1024;
    private const long MostBytes = 1 << 20;
    private readonly LinearProgram _program;
    private readonly InterpreterOptions _options;
    private readonly Lockstep _lockstep;
    private readonly LocalMemory _local;
    private readonly Dictionary<UOp, Register> _registers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<UOp, MemoryRegion> _regions = new(ReferenceEqualityComparer.Instance);
    private readonly long[] _variables;
    private readonly Stack<(UOp Range, List<Step> Steps)> _open = [];

    public ProgramBuilder(LinearProgram program, InterpreterOptions options)
    {
        (_program, _options) = (program, options);
        _variables = new long[program.Variables.Count];
        var lanes = program.Lanes.Count;
        var bytes = lanes * program.Ops.Sum(u => (long)u.DType.Bytes) + program.LocalBytes;
        var together = Math.Clamp(Math.Min(MostLanes / lanes, MostBytes / Math.Max(1, bytes)), 1, program.Groups.Count);
        _lockstep = new Lockstep(program.Name, program.Groups, program.Lanes, (int)(together * lanes));
        _local = new LocalMemory(_lockstep, (int)program.LocalBytes);
    }

    /// <summary>The steps.</summary>
    public StepProgram Build()
    {
        _open.Push((null!, []));
        for (var i = 0; i < _program.Ops.Count; i++)
        {
            Add(new Site(i, _program.Ops[i]));
        }

        return new StepProgram(_lockstep, _program.Groups.Count, [.. _open.Pop().Steps], _local, [.. _regions.Values.OfType<GlobalRegion>().Distinct()], _variables);
    }

    private void Add(Site site)
    {
        var u = site.Op;
        switch (u.Op)
        {
            case Ops.Param:
                _regions[u] = new GlobalRegion(u.DType, u.ArgAs<ParamArg>(), _options.ChecksBuffers);
                break;
            case Ops.Local:
                _regions[u] = new LocalRegion(u.DType, u.ArgAs<LocalArg>(), _local, _lockstep.LanesPerGroup);
                break;
            case Ops.Index:
                AddAddress(u);
                break;
            case Ops.Range:
                Create(u);
                _open.Push((u, []));
                break;
            case Ops.End:
                AddLoop();
                break;
            case Ops.Barrier:
                Then(() => _lockstep.Meet(site));
                Then(_local.Pass);
                break;
            case Ops.Store:
                Then(ElementType.Of(u[1].DType).Store(Access(site), _registers[u[1]], u.Src.Length == 3 ? _registers[u[2]] : null));
                break;
            case Ops.Assign:
                _registers[u] = _registers[u[0]];
                Then(ElementType.Of(u.DType).Assign(_lockstep, _registers[u[0]], _registers[u[1]]));
                break;
            default:
                AddValue(site, Create(u));
                break;
        }
    }

    private void AddValue(Site site, Register result)
    {
        var u = site.Op;
        var (type, sources) = (ElementType.Of(u.DType), SourceRegisters(u));
        switch (u.Op)
        {
            case Ops.Const:
                type.Fill(result, u.ArgAs<Scalar>());
                break;
            case Ops.Variable:
                var position = _program.Variables.ToList().IndexOf(u.ArgAs<VariableArg>().Name);
                Then(() => type.Fill(result, _variables[position]));
                break;
            case Ops.Special:
                var special = u.ArgAs<SpecialArg>();
                Then(() => SetEach(result, lane => special.Kind == SpecialKind.Lane ? _lockstep.LaneIndex(lane, special.Dimension) : _lockstep.GroupIndex(lane, special.Dimension)));
                break;
            case Ops.Load:
                Then(type.Load(Access(site), u.Src.Length == 3 ? sources[1] : null, u.Src.Length == 3 ? sources[2] : null, result));
                break;
            case Ops.Texel:
                var access = new MemoryAccess(_lockstep, site, _regions[u[0]], []);
                Then(new TexelStep(access, _program.Parameters[u[0].ArgAs<ParamArg>().Slot].Image!.Value, _options.Images is { HasBorder: true }, sources[1], sources[2], (Register<float>)result));
                break;
            case Ops.Accumulator:
                Then(type.Assign(_lockstep, result, sources[0]));
                break;
            case Ops.LaneXor:
                Then(type.Exchange(_lockstep, site, u.ArgAs<int>(), _options.SubgroupSize, sources[0], result));
                break;
            case Ops.Wmma:
                AddCore(site, result);
                break;
            case Ops.Stack:
                Then(type.Arrange(sources, [.. Enumerable.Range(0, sources.Length)], result));
                break;
            case Ops.Splat:
                Then(type.Arrange(sources, new int[u.DType.Lanes], result));
                break;
            case Ops.Extract:
                Then(type.Arrange(sources, [.. Enumerable.Range(u.ArgAs<int>(), u.DType.Lanes)], result));
                break;
            case Ops.Shuffle:
                Then(type.Arrange(sources, u.ArgAs<Axes>().Span.ToArray(), result));
                break;
            case Ops.Where:
                Then(type.Choose(sources[0], sources[1], sources[2], result));
                break;
            case Ops.Bitcast:
                Then(() => sources[0].Bytes.CopyTo(result.Bytes));
                break;
            case Ops.Cast:
                var from = ElementType.Of(u[0].DType);
                var wide = from.CreateWide(_lockstep.Width * u.DType.Lanes);
                Then(() => from.Widen(sources[0], wide));
                Then(() => type.Narrow(wide, result));
                break;
            default:
                OperandCheck.Add(site, sources, _lockstep, _open.Peek().Steps);
                Then(ElementType.Of(u[0].DType).Compute(u.Op, sources, result)
                    ?? throw new BackendException("TEN4001", $"Kernel {_program.Name}, {site}: the interpreter has no {u.Op} of {u[0].DType}."));
                break;
        }
    }

    private void AddAddress(UOp u)
    {
        _regions[u] = _regions[u[0]];
        var result = new Register<long>(DType.Int64, _lockstep.Width);
        _registers[u] = result;
        var (to, from) = (result.Values, (_registers.GetValueOrDefault(u[0]) as Register<long>)?.Values);
        Then(_registers[u[1]] is Register<int> narrow ? () => Offset(to, from, narrow.Values) : () => Offset(to, from, ((Register<long>)_registers[u[1]]).Values));

        static void Offset<T>(long[] to, long[]? from, T[] offsets) where T : IBinaryInteger<T>
        {
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = long.CreateTruncating(offsets[i]) + (from is null ? 0 : from[i]);
            }
        }
    }

    // Addresses are registers too, of places in memory.
    private void AddCore(Site site, Register result)
    {
        var u = site.Op;
        var core = _options.TensorCores.FirstOrDefault(c => c.Name == u.ArgAs<string>())
            ?? throw new BackendException("TEN4001", $"Kernel {_program.Name}, {site}: the interpreter has no tensor core {u.Arg}.");
        var values = new Register?[3];
        var accesses = new MemoryAccess?[3];
        for (var i = 0; i < 3; i++)
        {
            if (u[i].Op == Ops.Index)
            {
                accesses[i] = new MemoryAccess(_lockstep, site, _regions[u[i]], ((Register<long>)_registers[u[i]]).Values);
            }
            else
            {
                values[i] = _registers[u[i]];
            }
        }

        Then(new CoreStep(core, _lockstep, site, values, accesses, result));
    }

    private void AddLoop()
    {
        var (range, body) = _open.Pop();
        var (size, counter, type) = (_registers[range[0]], _registers[range], ElementType.Of(range.DType));
        Then(new Loop(_lockstep, lane => size is Register<int> i ? i.Values[lane] : ((Register<long>)size).Values[lane], i => type.Fill(counter, i), [.. body]));
    }

    private void SetEach(Register register, Func<int, long> value)
    {
        for (var lane = 0; lane < _lockstep.Width; lane++)
        {
            if (register is Register<int> narrow)
            {
                narrow.Values[lane] = (int)value(lane);
            }
            else
            {
                ((Register<long>)register).Values[lane] = value(lane);
            }
        }
    }

    private Register Create(UOp u) => _registers[u] = ElementType.Of(u.DType).CreateRegister(u.DType, _lockstep.Width);

    private Register[] SourceRegisters(UOp u)
    {
        var registers = new Register[u.Src.Length];
        for (var i = 0; i < registers.Length; i++)
        {
            registers[i] = _registers.GetValueOrDefault(u[i])!;
        }

        return registers;
    }

    private MemoryAccess Access(Site site) => new(_lockstep, site, _regions[site.Op[0]], ((Register<long>)_registers[site.Op[0]]).Values);

    private void Then(Step step) => _open.Peek().Steps.Add(step);

    private void Then(Action step) => Then(new ActionStep(step));
}
