using System.Reflection.Emit;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu;

/// <summary>
/// Writes a linear program as IL. A value that is used once is written where it is used, as part of one expression, unless a
/// store or an assignment between the two could change it; every other value has a local. That keeps the number of locals
/// low: the .NET JIT keeps no more than about a thousand in registers.
/// </summary>
internal sealed partial class KernelEmitter
{
    // Deeper expressions cost the JIT stack, and gain nothing.
    private const int MaxHeight = 24;

    private readonly LinearProgram _program;
    private readonly ILGenerator _il;
    private readonly LocalPool _locals;
    private readonly Dictionary<UOp, Value> _values = new(ReferenceEqualityComparer.Instance);
    private readonly List<Loop> _loops = [];

    // Values that wait for their one use, in the order of the program; those that are part of another are not listed.
    private readonly List<UOp> _waiting = [];

    private readonly LocalBuilder _item;

    // Whether stores go past the caches.
    private bool _hasStreams;

    private KernelEmitter(LinearProgram program, ILGenerator il)
    {
        _item = il.DeclareLocal(typeof(long));
        _program = program;
        _il = il;
        _locals = new LocalPool(il);
    }

    /// <summary>The code of a program, compiled to machine code.</summary>
    public static unsafe KernelBody Compile(LinearProgram program)
    {
        var method = new DynamicMethod(program.Name, typeof(void), [typeof(void**), typeof(long*), typeof(long), typeof(long), typeof(void*)], typeof(KernelEmitter).Module, skipVisibility: true)
        {
            InitLocals = false,
        };
        new KernelEmitter(program, method.GetILGenerator(1 << 14)).Emit();
        var body = method.CreateDelegate<KernelBody>();

        // The JIT runs at the first call: make one with no work items.
        var buffers = stackalloc void*[Math.Max(1, program.Parameters.Count)];
        var variables = stackalloc long[Math.Max(1, program.Variables.Count)];
        body(buffers, variables, 0, 0, null);
        return body;
    }

    private void Emit()
    {
        CountUses();
        EmitArguments();
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Stloc, _item);
        var (top, check) = (_il.DefineLabel(), _il.DefineLabel());
        _il.Emit(OpCodes.Br, check);
        _il.MarkLabel(top);
        foreach (var node in _program.Ops)
        {
            Visit(node);
        }

        WriteWaiting();
        Increment(_item);
        _il.MarkLabel(check);
        _il.Emit(OpCodes.Ldloc, _item);
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Blt, top);
        if (_hasStreams)
        {
            _il.Emit(OpCodes.Call, typeof(StreamMemory).GetMethod(nameof(StreamMemory.Finish))!);
        }

        _il.Emit(OpCodes.Ret);
    }

    // Loads what is the same for all work items.
    private void EmitArguments()
    {
        foreach (var node in _program.Ops)
        {
            if (node.Op == Ops.Param)
            {
                _il.Emit(OpCodes.Ldarg_0);
                EmitInteger(node.ArgAs<ParamArg>().Slot * sizeof(long));
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Ldind_I);
                SetNewLocal(node, typeof(nint));
            }
            else if (node.Op == Ops.Local)
            {
                _il.Emit(OpCodes.Ldarg_S, (byte)4);
                EmitInteger(node.ArgAs<LocalArg>().Offset);
                _il.Emit(OpCodes.Conv_I);
                _il.Emit(OpCodes.Add);
                SetNewLocal(node, typeof(nint));
            }
            else if (node.Op == Ops.Variable)
            {
                _il.Emit(OpCodes.Ldarg_1);
                EmitInteger(_program.PositionOf(node) * sizeof(long));
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Ldind_I8);
                EmitScalarCast(DType.Int64, node.DType);
                SetNewLocal(node, ClrType.OfValue(node.DType));
            }
        }
    }

    private void SetNewLocal(UOp node, Type type)
    {
        var local = _il.DeclareLocal(type);
        ValueOf(node).Local = local;
        ValueOf(node).IsPinned = true;
        _il.Emit(OpCodes.Stloc, local);
    }

    private void Visit(UOp node)
    {
        switch (node.Op)
        {
            case Ops.Param or Ops.Local or Ops.Variable or Ops.Const or Ops.Sink:
                break;
            case Ops.Special:
                _il.Emit(OpCodes.Ldloc, _item);
                EmitScalarCast(DType.Int64, node.DType);
                SetNewLocal(node, ClrType.OfValue(node.DType));
                break;
            case Ops.Range:
                OpenLoop(node);
                break;
            case Ops.End:
                CloseLoop();
                break;
            case Ops.Accumulator:
                Detach(node);
                Push(node[0]);
                SetNewLocal(node, ClrType.OfValue(node.DType));
                break;
            case Ops.Assign:
                Detach(node);
                WriteWaiting(v => v.Reads(Variable(node)));
                Push(node[1]);
                _il.Emit(OpCodes.Stloc, _values[Variable(node)].Local!);
                break;
            case Ops.Store:
                Detach(node);
                WriteWaiting(v => v.ReadsMemory);
                EmitStore(node);
                break;
            default:
                Define(node);
                break;
        }
    }

    private void OpenLoop(UOp range)
    {
        Detach(range);
        WriteWaiting();
        var counter = _il.DeclareLocal(ClrType.OfValue(range.DType));
        var value = ValueOf(range);
        (value.Local, value.IsPinned) = (counter, true);
        var loop = new Loop(range, counter, _il.DefineLabel(), _il.DefineLabel());
        if (range[0].Op != Ops.Const)
        {
            Push(range[0]);
            loop.Size = _il.DeclareLocal(counter.LocalType);
            _il.Emit(OpCodes.Stloc, loop.Size);
        }

        EmitConst(range.DType, 0);
        _il.Emit(OpCodes.Stloc, counter);
        if (!(range[0].IsConst(out var size) && size.AsLong > 0))
        {
            PushLoopCondition(loop);
            _il.Emit(OpCodes.Bge, loop.Exit);
        }

        _il.MarkLabel(loop.Top);
        _loops.Add(loop);
    }

    private void CloseLoop()
    {
        WriteWaiting();
        var loop = _loops[^1];
        _loops.RemoveAt(_loops.Count - 1);
        Increment(loop.Counter);
        PushLoopCondition(loop);
        _il.Emit(OpCodes.Blt, loop.Top);
        _il.MarkLabel(loop.Exit);
        foreach (var local in loop.FreeAtEnd)
        {
            _locals.Return(local);
        }
    }

    private void PushLoopCondition(Loop loop)
    {
        _il.Emit(OpCodes.Ldloc, loop.Counter);
        if (loop.Size is null)
        {
            Push(loop.Range[0]);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, loop.Size);
        }
    }

    private void Increment(LocalBuilder counter)
    {
        _il.Emit(OpCodes.Ldloc, counter);
        _il.Emit(OpCodes.Ldc_I4_1);
        if (counter.LocalType == typeof(long))
        {
            _il.Emit(OpCodes.Conv_I8);
        }

        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, counter);
    }

    private sealed class Loop(UOp range, LocalBuilder counter, Label top, Label exit)
    {
        public UOp Range => range;

        public LocalBuilder Counter => counter;

        public Label Top => top;

        public Label Exit => exit;

        public LocalBuilder? Size { get; set; }

        // Locals of values that were made before the loop and used last in it.
        public List<LocalBuilder> FreeAtEnd { get; } = [];
    }
}
