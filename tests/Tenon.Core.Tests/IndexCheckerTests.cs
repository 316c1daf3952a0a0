using Tenon.Core;
using Tenon.Tests.Shared;

namespace Tenon.Core.Tests;

public class IndexCheckerTests
{
    private static readonly UOp I = UOp.Range(UOp.Index(4), 0), J = UOp.Range(UOp.Index(6), 1), K = UOp.Range(UOp.Index(3), 2, RangeKind.Reduce);

    [Test]
    public void Accesses_inside_are_proved()
    {
        Check(24, Flat(I, 6, J));
        Check(24, IndexMath.Sub(UOp.Index(23), Flat(I, 6, J)));

        // a window with padding on both sides: 0 ≤ i + k - 1 < 4
        var row = Plus(Plus(I, K), -1);
        Check(24, Flat(row, 6, J), IndexMath.And(IndexMath.GreaterOrEqual(row, UOp.Index(0)), IndexMath.Less(row, UOp.Index(4))));

        // what is loaded, where it lies inside
        var loaded = Load(8, I, null, DType.Int64).Cast(DType.Index);
        Check(24, Flat(loaded, 6, J), IndexMath.And(IndexMath.GreaterOrEqual(loaded, UOp.Index(0)), IndexMath.Less(loaded, UOp.Index(4))));

        // quotients, remainders and choices
        var third = IndexMath.FloorDiv(Plus(J, 3), UOp.Index(3));
        Check(9, Plus(J, 3), IndexMath.Less(third, UOp.Index(3)));
        Check(4, UOp.Where(IndexMath.Less(J, UOp.Index(4)), J, UOp.Index(0)));

        // what quotients and remainders say of each other
        var sum = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, I, UOp.Index(5)), J);
        var row4 = IndexMath.FloorDiv(sum, UOp.Index(4));
        Check(4, Plus(sum, -8), IndexMath.And(IndexMath.GreaterOrEqual(row4, UOp.Index(2)), IndexMath.Less(row4, UOp.Index(3))));
        var flat = UOp.Range(UOp.Index(96), 3);
        var digit = IndexMath.FloorMod(IndexMath.FloorDiv(flat, UOp.Index(16)), UOp.Index(2));
        Check(4, IndexMath.FloorMod(IndexMath.FloorDiv(flat, UOp.Index(4)), UOp.Index(8)), IndexMath.Less(digit, UOp.Index(1)));

        // a window over an image whose rows are shared by two groups each
        var (group, lane48) = (UOp.Range(UOp.Index(768), 8), UOp.Range(UOp.Index(48), 9));
        var (y, x) = (Plus(IndexMath.FloorMod(IndexMath.FloorDiv(group, UOp.Index(2)), UOp.Index(6)), K), Plus(Flat(IndexMath.FloorMod(group, UOp.Index(2)), 48, lane48), I));
        UOp Between(UOp u, long least, long most) => IndexMath.And(IndexMath.GreaterOrEqual(u, UOp.Index(least)), IndexMath.Less(u, UOp.Index(most + 1)));
        Check(384 * 96, Plus(Plus(Flat(group, 48, lane48), Flat(K, 96, I)), -97), IndexMath.And(Between(y, 1, 6), Between(x, 1, 96)));

        // what is said of a multiple and a rest
        var pair = UOp.Range(UOp.Index(2), 4);
        var byteAt = UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, J, UOp.Index(2)), I);
        Check(9, byteAt, IndexMath.Less(UOp.Alu(Ops.Add, UOp.Alu(Ops.Mul, byteAt, UOp.Index(2)), pair), UOp.Index(17)));

        // digits of one number, by trying them all
        var number = UOp.Range(UOp.Index(16), 5);
        var tangled = IndexMath.FloorMod(IndexMath.FloorDiv(number, UOp.Index(2)), UOp.Index(4));
        var coarse = IndexMath.FloorMod(IndexMath.FloorDiv(number, UOp.Index(4)), UOp.Index(2));
        var high = IndexMath.FloorDiv(number, UOp.Index(8));
        Check(6, Flat(high, 4, coarse), IndexMath.Less(Flat(high, 8, tangled), UOp.Index(11)));
        Check(6 * 4096, Flat(UOp.Range(UOp.Index(4096), 7), 6, Flat(high, 4, coarse)), IndexMath.Less(Flat(high, 8, tangled), UOp.Index(11)));

        // what is kept below a bound by one term is not by another
        var n = UOp.Variable("n", 1, 12);
        var lane = UOp.Range(UOp.Index(16), 6);
        Check(48, Flat(IndexMath.Add(n, IndexMath.Min(lane, IndexMath.Sub(UOp.Index(15), n))), 3, K));
        var clamped = IndexMath.Sub(IndexMath.Min(lane, Plus(n, 1)), n);
        Check(4, Flat(clamped, 2, pair), IndexMath.GreaterOrEqual(clamped, UOp.Index(0)));
        Check(12, IndexMath.Min(lane, IndexMath.Max(UOp.Index(0), Plus(n, -1))));

        // what is said of the greater of two holds of both
        var m = UOp.Variable("m", 1, 5);
        UOp Clamped(UOp index, UOp least) => IndexMath.Max(IndexMath.Sub(UOp.Index(0), index), least);
        var (turned, column) = (Clamped(flat, IndexMath.Mul(m, UOp.Index(-3))), Clamped(lane, IndexMath.Sub(UOp.Index(1), m)));
        var twice = IndexMath.Mul(m, UOp.Index(2));
        Check(144, Plus(Plus(Plus(twice, column), IndexMath.Mul(turned, UOp.Index(-12))), -14), IndexMath.And(
            IndexMath.Less(turned, UOp.Index(0)), IndexMath.GreaterOrEqual(IndexMath.Add(twice, turned), UOp.Index(0))));

        // lanes of a vector
        Check(24, UOp.Alu(Ops.Mul, J, UOp.Index(4)), lanes: 4);
    }

    [Test]
    public void Accesses_outside_are_named()
    {
        Refused(23, Flat(I, 6, J), null, "0 to 23");
        Refused(24, Plus(Flat(I, 6, J), -1), null, "-1 to 22");
        var row = Plus(Plus(I, K), -1);
        Refused(24, Flat(row, 6, J), IndexMath.GreaterOrEqual(row, UOp.Index(0)), "0 to 29");
        Refused(24, Flat(row, 6, J), IndexMath.And(IndexMath.GreaterOrEqual(row, UOp.Index(0)), IndexMath.Less(row, UOp.Index(5))), "0 to 29");
        Refused(24, Flat(Load(8, I, null, DType.Int64).Cast(DType.Index), 6, J), null, "slot 1");
        Refused(24, UOp.Alu(Ops.Mul, J, UOp.Index(4)), null, "0 to 24", lanes: 5);
        Refused(11, IndexMath.Min(UOp.Range(UOp.Index(16), 3), Plus(UOp.Variable("n", 1, 12), -1)), null, "0 to 11");
    }

    /// <summary>Wherever a random condition holds, an index lies between the bounds that follow from it.</summary>
    [Test]
    public void Bounds_hold_where_the_condition_does()
    {
        var random = new Random(6);
        var make = new IndexExpressions(random);
        var (held, narrowed) = (0, 0);
        for (var n = 0; n < 20_000 * LongRun.Factor; n++)
        {
            var condition = Simplifier.Simplify(make.Condition(random.Next(1, 3)));
            var index = Simplifier.Simplify(make.Integer(random.Next(1, 4)));
            var (min, max) = new Facts(condition).Bounds(index);
            narrowed += min > index.Min || max < index.Max ? 1 : 0;
            for (var k = 0; k < 10; k++)
            {
                var point = make.Point();
                if (ScalarExpressions.Evaluate(condition, point).AsBool)
                {
                    var value = ScalarExpressions.Evaluate(index, point).AsLong;
                    held++;
                    if (value < min || value > max)
                    {
                        Assert.Fail($"{index} where {condition} is {value}, not {min} to {max}, at {string.Join(", ", point.Select(p => $"{p.Key} = {p.Value}"))}");
                    }
                }
            }
        }

        Assert.That((held, narrowed), Is.GreaterThan((20_000, 1_000)));
    }

    private static UOp Flat(UOp row, long width, UOp column) => IndexMath.Add(IndexMath.Mul(row, UOp.Index(width)), column);

    private static UOp Plus(UOp a, UOp b) => IndexMath.Add(a, b);

    private static UOp Plus(UOp a, long b) => IndexMath.Add(a, UOp.Index(b));

    private static UOp Load(long size, UOp index, UOp? gate, DType dtype, int slot = 1, int lanes = 1)
    {
        var param = UOp.New(Ops.Param, dtype, [], new ParamArg(slot, size));
        var address = UOp.New(Ops.Index, dtype, [param, index]);
        return UOp.New(Ops.Load, dtype.Vec(lanes), gate is null ? [address] : [address, gate, UOp.New(Ops.Const, dtype.Vec(lanes), [], ((Scalar)0).To(dtype))]);
    }

    private static void Check(long size, UOp index, UOp? gate = null, int lanes = 1) =>
        IndexChecker.Check(UOp.Sink([Load(size, index, gate, DType.Float32, lanes: lanes)]), "test");

    private static void Refused(long size, UOp index, UOp? gate, string because, int lanes = 1)
    {
        var error = Assert.Throws<TenonException>(() => Check(size, index, gate, lanes))!;
        Assert.That((error.Code, error.Message), Is.EqualTo(("TEN1004", error.Message)));
        Assert.That(error.Message, Does.Contain(because).And.Contain("test: Load"));
    }
}
