using System.Numerics;
using Tenon.Core;

namespace Tenon.Tests.Shared;

/// <summary>What docs/linear-ir.md says of each op, on .NET's own numbers.</summary>
internal static class Reference
{
    public static object Apply(Ops op, params object[] x) => op switch
    {
        Ops.Where => (bool)x[0] ? x[1] : x[2],
        Ops.CmpLt or Ops.CmpEq or Ops.CmpNe => Compare(op, x[0], x[1]),
        _ => x[0] switch
        {
            bool => Truth(op, (bool)x[0], (bool)x[1]),
            float => Float<float>(op, x),
            double => Float<double>(op, x),

            // Twice as many bits and more: rounded again, as if rounded once.
            Half => (Half)(double)Float<double>(op, Array.ConvertAll(x, v => (object)(double)(Half)v)),
            BFloat => BFloat.From((float)Float<float>(op, Array.ConvertAll(x, v => (object)((BFloat)v).ToSingle()))),
            sbyte => Integer<sbyte>(op, x),
            short => Integer<short>(op, x),
            int => Integer<int>(op, x),
            long => Integer<long>(op, x),
            byte => Integer<byte>(op, x),
            ushort => Integer<ushort>(op, x),
            uint => Integer<uint>(op, x),
            _ => Integer<ulong>(op, x),
        },
    };

    /// <summary>As <see cref="Scalar.To"/>, but floats to integers as .NET does it: saturating, 8 and 16 bits wrapping from int32.</summary>
    public static object Cast(object x, DType to) => x switch
    {
        bool b => Cast(b ? 1 : 0, to),
        Half h => Cast((float)h, to),
        BFloat b => Cast(b.ToSingle(), to),
        float f => FromFraction(f, f, to),
        double d => FromFraction(d, (float)d, to),
        sbyte n => FromInteger(n, to),
        short n => FromInteger(n, to),
        int n => FromInteger(n, to),
        long n => FromInteger(n, to),
        byte n => FromInteger(n, to),
        ushort n => FromInteger(n, to),
        uint n => FromInteger(n, to),
        _ => FromInteger((ulong)x, to),
    };

    private static object FromFraction(double d, float f, DType to) => to.Name switch
    {
        "bool" => d != 0,
        "int8" => unchecked((sbyte)(int)d),
        "int16" => unchecked((short)(int)d),
        "int32" => (int)d,
        "int64" => (long)d,
        "uint8" => unchecked((byte)(int)d),
        "uint16" => unchecked((ushort)(int)d),
        "uint32" => (uint)d,
        "uint64" => (ulong)d,
        "float16" => (Half)d,
        "bfloat16" => BFloat.From(f),
        "float32" => f,
        _ => d,
    };

    private static object FromInteger<T>(T x, DType to) where T : IBinaryInteger<T> => to.Name switch
    {
        "bool" => !T.IsZero(x),
        "int8" => sbyte.CreateTruncating(x),
        "int16" => short.CreateTruncating(x),
        "int32" => int.CreateTruncating(x),
        "int64" => long.CreateTruncating(x),
        "uint8" => byte.CreateTruncating(x),
        "uint16" => ushort.CreateTruncating(x),
        "uint32" => uint.CreateTruncating(x),
        "uint64" => ulong.CreateTruncating(x),
        "float16" => (Half)double.CreateTruncating(x),
        "bfloat16" => BFloat.From(float.CreateTruncating(x)),
        "float32" => float.CreateTruncating(x),
        _ => double.CreateTruncating(x),
    };

    private static object Truth(Ops op, bool x, bool y) => op switch
    {
        Ops.And => x & y,
        Ops.Or => x | y,
        Ops.Xor => x ^ y,
        _ => throw new ArgumentException($"{op} is not an op on truth values."),
    };

    private static object Compare(Ops op, object x, object y)
    {
        // Lifted to types that hold both, so that NaN compares as a number does.
        bool less, equal;
        switch (x)
        {
            case float or double:
                var (a, b) = (Convert.ToDouble(x), Convert.ToDouble(y));
                (less, equal) = (a < b, a == b);
                break;
            case Half or BFloat:
                return Compare(op, Cast(x, DType.Float32), Cast(y, DType.Float32));
            case bool p:
                (less, equal) = (!p & (bool)y, p == (bool)y);
                break;
            default:
                (less, equal) = (Convert.ToDecimal(x) < Convert.ToDecimal(y), x.Equals(y));
                break;
        }

        return op switch { Ops.CmpLt => less, Ops.CmpEq => equal, _ => !equal };
    }

    private static object Integer<T>(Ops op, object[] args) where T : IBinaryInteger<T>
    {
        var x = (T)args[0];
        var y = args.Length > 1 ? (T)args[1] : T.Zero;
        return unchecked(op switch
        {
            Ops.Add => x + y,
            Ops.Sub => x - y,
            Ops.Mul => x * y,
            Ops.IntDiv => x / y,
            Ops.IntMod => x % y,
            Ops.Max => x > y ? x : y,
            Ops.And => x & y,
            Ops.Or => x | y,
            Ops.Xor => x ^ y,
            Ops.Shl => x << int.CreateTruncating(y),
            Ops.Shr => x >> int.CreateTruncating(y),
            Ops.Neg => T.Zero - x,
            _ => throw new ArgumentException($"{op} is not an op on integers."),
        });
    }

    private static object Float<T>(Ops op, object[] args) where T : IFloatingPointIeee754<T>
    {
        var x = (T)args[0];
        var y = args.Length > 1 ? (T)args[1] : T.Zero;
        return op switch
        {
            Ops.Add => x + y,
            Ops.Sub => x - y,
            Ops.Mul => x * y,
            Ops.Div => x / y,
            Ops.Max => T.IsNaN(x) || T.IsNaN(y) ? T.NaN : x > y ? x : y,
            Ops.Neg => -x,
            Ops.Sqrt => T.Sqrt(x),
            Ops.Trunc => T.Truncate(x),
            Ops.MulAcc => T.FusedMultiplyAdd(x, y, (T)args[2]),
            _ => throw new ArgumentException($"{op} is not an op on floats."),
        };
    }
}
