using System.Text;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.CStyle;

/// <summary>One kernel while it is written: its statements, the definitions that they need, and the text of each value.</summary>
public sealed class CStyleKernel
{
    // Longer expressions get a name: C compilers limit how deep parentheses nest.
    private const int MaxInlineLength = 120;

    private readonly CStyleRenderer _renderer;
    private readonly HashSet<UOp> _inlined;
    private readonly HashSet<UOp> _addresses;
    private readonly Dictionary<UOp, string> _texts = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _defined = [];
    private readonly StringBuilder _definitions = new();
    private readonly StringBuilder _body = new();
    private int _indent;
    private int _names;

    internal CStyleKernel(CStyleRenderer renderer, LinearProgram program)
    {
        _renderer = renderer;
        Program = program;
        _inlined = Inlining.Find(program.Ops);
        _addresses = AddressArithmetic.Find(program.Ops);
    }

    /// <summary>What is written.</summary>
    public LinearProgram Program { get; }

    /// <summary>The text by which a node that is already written is used.</summary>
    /// <exception cref="BackendException">The node isn't written yet: the program lists a user before its source.</exception>
    public string this[UOp op]
    {
        get => ExpressionTable.Written(_texts, Program, op);
        set => _texts[op] = value;
    }

    /// <summary>What a function that the kernel calls begins with.</summary>
    public string Inline => _renderer.Inline;

    internal CStyleRenderer Renderer => _renderer;

    /// <summary>The bits of a scalar as another type of that width.</summary>
    public string Bits(DType from, DType to, string x) => _renderer.Bits(this, from, to, x);

    /// <summary>Whether sums and products of this op can be written with signed integers.</summary>
    public bool CanNotOverflow(UOp op) => _renderer.WrapsSigned || _addresses.Contains(op);

    /// <summary>The type of a value, defined if it needs to be.</summary>
    public string TypeOf(DType dtype) => _renderer.TypeOf(this, dtype);

    /// <summary>Adds a definition (a type, a function) to the top of the source unless <paramref name="name"/> has one.</summary>
    /// <returns>The name.</returns>
    public string Define(string name, Func<string> definition)
    {
        if (_defined.Add(name))
        {
            // Made first: what it is made of is then defined above it.
            var text = definition();
            _definitions.Append(text).Append('\n');
        }

        return name;
    }

    /// <summary>Writes one line of the body.</summary>
    public void Line(string text) => _body.Append(' ', 4 * _indent).Append(text).Append('\n');

    /// <summary>Writes a line that ends with an opening brace and indents what follows.</summary>
    public void OpenBlock(string text)
    {
        Line(text + " {");
        _indent++;
    }

    /// <summary>Closes what <see cref="OpenBlock"/> opened.</summary>
    public void CloseBlock()
    {
        _indent--;
        Line("}");
    }

    /// <summary>What is at an address, such as <c>data0[i + 4]</c>.</summary>
    public string Element(UOp address) => address.Op == Ops.Index && IsInlined(address)
        ? $"{this[address[0]]}[{Bare(this[address[1]])}]"
        : $"(*{this[address]})";

    /// <summary>A call of a function.</summary>
    public static string Call(string function, params string[] arguments) => $"{function}({string.Join(", ", arguments.Select(Bare))})";

    /// <summary>An expression without the parentheses around all of it.</summary>
    public static string Bare(string expression)
    {
        if (expression is not ['(', .., ')'])
        {
            return expression;
        }

        var depth = 0;
        for (var i = 0; i < expression.Length - 1; i++)
        {
            depth += expression[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
            {
                return expression;
            }
        }

        return expression[1..^1];
    }

    internal string Write()
    {
        _renderer.Open(this);
        foreach (var op in Program.Ops)
        {
            _renderer.Verify(this, op);
            Write(op);
        }

        _renderer.Close(this);
        return $"{_renderer.Prologue}\n{_definitions}\n{_body}";
    }

    private void Write(UOp op)
    {
        switch (op.Op)
        {
            case Ops.Param or Ops.Local or Ops.Variable:
                // The renderer has declared them in the head.
                break;
            case Ops.Const:
                this[op] = _renderer.Literal(this, op.DType, op.ArgAs<Scalar>());
                break;
            case Ops.Range:
                var counter = this[op] = $"i{op.ArgAs<RangeArg>().Id}";
                var size = this[op[0]];
                if (op[0].Op is Ops.Accumulator or Ops.Assign)
                {
                    // The size is what it was when the loop began.
                    Line($"{TypeOf(op.DType)} n{op.ArgAs<RangeArg>().Id} = {size};");
                    size = $"n{op.ArgAs<RangeArg>().Id}";
                }

                OpenBlock($"for ({TypeOf(op.DType)} {counter} = 0; {counter} < {size}; {counter}++)");
                break;
            case Ops.End:
                CloseBlock();
                break;
            case Ops.Accumulator:
                Line($"{TypeOf(op.DType)} {this[op] = $"acc{op.Arg}"} = {Bare(this[op[0]])};");
                break;
            case Ops.Assign:
                this[op] = this[op[0]];
                Line($"{this[op]} = {Bare(this[op[1]])};");
                break;
            case Ops.Store:
                var gate = op.Src.Length > 2 ? $"if ({Bare(this[op[2]])}) " : "";
                Line($"{gate}{_renderer.Store(this, op[0], op[1])};");
                break;
            case Ops.Barrier:
                Line($"{Expression(op)};");
                break;
            default:
                WriteValue(op);
                break;
        }
    }

    private void WriteValue(UOp op)
    {
        var text = Expression(op);
        if (IsInlined(op) && text.Length <= MaxInlineLength)
        {
            this[op] = text;
            return;
        }

        _inlined.Remove(op);
        var (type, prefix) = op.Op == Ops.Index ? (_renderer.PointerTo(this, op), "p") : (TypeOf(op.DType), "v");
        this[op] = $"{prefix}{_names++}";
        Line($"{type} {this[op]} = {Bare(text)};");
    }

    private string Expression(UOp op) =>
        ExpressionTable.Find(_renderer.Expressions, Program, op, _renderer)(this, op, ExpressionTable.Sources(op, source => this[source]));

    private bool IsInlined(UOp op) => _inlined.Contains(op);
}
