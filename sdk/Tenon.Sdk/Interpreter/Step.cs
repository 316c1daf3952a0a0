namespace Tenon.Sdk.Interpreter;

/// <summary>One operation, for all lanes that run.</summary>
internal abstract class Step
{
    public abstract void Run();
}

internal interface IUnary<T, TResult>
{
    static abstract TResult Apply(T x);
}

internal interface IBinary<T, TResult>
{
    static abstract TResult Apply(T x, T y);
}

/// <summary>An operation without side effects: what lanes that are off get doesn't matter.</summary>
internal sealed class UnaryStep<T, TResult, TOp>(T[] x, TResult[] result) : Step where TOp : struct, IUnary<T, TResult>
{
    public override void Run()
    {
        var from = x.AsSpan();
        var to = result.AsSpan();
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = TOp.Apply(from[i]);
        }
    }
}

/// <inheritdoc cref="UnaryStep{T, TResult, TOp}"/>
internal sealed class BinaryStep<T, TResult, TOp>(T[] x, T[] y, TResult[] result) : Step where TOp : struct, IBinary<T, TResult>
{
    public override void Run()
    {
        var a = x.AsSpan();
        var b = y.AsSpan();
        var to = result.AsSpan();
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = TOp.Apply(a[i], b[i]);
        }
    }
}

/// <summary>A step that is written where it is made.</summary>
internal sealed class ActionStep(Action run) : Step
{
    public override void Run() => run();
}
