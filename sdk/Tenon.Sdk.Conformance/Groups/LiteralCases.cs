using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Literals: each corner value written into the program.</summary>
internal static class LiteralCases
{
    public static IEnumerable<ConformanceCase> For(Subject subject)
    {
        foreach (var dtype in DType.Native.Where(d => (subject.Support(d) & (DTypeSupport.Arithmetic | DTypeSupport.Conversion)) != 0 && subject.IsStored(d)))
        {
            var values = CornerValues.Of(dtype);
            yield return ProgramCase.Of(subject, $"literals/{dtype}", 1, b =>
            {
                var y = b.Buffer(dtype, values.Length);
                for (var i = 0; i < values.Length; i++)
                {
                    b.Add(Ir.Store(Ir.At(y, i), UOp.Const(dtype, values[i])));
                }

                return [new byte[values.Length * dtype.Bytes]];
            });

            foreach (var lanes in OpCases.Widths(subject, dtype))
            {
                yield return ProgramCase.Of(subject, $"literals/{dtype.Vec(lanes)}", 1, b =>
                {
                    var some = values[..Math.Min(4, values.Length)];
                    var y = b.Buffer(dtype, some.Length * lanes);
                    for (var i = 0; i < some.Length; i++)
                    {
                        b.Add(Ir.Store(Ir.At(y, i * lanes), Ir.Const(dtype.Vec(lanes), some[i])));
                    }

                    return [new byte[some.Length * lanes * dtype.Bytes]];
                });
            }
        }
    }
}
