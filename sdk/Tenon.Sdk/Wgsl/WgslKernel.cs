using System.Text;
using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Sdk.CStyle;

namespace Tenon.Sdk.Wgsl;

/// <summary>One kernel while it is written: its statements, the definitions that they need, and the text of each value.</summary>
internal sealed partial class WgslKernel
{
    // Longer expressions get a name: compilers limit how deep parentheses nest.
    private const int MaxInlineLength = 120;

    private readonly WgslLimits _limits;
    private readonly LinearProgram _program;
    private readonly HashSet<UOp> _inlined;
    private readonly Dictionary<UOp, string> _texts = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _defined = [];
    private readonly StringBuilder _definitions = new();
    private readonly StringBuilder _body = new();
    private int _indent = 1;
    private int _names;

    /// <param name="limits">What the implementation offers.</param>
    /// <param name="program">The kernel.</param>
    /// <param name="isAligned">Whether views begin at multiples of a vector, so that buffers can be arrays of vectors.</param>
    public WgslKernel(WgslLimits limits, LinearProgram program, bool isAligned)
    {
        (_limits, _program) = (limits, program);
        _inlined = Inlining.Find(program.Ops);
        (_buffers, _windows) = FindBuffers();
        _locals = FindLocals();
        (_vectors, _joined) = isAligned ? FindVectors() : ([], []);
    }

    /// <summary>A call of a function.</summary>
    public static string Call(string function, params string[] arguments) => CStyleKernel.Call(function, arguments);

    /// <summary>An expression without the parentheses around all of it.</summary>
    public static string Bare(string expression) => CStyleKernel.Bare(expression);

    /// <summary>The member of the launch's parameters that a variable is.</summary>
    public static string VariableName(string variable) => $"var_{variable}";

    /// <summary>The type of a value.</summary>
    public string TypeOf(DType dtype) => dtype switch
    {
        { IsVector: true, Lanes: 2 or 3 or 4 } => $"vec{dtype.Lanes}<{TypeOf(dtype.Scalar)}>",
        { IsVector: true } => throw Unsupported($"vectors of {dtype.Lanes} lanes"),
        { IsBool: true } => "bool",
        { IsFloat: true, Bits: 32 } => "f32",
        { Kind: DTypeKind.Int, Bits: 32 } => "i32",
        { Kind: DTypeKind.UInt, Bits: 32 } => "u32",
        _ when dtype == DType.Float16 && _limits.HasFloat16 => "f16",
        _ => throw Unsupported($"{dtype}{(dtype == DType.Float64 ? ": cast to float32" : "")}"),
    };

    /// <summary>Adds a definition to the top of the source unless <paramref name="name"/> has one.</summary>
    /// <returns>The name.</returns>
    public string Define(string name, string definition)
    {
        if (_defined.Add(name))
        {
            _definitions.Append(definition).Append("\n\n");
        }

        return name;
    }

    /// <summary>The shader.</summary>
    public WgslShader Write()
    {
        foreach (var op in _program.Ops)
        {
            Write(op);
        }

        return new WgslShader(Head() + _body + "}\n", Dispatch, [.. _windows], WindowBytes)
        {
            Vectors = [.. Enumerable.Range(0, _windows.Length).Select(slot => _vectors.Contains(slot))],
            Written = [.. _program.Parameters.Select(p => p.IsWritten)],
            Variables = _program.Variables.Count,
        };
    }

    private void Write(UOp op)
    {
        switch (op.Op)
        {
            case Ops.Param or Ops.Local:
                break;
            case Ops.Const:
                _texts[op] = WgslLiterals.Of(this, op.DType, op.ArgAs<Scalar>());
                break;
            case Ops.Range:
                var (counter, type) = ($"i{op.ArgAs<RangeArg>().Id}", TypeOf(op.DType));
                _texts[op] = counter;
                var size = _texts[op[0]];
                if (op[0].Op is Ops.Accumulator or Ops.Assign)
                {
                    // The size is what it was when the loop began.
                    Line($"let n{op.ArgAs<RangeArg>().Id} = {size};");
                    size = $"n{op.ArgAs<RangeArg>().Id}";
                }

                Line($"for (var {counter}: {type} = 0; {counter} < {size}; {counter}++) {{");
                _indent++;
                _loaded.Push([]);
                break;
            case Ops.End:
                _indent--;
                _loaded.Pop();
                Line("}");
                break;
            case Ops.Accumulator:
                Line($"var {_texts[op] = $"acc{op.Arg}"}: {TypeOf(op.DType)} = {Bare(TextOf(op[0]))};");
                break;
            case Ops.Assign:
                _texts[op] = TextOf(op[0]);
                Line($"{_texts[op]} = {Bare(TextOf(op[1]))};");
                break;
            case Ops.Store:
                WriteStore(op);
                break;
            case Ops.Barrier:
                Line("workgroupBarrier();");
                break;
            default:
                WriteValue(op);
                break;
        }
    }

    private void WriteStore(UOp op)
    {
        var isMasked = op.Src.Length > 2 && !op[2].DType.IsBool;
        var store = Store(op[0], op[1], isMasked ? TextOf(op[2]) : null);
        Line(op.Src.Length > (isMasked ? 3 : 2) ? $"if ({Bare(TextOf(op[op.Src.Length - 1]))}) {{ {store} }}" : store);
    }

    private void WriteValue(UOp op)
    {
        var text = Expression(op);
        if (_inlined.Contains(op) && text.Length <= MaxInlineLength)
        {
            _texts[op] = text;
            return;
        }

        _inlined.Remove(op);
        _texts[op] = $"v{_names++}";
        Line($"let {_texts[op]} = {Bare(text)};");
    }

    private string Expression(UOp op)
    {
        var expression = ExpressionTable.Find(WgslRenderer.Expressions, _program, op, _limits);
        _ = op.Op == Ops.Index ? "" : TypeOf(op.DType);
        var sources = ExpressionTable.Sources(op, s => s.Op is Ops.Param or Ops.Local ? "" : TextOf(s));

        // What consists of literals alone is computed by the compiler of the shader, who rejects what overflows.
        if (OpSet.Elementwise.Contains(op.Op) && Array.TrueForAll(op.Src.ToArray(), static s => s.Op == Ops.Const))
        {
            Line($"let v{_names} = {sources[0]};");
            sources[0] = $"v{_names++}";
        }

        return expression(this, op, sources);
    }

    private string TextOf(UOp op) => ExpressionTable.Written(_texts, _program, op);

    private void Line(string text) => _body.Append(' ', 4 * _indent).Append(text).Append('\n');

    private BackendException Unsupported(string what) => new("TEN4351", $"Kernel {_program.Name} needs what WGSL doesn't have: {what}.");
}
