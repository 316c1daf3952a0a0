using System.Reflection.Emit;
using Tenon.Core;

namespace Tenon.Plugins.Cpu;

// Where values are: in a local, or waiting to be written as part of the expression that uses them.
internal sealed partial class KernelEmitter
{
    private static UOp Variable(UOp node)
    {
        while (node.Op == Ops.Assign)
        {
            node = node[0];
        }

        return node;
    }

    // An address at a constant distance from another is written at each use: it is folded into the instruction.
    private static bool IsFolded(UOp node) => node.Op == Ops.Index && node[1].Op == Ops.Const;

    private Value ValueOf(UOp node)
    {
        if (!_values.TryGetValue(node, out var value))
        {
            _values.Add(node, value = new Value());
        }

        return value;
    }

    private void CountUses()
    {
        for (var i = _program.Ops.Count - 1; i >= 0; i--)
        {
            var node = _program.Ops[i];
            var isEffect = node.Op is Ops.Store or Ops.Assign or Ops.Accumulator or Ops.Range;
            var uses = isEffect ? 1 : ValueOf(node).Uses;
            if (uses == 0 || node.Op == Ops.End)
            {
                continue;
            }

            foreach (var source in node.Src)
            {
                ValueOf(source).Uses += IsFolded(node) ? uses : 1;
            }
        }
    }

    private void Define(UOp node)
    {
        var value = ValueOf(node);
        if (value.Uses == 0 || IsFolded(node))
        {
            return;
        }

        value.Loop = _loops.Count;
        if (value.Uses == 1 && !IsStatement(node))
        {
            value.ReadsMemory = node.Op == Ops.Load;
            foreach (var source in node.Src)
            {
                value.Include(source, this);
            }

            if (value.Height <= MaxHeight)
            {
                Detach(node);
                value.IsWaiting = true;
                _waiting.Add(node);
                return;
            }
        }

        Detach(node);
        Write(node);
    }

    // Sources that wait become part of this node.
    private void Detach(UOp node)
    {
        foreach (var source in node.Src)
        {
            var s = source;
            while (IsFolded(s))
            {
                s = s[0];
            }

            if (_values.TryGetValue(s, out var value) && value.IsWaiting)
            {
                _waiting.Remove(s);
            }
        }
    }

    // Writes waiting values to locals, because what follows could change them or because the block ends.
    private void WriteWaiting(Func<Value, bool>? condition = null)
    {
        for (var i = 0; i < _waiting.Count;)
        {
            var node = _waiting[i];
            if (condition is null || condition(_values[node]))
            {
                _waiting.RemoveAt(i);
                Write(node);
            }
            else
            {
                i++;
            }
        }
    }

    private void Write(UOp node)
    {
        var value = _values[node];
        value.IsWaiting = false;
        var type = node.Op == Ops.Index ? typeof(nint) : ClrType.OfValue(node.DType);
        if (IsStatement(node))
        {
            value.Local = _locals.Take(type);
            EmitChoice(node, value.Local);
            return;
        }

        if (IsWideTruth(node))
        {
            // Kept as wide as what was compared: most often it chooses between such.
            var wide = EmitWideComparison(node);
            (value.Local, value.IsWide) = (_locals.Take(wide.Type), true);
            _il.Emit(OpCodes.Stloc, value.Local);
            return;
        }

        EmitExpression(node);
        value.Local = _locals.Take(type);
        _il.Emit(OpCodes.Stloc, value.Local);
    }

    // Puts a value on the stack.
    private void Push(UOp node)
    {
        if (node.Op == Ops.Const)
        {
            EmitConst(node.DType, node.ArgAs<Scalar>());
            return;
        }

        if (IsFolded(node))
        {
            EmitExpression(node);
            return;
        }

        if (!_values.TryGetValue(Variable(node), out var value))
        {
            throw new InvalidOperationException($"{node} is used but not in the list");
        }

        if (value.Local is null)
        {
            value.IsWaiting = false;
            EmitExpression(node);
            return;
        }

        PushLocal(value);
        if (value.IsWide)
        {
            EmitNarrow(VectorType.Of(DType.Int64.Vec(node.DType.Lanes)));
        }
    }

    private void PushLocal(Value value)
    {
        _il.Emit(OpCodes.Ldloc, value.Local!);
        if (!value.IsPinned && --value.Uses == 0)
        {
            Release(value);
        }
    }

    private void Release(Value value)
    {
        if (value.Loop >= _loops.Count)
        {
            _locals.Return(value.Local!);
        }
        else
        {
            _loops[value.Loop].FreeAtEnd.Add(value.Local!);
        }
    }

    private sealed class Value
    {
        private HashSet<UOp>? _variables;

        public int Uses { get; set; }

        public LocalBuilder? Local { get; set; }

        // The local is the value's own for all of the kernel.
        public bool IsPinned { get; set; }

        // The local holds truth values in lanes of 64 bits.
        public bool IsWide { get; set; }

        // How many loops are open where it is made.
        public int Loop { get; set; }

        public bool IsWaiting { get; set; }

        public bool ReadsMemory { get; set; }

        public int Height { get; private set; } = 1;

        public bool Reads(UOp variable) => _variables?.Contains(variable) == true;

        public void Include(UOp source, KernelEmitter emitter)
        {
            while (IsFolded(source))
            {
                source = source[0];
            }

            if (source.Op is Ops.Accumulator or Ops.Assign)
            {
                (_variables ??= []).Add(Variable(source));
            }
            else if (emitter._values.TryGetValue(source, out var part) && part.IsWaiting)
            {
                ReadsMemory |= part.ReadsMemory;
                Height = Math.Max(Height, part.Height + 1);
                if (part._variables is not null)
                {
                    (_variables ??= []).UnionWith(part._variables);
                }
            }
        }
    }
}
