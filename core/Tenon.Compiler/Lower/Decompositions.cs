using System.Collections.Concurrent;
using Tenon.Core;

namespace Tenon.Compiler;

/// <summary>Ops that a target lacks in terms of those that every target has.</summary>
internal static class Decompositions
{
    private static readonly Pat X = Pat.Any(0), Y = Pat.Any(1), Z = Pat.Any(2);

    /// <summary>What no target has to know.</summary>
    private static PatternMatcher Always { get; } = new(
        // x + -y → x - y
        Rule.Of(X.If(static u => u.DType != DType.Index) + Pat.Op(Ops.Neg, Y), static (x, y) => UOp.Alu(Ops.Sub, x, y)),
        Rule.Of(Pat.Op(Ops.Threefry, X, Y), Rounds),
        // truth values: x + y is or, x · y is and, max is or, x < y is not x and y
        Rule.Of((X + Y).If(IsTruth), static (x, y) => UOp.Alu(Ops.Or, x, y)),
        Rule.Of((X * Y).If(IsTruth), static (x, y) => UOp.Alu(Ops.And, x, y)),
        Rule.Of(Pat.Op(Ops.Max, X, Y).If(IsTruth), static (x, y) => UOp.Alu(Ops.Or, x, y)),
        Rule.Of(Pat.Op(Ops.CmpLt, X.If(IsTruth), Y), static (x, y) => UOp.Alu(Ops.And, UOp.Alu(Ops.Xor, x, x.ConstLike(true)), y)),
        Rule.Of(Pat.Op(Ops.CmpNe, X.If(IsTruth), Y), static (x, y) => UOp.Alu(Ops.Xor, x, y)),
        Rule.Of(Pat.Op(Ops.CmpEq, X.If(IsTruth), Y), static (x, y) => UOp.Alu(Ops.Xor, UOp.Alu(Ops.Xor, x, y), x.ConstLike(true))),
        // an integer is whole already
        Rule.Of(Pat.Op(Ops.Trunc, X).Integers(), static x => x),
        // division towards minus infinity: one less where the remainder has the other sign
        Rule.Of(Pat.Op(Ops.FloorDiv, X.If(IsMachineInteger), Y), FloorDiv),
        Rule.Of(Pat.Op(Ops.FloorMod, X.If(IsMachineInteger), Y), FloorMod),
        // division by what may be 0, or -1 under the least value
        Rule.Of(Pat.Op(Ops.IntDiv, X, Y), static (x, y) => IsSafeDivisor(y) ? null : Guarded(x, y, Ops.IntDiv, y.ConstLike(0), UOp.Alu(Ops.Neg, x))),
        Rule.Of(Pat.Op(Ops.IntMod, X, Y), static (x, y) => IsSafeDivisor(y) ? null : Guarded(x, y, Ops.IntMod, x, y.ConstLike(0))),
        // shifts by what may be negative or not below the width
        Rule.Of(Pat.Op(Ops.Shl, X.If(IsMachineInteger), Y), static (x, y) => IsSafeCount(y) ? null : UOp.Where(IsCount(y), Masked(Ops.Shl, x, y), x.ConstLike(0))),
        Rule.Of(
            Pat.Op(Ops.Shr, X.If(IsMachineInteger), Y),
            static (x, y) => IsSafeCount(y) ? null : UOp.Where(IsCount(y), Masked(Ops.Shr, x, y), x.DType.IsSigned ? UOp.Alu(Ops.Shr, x, y.ConstLike(y.DType.Bits - 1)) : x.ConstLike(0))));

    private static readonly ConcurrentDictionary<Abilities, Rules> Known = [];

    /// <summary>The rules for a target: for kernels, and for what index lowering makes of them. Fast maths have functions of their own.</summary>
    public static Rules For(CodeGeneratorView target, bool isFast) =>
        Known.GetOrAdd(new Abilities(target.Has(Ops.Exp2), target.Has(Ops.Log2), target.Has(Ops.Sin), target.Has(Ops.MulAcc), target.IsIeee, target.HasArithmetic(DType.Float64), isFast), static has =>
        {
            var functions = new Transcendental(has.MulAcc, has.IsIeee, has.Double, has.IsFast);
            var missing = new OpSet(Ops.Math, has.Exp2 ? Ops.Math : Ops.Exp2, has.Log2 ? Ops.Math : Ops.Log2, has.Sin ? Ops.Math : Ops.Sin);
            var rules = (Simplifier.Rules + Always + new PatternMatcher(Rule.Of(Pat.Op(missing, 0), functions.Write)) + (has.IsIeee ? new PatternMatcher() : FloatBits.Rules)).Remembering();
            return new Rules(rules, (rules + IndexLowering.PowersOfTwo).Remembering());
        });

    private static bool IsTruth(UOp u) => u.DType.IsBool;

    // Weak integers are divided when they have become machine integers.
    private static bool IsMachineInteger(UOp u) => u.DType.Kind is DTypeKind.Int or DTypeKind.UInt;

    // Known not to be 0 or -1, or replaced by 1 where it is.
    private static bool IsSafeDivisor(UOp y) =>
        y.Min > 0 || (y.Max < -1 && y.DType.IsSigned) || (y.IsConst(out var c) && c.AsBool && !y.DType.IsSigned)
        || (y.Op == Ops.Where && y[1].IsInteger(1) && y[0] == Simplifier.Simplify(IsBadDivisor(y[2])));

    private static UOp IsBadDivisor(UOp y)
    {
        var zero = UOp.Alu(Ops.CmpEq, y, y.ConstLike(0));
        return y.DType.Kind == DTypeKind.UInt ? zero : UOp.Alu(Ops.Or, zero, UOp.Alu(Ops.CmpEq, y, y.ConstLike(-1)));
    }

    private static UOp Guarded(UOp x, UOp y, Ops op, UOp ifZero, UOp ifMinusOne)
    {
        var quotient = UOp.Alu(op, x, UOp.Where(Simplifier.Simplify(IsBadDivisor(y)), y.ConstLike(1), y));
        quotient = y.DType.Kind == DTypeKind.UInt ? quotient : UOp.Where(UOp.Alu(Ops.CmpEq, y, y.ConstLike(-1)), ifMinusOne, quotient);
        return UOp.Where(UOp.Alu(Ops.CmpEq, y, y.ConstLike(0)), ifZero, quotient);
    }

    private static bool IsSafeCount(UOp y) => y.Min >= 0 && y.Max < y.DType.Bits;

    private static UOp IsCount(UOp y)
    {
        var isBelow = UOp.Alu(Ops.CmpLt, y, y.ConstLike(y.DType.Bits));
        return y.DType.IsSigned ? UOp.Alu(Ops.And, UOp.Alu(Ops.CmpLt, y.ConstLike(-1), y), isBelow) : isBelow;
    }

    private static UOp Masked(Ops op, UOp x, UOp y) => UOp.Alu(op, x, UOp.Alu(Ops.And, y, y.ConstLike(y.DType.Bits - 1)));

    private static UOp FloorDiv(UOp x, UOp y)
    {
        var quotient = UOp.Alu(Ops.IntDiv, x, y);
        return x.DType.Kind == DTypeKind.UInt || (x.Min >= 0 && y.Min >= 0)
            ? quotient
            : UOp.Where(SignsDiffer(x, y), UOp.Alu(Ops.Sub, quotient, quotient.ConstLike(1)), quotient);
    }

    private static UOp FloorMod(UOp x, UOp y)
    {
        var remainder = UOp.Alu(Ops.IntMod, x, y);
        return x.DType.Kind == DTypeKind.UInt || (x.Min >= 0 && y.Min >= 0)
            ? remainder
            : UOp.Where(SignsDiffer(x, y), UOp.Alu(Ops.Add, remainder, y), remainder);
    }

    // A remainder is left and has not the sign of the divisor; never for a zero divisor.
    private static UOp SignsDiffer(UOp x, UOp y)
    {
        var zero = y.ConstLike(0);
        var remainder = UOp.Alu(Ops.IntMod, x, y);
        var differ = UOp.Alu(Ops.Xor, UOp.Alu(Ops.CmpLt, remainder, zero), UOp.Alu(Ops.CmpLt, y, zero));
        return UOp.Alu(Ops.And, UOp.Alu(Ops.And, UOp.Alu(Ops.CmpNe, remainder, zero), UOp.Alu(Ops.CmpNe, y, zero)), differ);
    }

    private static UOp Rounds(UOp counter, UOp key)
    {
        UOp[] k = [Low(key), High(key), null!];
        k[2] = UOp.Alu(Ops.Xor, UOp.Alu(Ops.Xor, k[0], k[1]), k[0].ConstLike((long)Threefry.Parity));
        var (x, y) = (UOp.Alu(Ops.Add, Low(counter), k[0]), UOp.Alu(Ops.Add, High(counter), k[1]));
        for (var round = 0; round < 20; round++)
        {
            x = UOp.Alu(Ops.Add, x, y);
            y = UOp.Alu(Ops.Xor, RotateLeft(y, Threefry.Rotations[round % 8]), x);
            if (round % 4 == 3)
            {
                var group = round / 4 + 1;
                x = UOp.Alu(Ops.Add, x, k[group % 3]);
                y = UOp.Alu(Ops.Add, UOp.Alu(Ops.Add, y, k[(group + 1) % 3]), y.ConstLike(group));
            }
        }

        var high = y.Cast(DType.UInt64);
        return UOp.Alu(Ops.Or, x.Cast(DType.UInt64), UOp.Alu(Ops.Shl, high, high.ConstLike(32)));

        static UOp Low(UOp u) => u.Cast(DType.UInt32);
        static UOp High(UOp u) => UOp.Alu(Ops.Shr, u, u.ConstLike(32)).Cast(DType.UInt32);
        static UOp RotateLeft(UOp u, int n) => UOp.Alu(Ops.Or, UOp.Alu(Ops.Shl, u, u.ConstLike(n)), UOp.Alu(Ops.Shr, u, u.ConstLike(32 - n)));
    }

    /// <summary>The rules of a target.</summary>
    /// <param name="ForKernels">For kernels.</param>
    /// <param name="ForMachine">For what index lowering makes of them.</param>
    internal sealed record Rules(PatternMatcher ForKernels, PatternMatcher ForMachine);

    private sealed record Abilities(bool Exp2, bool Log2, bool Sin, bool MulAcc, bool IsIeee, bool Double, bool IsFast);
}
