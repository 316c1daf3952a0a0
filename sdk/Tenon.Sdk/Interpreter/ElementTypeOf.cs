using Tenon.Core;

namespace Tenon.Sdk.Interpreter;

/// <summary>What is done with values of any type: they are moved.</summary>
internal abstract class ElementType<T> : ElementType where T : unmanaged
{
    public override Register CreateRegister(DType dtype, int width) => new Register<T>(dtype, width);

    public override void Fill(Register register, Scalar value) => Values(register).AsSpan().Fill(FromScalar(value));

    public override Step Choose(Register condition, Register ifTrue, Register ifFalse, Register result)
    {
        var (c, x, y, r) = (((Register<byte>)condition).Values, Values(ifTrue), Values(ifFalse), Values(result));
        return new ActionStep(() =>
        {
            for (var i = 0; i < r.Length; i++)
            {
                r[i] = c[i] != 0 ? x[i] : y[i];
            }
        });
    }

    public override Step Arrange(Register[] sources, int[] lanes, Register result)
    {
        var (from, each, r) = (Array.ConvertAll(sources, Values), sources[0].DType.Lanes, Values(result));
        return new ActionStep(() =>
        {
            for (var k = 0; k < lanes.Length; k++)
            {
                var (x, at) = (from[lanes[k] / each], lanes[k] % each);
                for (var i = k; i < r.Length; i += lanes.Length, at += each)
                {
                    r[i] = x[at];
                }
            }
        });
    }

    public override Step Assign(Lockstep lockstep, Register variable, Register value)
    {
        var (to, from, count) = (Values(variable), Values(value), value.DType.Lanes);
        return new ActionStep(() =>
        {
            if (lockstep.AreAllOn)
            {
                from.CopyTo(to, 0);
                return;
            }

            for (var lane = 0; lane < lockstep.Width; lane++)
            {
                if (lockstep.IsOn[lane])
                {
                    Array.Copy(from, lane * count, to, lane * count, count);
                }
            }
        });
    }

    public override Step Load(MemoryAccess access, Register? gate, Register? other, Register result) =>
        new LoadStep<T>(access, gate, other is null ? null : Values(other), (Register<T>)result);

    public override Step Store(MemoryAccess access, Register value, Register? gate) => new StoreStep<T>(access, (Register<T>)value, gate);

    public override Step Exchange(Lockstep lockstep, Site site, int mask, int subgroup, Register value, Register result)
    {
        var (from, to) = (Values(value), Values(result));
        return new ActionStep(() =>
        {
            for (var lane = 0; lane < lockstep.Width; lane++)
            {
                if (lockstep.IsOn[lane])
                {
                    to[lane] = from[lockstep.Partner(site, lane, mask, subgroup)];
                }
            }
        });
    }

    protected static T[] Values(Register register) => ((Register<T>)register).Values;

    protected abstract T FromScalar(Scalar value);
}
