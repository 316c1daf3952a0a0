using System.Globalization;
using System.Text;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Llvm;

/// <summary>One kernel while it is written: its instructions, the declarations that they need, and the operand of each value.</summary>
public sealed class LlvmKernel
{
    private readonly LlvmRenderer _renderer;
    private readonly Dictionary<UOp, string> _operands = new(ReferenceEqualityComparer.Instance);
    private readonly SortedSet<string> _declarations = new(StringComparer.Ordinal);
    private readonly StringBuilder _variables = new();
    private readonly StringBuilder _body = new();
    private readonly Stack<Loop> _loops = [];
    private int _names;
    private int _blocks;

    internal LlvmKernel(LlvmRenderer renderer, LinearProgram program) => (_renderer, Program) = (renderer, program);

    /// <summary>What is written.</summary>
    public LinearProgram Program { get; }

    /// <summary>The name of the block that is being written.</summary>
    public string Block { get; private set; } = "entry";

    /// <summary>The operand by which a node that is already written is used.</summary>
    /// <exception cref="BackendException">The node isn't written yet: the program lists a user before its source.</exception>
    public string this[UOp op]
    {
        get
        {
            var operand = ExpressionTable.Written(_operands, Program, op);
            return op.Op is Ops.Accumulator or Ops.Assign ? Emit($"load {LlvmTypes.Value(op.DType)}, ptr {operand}") : operand;
        }
        set => _operands[op] = value;
    }

    /// <summary>Writes an instruction that has a value.</summary>
    /// <returns>The name of the value.</returns>
    public string Emit(string instruction)
    {
        var name = $"%v{_names++}";
        Line($"{name} = {instruction}");
        return name;
    }

    /// <summary>Writes an instruction that has no value.</summary>
    public void Line(string text) => _body.Append("  ").Append(text).Append('\n');

    /// <summary>Writes a call of an intrinsic, which is declared.</summary>
    /// <param name="result">The type of its value.</param>
    /// <param name="name">Its name, such as <c>llvm.fma.f32</c>.</param>
    /// <param name="arguments">Type and operand of each argument.</param>
    /// <returns>The name of the value.</returns>
    public string Call(string result, string name, params ReadOnlySpan<(string Type, string Operand)> arguments) => CallWith("", result, name, arguments);

    /// <summary>Writes a call of an intrinsic with flags, such as <c>nsz</c>.</summary>
    public string CallWith(string flags, string result, string name, params ReadOnlySpan<(string Type, string Operand)> arguments)
    {
        var (types, operands) = (new string[arguments.Length], new string[arguments.Length]);
        for (var i = 0; i < arguments.Length; i++)
        {
            (types[i], operands[i]) = (arguments[i].Type, $"{arguments[i].Type} {arguments[i].Operand}");
        }

        _declarations.Add($"declare {result} @{name}({string.Join(", ", types)})");
        return Emit($"call {(flags.Length > 0 ? flags + " " : "")}{result} @{name}({string.Join(", ", operands)})");
    }

    /// <summary>Begins a loop whose counter is 64 or fewer bits wide.</summary>
    /// <param name="type">The type of the counter.</param>
    /// <param name="begin">Its first value.</param>
    /// <param name="end">The value after its last.</param>
    /// <param name="runs">Whether there is at least one turn for sure.</param>
    /// <returns>The counter.</returns>
    public string OpenLoop(string type, string begin, string end, bool runs)
    {
        var loop = new Loop(_blocks++, type, end);
        var before = $"before{loop.Number}";
        if (runs)
        {
            Line($"br label %{before}");
        }
        else
        {
            Line($"br i1 {Emit($"icmp slt {type} {begin}, {end}")}, label %{before}, label %{loop.After}");
        }

        StartBlock(before);
        Line($"br label %{loop.Top}");
        StartBlock(loop.Top);
        Line($"{loop.Counter} = phi {type} [ {begin}, %{before} ], [ {loop.Next}, %{loop.Turn} ]");
        _loops.Push(loop);
        return loop.Counter;
    }

    /// <summary>Ends the innermost loop.</summary>
    public void CloseLoop()
    {
        var loop = _loops.Pop();
        Line($"br label %{loop.Turn}");
        StartBlock(loop.Turn);
        Line($"{loop.Next} = add nuw nsw {loop.Type} {loop.Counter}, 1");
        Line($"br i1 {Emit($"icmp slt {loop.Type} {loop.Next}, {loop.End}")}, label %{loop.Top}, label %{loop.After}");
        StartBlock(loop.After);
    }

    /// <summary>Writes what runs only if a scalar condition holds.</summary>
    /// <returns>The names of the block before, and of the last block of what was written.</returns>
    public (string Before, string Last) If(string condition, Action write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var (number, before) = (_blocks++, Block);
        Line($"br i1 {condition}, label %then{number}, label %join{number}");
        StartBlock($"then{number}");
        write();
        var last = Block;
        Line($"br label %join{number}");
        StartBlock($"join{number}");
        return (before, last);
    }

    /// <summary>Whether LLVM makes good code of <c>llvm.maximum</c> for the target.</summary>
    public bool HasMaximum => _renderer.HasMaximum;

    /// <summary>The type of pointers to what an op addresses.</summary>
    public string PointerTo(UOp address) => _renderer.PointerTo(address);

    internal string Write()
    {
        _renderer.Open(this);
        foreach (var op in Program.Ops)
        {
            Write(op);
        }

        _renderer.Close(this);
        var declarations = string.Concat(_declarations.Select(d => d + "\n"));
        return string.Create(CultureInfo.InvariantCulture, $"{_renderer.Prologue}{_renderer.Signature(Program)} #0 {{\nentry:\n{_variables}{_body}  ret void\n}}\n\n{declarations}attributes #0 = {_renderer.Attributes}\n");
    }

    private void StartBlock(string name)
    {
        Block = name;
        _body.Append(name).Append(":\n");
    }

    private void Write(UOp op)
    {
        switch (op.Op)
        {
            case Ops.Param or Ops.Local or Ops.Variable or Ops.Special:
                // The renderer has written them in the head.
                break;
            case Ops.Const:
                this[op] = LlvmTypes.Literal(op.DType, op.ArgAs<Scalar>());
                break;
            case Ops.Range:
                this[op] = OpenLoop(LlvmTypes.Value(op.DType), "0", this[op[0]], op[0].IsConst(out var size) && size.AsLong > 0);
                break;
            case Ops.End:
                CloseLoop();
                break;
            case Ops.Accumulator:
                // LLVM makes registers of them.
                this[op] = $"%acc{op.Arg}";
                _variables.Append(CultureInfo.InvariantCulture, $"  %acc{op.Arg} = alloca {LlvmTypes.Value(op.DType)}\n");
                Line($"store {LlvmTypes.Value(op.DType)} {this[op[0]]}, ptr %acc{op.Arg}");
                break;
            case Ops.Assign:
                this[op] = _operands[op[0]];
                Line($"store {LlvmTypes.Value(op.DType)} {this[op[1]]}, ptr {_operands[op[0]]}");
                break;
            case Ops.Store when op.Src.Length > 2:
                If(this[op[2]], () => LlvmMemory.Store(this, op[0], op[1]));
                break;
            case Ops.Store:
                LlvmMemory.Store(this, op[0], op[1]);
                break;
            default:
                this[op] = Expression(op);
                break;
        }
    }

    private string Expression(UOp op) =>
        ExpressionTable.Find(_renderer.Expressions, Program, op, _renderer)(this, op, ExpressionTable.Sources(op, source => this[source]));

    private sealed record Loop(int Number, string Type, string End)
    {
        public string Top => $"loop{Number}";

        public string Turn => $"turn{Number}";

        public string After => $"after{Number}";

        public string Counter => $"%i{Number}";

        public string Next => $"%next{Number}";
    }
}
