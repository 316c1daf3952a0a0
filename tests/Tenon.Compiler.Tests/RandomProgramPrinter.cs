using System.Globalization;
using System.Text;
using Tenon.Core;

namespace Tenon.Compiler.Tests;

/// <summary>A program as C#: a test that can be pasted into <see cref="RandomProgramRegressionTests"/>.</summary>
internal static class RandomProgramPrinter
{
    public static string Print(RandomProgram program, RandomProgramVariant variant, string name)
    {
        var text = new StringBuilder();
        text.AppendLine("[Test]").AppendLine($"public void {name}()").AppendLine("{");
        var names = new Dictionary<UOp, string>(ReferenceEqualityComparer.Instance);
        foreach (var (param, values) in program.Inputs)
        {
            var input = $"input{names.Count}";
            names.Add(param, $"{input}.Param");
            text.AppendLine($"    var {input} = ProgramInput.Of({param.ArgAs<ParamArg>().Slot}, {Type(param.DType)}, {string.Join(", ", values.Select(Literal))});");
        }

        foreach (var u in UOp.Sink(program.Results).TopologicalOrder())
        {
            if (u.DType == DType.Index)
            {
                names[u] = u.Op switch
                {
                    Ops.Const => u.ToString(),
                    Ops.Variable when u.Arg is VariableArg v => $"UOp.Variable(\"{v.Name}\", {v.Min}, {v.Max})",
                    _ => $"UOp.Alu(Ops.{u.Op}, {string.Join(", ", u.Src.ToArray().Select(s => s.Op == Ops.Const ? $"UOp.Index({s})" : names[s]))})",
                };
            }
            else if (!names.ContainsKey(u) && u.Op is not (Ops.Sink or Ops.Store))
            {
                var node = $"n{names.Count}";
                text.AppendLine($"    var {node} = {Expression(u, names)}; // {u.DType}{u.Shape}");
                names.Add(u, node);
            }
        }

        text.AppendLine($"    using var variant = RandomProgramVariant.{variant.Source};");
        text.AppendLine($"    variant.Verify(new RandomProgram([{string.Join(", ", program.Inputs.Select(i => names[i.Param][..^6]))}], [{string.Join(", ", program.Results.Select(r => names[r]))}]));");
        return text.Append('}').ToString();
    }

    private static string Expression(UOp u, Dictionary<UOp, string> names)
    {
        string Sizes() => string.Concat(u.Src[1..].ToArray().Select(s => $", {names[s]}"));
        string Axes(Axes axes) => string.Concat(axes.Span.ToArray().Select(a => $", {a}"));
        var sources = string.Join(", ", u.Src.ToArray().Select(s => names.GetValueOrDefault(s)));
        if (u.Src.Length > 1 && OpSet.Movement.Contains(u.Op) && !u.Src[1..].ToArray().All(s => s.Op == Ops.Const))
        {
            return $"UOp.New(Ops.{u.Op}, {Type(u.DType)}, [{names[u[0]]}, {string.Join(", ", u.Src[1..].ToArray().Select(s => s.Op == Ops.Const ? $"UOp.Index({s})" : names[s]))}])";
        }

        return u.Op switch
        {
            Ops.Const => $"UOp.Const({Type(u.DType)}, {Literal((Scalar)u.Arg!)})",
            Ops.Iota => $"Iota({Type(u.DType)}, {names[u[0]]})",
            Ops.Reshape or Ops.Expand or Ops.Pad or Ops.Shrink => $"{u.Op}({names[u[0]]}{Sizes()})",
            Ops.Permute or Ops.Flip => $"{u.Op}({names[u[0]]}{Axes((Axes)u.Arg!)})",
            Ops.Reduce when u.Arg is ReduceArg arg => $"Reduce(Ops.{arg.Op}, {names[u[0]]}{Axes(arg.Axes)})",
            Ops.Contiguous => $"Contiguous({sources})",
            Ops.After => $"Assign({names[u[0]]}, {names[u[1][0]]}, {names[u[1][1]]})",
            Ops.Cast or Ops.Bitcast => $"{sources}.{u.Op}({Type(u.DType)})",
            Ops.Where => $"UOp.Where({sources})",
            _ => $"UOp.Alu(Ops.{u.Op}, {sources})",
        };
    }

    private static string Type(DType dtype) => "DType." + dtype.Name.Replace("uint", "UInt").Replace("bfloat", "BFloat").Replace("float", "Float").Replace("int", "Int").Replace("bool", "Bool");

    private static string Literal(Scalar value) => value.Kind switch
    {
        DTypeKind.Bool => value.AsBool ? "true" : "false",
        DTypeKind.Float when double.IsNaN(value.AsDouble) => "double.NaN",
        DTypeKind.Float when double.IsInfinity(value.AsDouble) => value.AsDouble > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
        DTypeKind.Float => value.AsDouble.ToString("R", CultureInfo.InvariantCulture) + "d",
        DTypeKind.UInt => $"{(ulong)value.RawBits}UL",
        _ => $"{value.AsLong}",
    };
}
