using System.Numerics;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Plugins.Cpu.Tests;

[TestFixtureSource(nameof(Generators))]
internal sealed class ArithmeticTests(string generator)
{
    private static readonly Ops[] IntegerOps = [Ops.Add, Ops.Sub, Ops.Mul, Ops.IntDiv, Ops.IntMod, Ops.Max, Ops.And, Ops.Or, Ops.Xor, Ops.Shl, Ops.Shr, Ops.CmpLt, Ops.CmpEq, Ops.CmpNe, Ops.Neg];
    private static readonly Ops[] FloatOps = [Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.Max, Ops.CmpLt, Ops.CmpEq, Ops.CmpNe, Ops.Neg, Ops.Sqrt, Ops.Trunc];
    private static readonly string[] Vectors = ["float32", "float64", "int32", "int64", "uint32", "uint64"];

    private readonly Device _device = TestHost.Open(("threads", "2"), ("generator", generator));

    public static IEnumerable<string> Generators => ["CLR"];

    public static IEnumerable<TestCaseData> Cases =>
        from dtype in DType.All
        where dtype.Bits >= 32 || dtype.IsInteger
        from op in dtype.IsFloat ? FloatOps : IntegerOps
        from lanes in Vectors.Contains(dtype.Name) ? new[] { 1, 2, 4, 8, 16 } : [1]
        where lanes * dtype.Bits / 8 <= 64
        select new TestCaseData(dtype, op, lanes).SetName($"{op}({dtype}x{lanes})");

    [OneTimeTearDown]
    public void Close() => _device.Dispose();

    [TestCaseSource(nameof(Cases))]
    public void OpMatchesCSharp(DType dtype, Ops op, int lanes)
    {
        if (lanes * dtype.Bits / 8 > Math.Max(16, _device.CodeGenerators[0].Target.VectorBytes))
        {
            Assert.Ignore("This machine has no vectors that wide.");
        }

        switch (dtype.Name)
        {
            case "int8": Check<sbyte>(op, lanes); break;
            case "int16": Check<short>(op, lanes); break;
            case "int32": Check<int>(op, lanes); break;
            case "int64": Check<long>(op, lanes); break;
            case "uint8": Check<byte>(op, lanes); break;
            case "uint16": Check<ushort>(op, lanes); break;
            case "uint32": Check<uint>(op, lanes); break;
            case "uint64": Check<ulong>(op, lanes); break;
            case "float32": Check<float>(op, lanes); break;
            default: Check<double>(op, lanes); break;
        }
    }

    private static bool IsLegal<T>(Ops op, T x, T y) where T : INumber<T>, IMinMaxValue<T> => op switch
    {
        Ops.IntDiv or Ops.IntMod => y != T.Zero && !(x == T.MinValue && y == T.Zero - T.One),
        Ops.Shl or Ops.Shr => y >= T.Zero && y < T.CreateTruncating(System.Runtime.CompilerServices.Unsafe.SizeOf<T>() * 8),
        _ => true,
    };

    private static object Expected<T>(Ops op, T x, T y) where T : unmanaged, INumber<T>
    {
        unchecked
        {
            return op switch
            {
                Ops.Add => x + y,
                Ops.Sub => x - y,
                Ops.Mul => x * y,
                Ops.Div or Ops.IntDiv => x / y,
                Ops.IntMod => x % y,
                Ops.Max => T.Max(x, y),
                Ops.CmpLt => x < y,
                Ops.CmpEq => x == y,
                Ops.CmpNe => x != y,
                Ops.Neg => -x,
                Ops.Sqrt => T.CreateTruncating(x is float ? MathF.Sqrt(float.CreateTruncating(x)) : Math.Sqrt(double.CreateTruncating(x))),
                Ops.Trunc => T.CreateTruncating(Math.Truncate(double.CreateTruncating(x))),
                _ => Bits(op, x, y),
            };
        }
    }

    private static T Bits<T>(Ops op, T x, T y) where T : unmanaged, INumber<T>
    {
        var (a, b, n) = (Int128.CreateTruncating(x), Int128.CreateTruncating(y), int.CreateTruncating(y));
        return T.CreateTruncating(op switch
        {
            Ops.And => a & b,
            Ops.Or => a | b,
            Ops.Xor => a ^ b,
            Ops.Shl => a << n,
            _ => a >> n,
        });
    }

    private void Check<T>(Ops op, int lanes) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var (x, y) = Corners.Pairs<T>((a, b) => IsLegal(op, a, b));
        var b = new KernelBuilder();
        var (dtype, gives) = (DType.Of<T>(), OpSet.Comparison.Contains(op) ? DType.Bool : DType.Of<T>());
        var (px, py, pz) = (b.Param(dtype, x.Length), b.Param(dtype, x.Length), b.Param(gives, x.Length));
        var at = b.Alu(Ops.Mul, b.Special(x.Length / lanes), b.Int(lanes));
        var vx = b.Load(b.Index(px, at), lanes);
        var vy = b.Load(b.Index(py, at), lanes);
        b.Store(b.Index(pz, at), OpSet.Unary.Contains(op) ? b.Alu(op, vx) : b.Alu(op, vx, vy));

        var result = new byte[x.Length * (gives.Bits / 8)];
        KernelRunner.Run(_device, b.Build(), KernelRunner.Bytes<T>(x), KernelRunner.Bytes<T>(y), result);

        var expected = x.Zip(y, (p, q) => Expected(op, p, q)).ToArray();
        object[] actual = gives.IsBool ? [.. result.Select(r => (object)(r == 1))] : [.. KernelRunner.Values<T>(result).Select(r => (object)r)];
        for (var i = 0; i < x.Length; i++)
        {
            var ok = actual[i].Equals(expected[i]) && (op == Ops.Max || SameSign(actual[i], expected[i]));
            Assert.That(ok, $"{op}({x[i]}, {y[i]}) is {expected[i]}, not {actual[i]} (element {i})");
        }

        Assert.That(result, gives.IsBool ? Has.All.LessThan(2) : Is.Not.Null);
    }

    private static bool SameSign(object a, object b) => a switch
    {
        float f => float.IsNaN(f) || float.IsNegative(f) == float.IsNegative((float)b),
        double d => double.IsNaN(d) || double.IsNegative(d) == double.IsNegative((double)b),
        _ => true,
    };
}
