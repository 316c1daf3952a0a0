using System.Runtime.CompilerServices;

namespace Tenon;

/// <summary>
/// Captures functions: what a call computes is kept as one list of kernels, with one plan of its memory, and later calls with arguments of
/// the same kind only run that, without the function itself. See docs/jit.md for what is captured, what is checked, and what throws.
/// </summary>
/// <example><code>
/// var step = Jit.Capture((Tensor x, Tensor y) =>
/// {
///     optimizer.ZeroGrad();
///     var loss = model.Forward(x).CrossEntropy(y);
///     loss.Backward();
///     optimizer.Step(loss);
///     return loss;
/// });
/// foreach (var (x, y) in loader) step(x, y);
/// </code></example>
public static class Jit
{
    private static readonly ConditionalWeakTable<Delegate, CapturedFunction> Functions = [];

    /// <summary>What is kept of a function that <c>Capture</c> has returned.</summary>
    /// <exception cref="ArgumentException">It is another function.</exception>
    public static CapturedFunction Of(Delegate function) =>
        Functions.TryGetValue(function, out var captured) ? captured : throw new ArgumentException("This function was not returned by Jit.Capture.", nameof(function));

    /// <summary>Captures a function of no arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Func<TResult> Capture<TResult>(Func<TResult> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(_ => function(), options);
        return Known<Func<TResult>>(() => (TResult)captured.Invoke([])!, captured);
    }

    /// <summary>Captures a function of no arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Action Capture(Action function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(_ => Nothing(() => function()), options);
        return Known<Action>(() => Discard(captured.Invoke([])), captured);
    }

    /// <summary>Captures a function of one argument.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Func<T1, TResult> Capture<T1, TResult>(Func<T1, TResult> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => function((T1)a[0]!), options);
        return Known<Func<T1, TResult>>((x1) => (TResult)captured.Invoke([x1])!, captured);
    }

    /// <summary>Captures a function of one argument.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Action<T1> Capture<T1>(Action<T1> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => Nothing(() => function((T1)a[0]!)), options);
        return Known<Action<T1>>((x1) => Discard(captured.Invoke([x1])), captured);
    }

    /// <summary>Captures a function of two arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Func<T1, T2, TResult> Capture<T1, T2, TResult>(Func<T1, T2, TResult> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => function((T1)a[0]!, (T2)a[1]!), options);
        return Known<Func<T1, T2, TResult>>((x1, x2) => (TResult)captured.Invoke([x1, x2])!, captured);
    }

    /// <summary>Captures a function of two arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Action<T1, T2> Capture<T1, T2>(Action<T1, T2> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => Nothing(() => function((T1)a[0]!, (T2)a[1]!)), options);
        return Known<Action<T1, T2>>((x1, x2) => Discard(captured.Invoke([x1, x2])), captured);
    }

    /// <summary>Captures a function of three arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Func<T1, T2, T3, TResult> Capture<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!), options);
        return Known<Func<T1, T2, T3, TResult>>((x1, x2, x3) => (TResult)captured.Invoke([x1, x2, x3])!, captured);
    }

    /// <summary>Captures a function of three arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Action<T1, T2, T3> Capture<T1, T2, T3>(Action<T1, T2, T3> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => Nothing(() => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!)), options);
        return Known<Action<T1, T2, T3>>((x1, x2, x3) => Discard(captured.Invoke([x1, x2, x3])), captured);
    }

    /// <summary>Captures a function of four arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Func<T1, T2, T3, T4, TResult> Capture<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!, (T4)a[3]!), options);
        return Known<Func<T1, T2, T3, T4, TResult>>((x1, x2, x3, x4) => (TResult)captured.Invoke([x1, x2, x3, x4])!, captured);
    }

    /// <summary>Captures a function of four arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Action<T1, T2, T3, T4> Capture<T1, T2, T3, T4>(Action<T1, T2, T3, T4> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => Nothing(() => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!, (T4)a[3]!)), options);
        return Known<Action<T1, T2, T3, T4>>((x1, x2, x3, x4) => Discard(captured.Invoke([x1, x2, x3, x4])), captured);
    }

    /// <summary>Captures a function of five arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Func<T1, T2, T3, T4, T5, TResult> Capture<T1, T2, T3, T4, T5, TResult>(Func<T1, T2, T3, T4, T5, TResult> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!, (T4)a[3]!, (T5)a[4]!), options);
        return Known<Func<T1, T2, T3, T4, T5, TResult>>((x1, x2, x3, x4, x5) => (TResult)captured.Invoke([x1, x2, x3, x4, x5])!, captured);
    }

    /// <summary>Captures a function of five arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Action<T1, T2, T3, T4, T5> Capture<T1, T2, T3, T4, T5>(Action<T1, T2, T3, T4, T5> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => Nothing(() => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!, (T4)a[3]!, (T5)a[4]!)), options);
        return Known<Action<T1, T2, T3, T4, T5>>((x1, x2, x3, x4, x5) => Discard(captured.Invoke([x1, x2, x3, x4, x5])), captured);
    }

    /// <summary>Captures a function of six arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Func<T1, T2, T3, T4, T5, T6, TResult> Capture<T1, T2, T3, T4, T5, T6, TResult>(Func<T1, T2, T3, T4, T5, T6, TResult> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!, (T4)a[3]!, (T5)a[4]!, (T6)a[5]!), options);
        return Known<Func<T1, T2, T3, T4, T5, T6, TResult>>((x1, x2, x3, x4, x5, x6) => (TResult)captured.Invoke([x1, x2, x3, x4, x5, x6])!, captured);
    }

    /// <summary>Captures a function of six arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Action<T1, T2, T3, T4, T5, T6> Capture<T1, T2, T3, T4, T5, T6>(Action<T1, T2, T3, T4, T5, T6> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => Nothing(() => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!, (T4)a[3]!, (T5)a[4]!, (T6)a[5]!)), options);
        return Known<Action<T1, T2, T3, T4, T5, T6>>((x1, x2, x3, x4, x5, x6) => Discard(captured.Invoke([x1, x2, x3, x4, x5, x6])), captured);
    }

    /// <summary>Captures a function of seven arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Func<T1, T2, T3, T4, T5, T6, T7, TResult> Capture<T1, T2, T3, T4, T5, T6, T7, TResult>(Func<T1, T2, T3, T4, T5, T6, T7, TResult> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!, (T4)a[3]!, (T5)a[4]!, (T6)a[5]!, (T7)a[6]!), options);
        return Known<Func<T1, T2, T3, T4, T5, T6, T7, TResult>>((x1, x2, x3, x4, x5, x6, x7) => (TResult)captured.Invoke([x1, x2, x3, x4, x5, x6, x7])!, captured);
    }

    /// <summary>Captures a function of seven arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Action<T1, T2, T3, T4, T5, T6, T7> Capture<T1, T2, T3, T4, T5, T6, T7>(Action<T1, T2, T3, T4, T5, T6, T7> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => Nothing(() => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!, (T4)a[3]!, (T5)a[4]!, (T6)a[5]!, (T7)a[6]!)), options);
        return Known<Action<T1, T2, T3, T4, T5, T6, T7>>((x1, x2, x3, x4, x5, x6, x7) => Discard(captured.Invoke([x1, x2, x3, x4, x5, x6, x7])), captured);
    }

    /// <summary>Captures a function of eight arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> Capture<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!, (T4)a[3]!, (T5)a[4]!, (T6)a[5]!, (T7)a[6]!, (T8)a[7]!), options);
        return Known<Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult>>((x1, x2, x3, x4, x5, x6, x7, x8) => (TResult)captured.Invoke([x1, x2, x3, x4, x5, x6, x7, x8])!, captured);
    }

    /// <summary>Captures a function of eight arguments.</summary>
    /// <param name="function">The function. Arguments and results are tensors, plain values, and tuples, arrays, lists, dictionaries and records of them.</param>
    /// <param name="options">How it is captured.</param>
    public static Action<T1, T2, T3, T4, T5, T6, T7, T8> Capture<T1, T2, T3, T4, T5, T6, T7, T8>(Action<T1, T2, T3, T4, T5, T6, T7, T8> function, JitOptions? options = null)
    {
        var captured = new CapturedFunction(a => Nothing(() => function((T1)a[0]!, (T2)a[1]!, (T3)a[2]!, (T4)a[3]!, (T5)a[4]!, (T6)a[5]!, (T7)a[6]!, (T8)a[7]!)), options);
        return Known<Action<T1, T2, T3, T4, T5, T6, T7, T8>>((x1, x2, x3, x4, x5, x6, x7, x8) => Discard(captured.Invoke([x1, x2, x3, x4, x5, x6, x7, x8])), captured);
    }

    private static object? Nothing(Action action)
    {
        action();
        return null;
    }

    private static void Discard(object? value) => _ = value;

    private static T Known<T>(T function, CapturedFunction captured) where T : Delegate
    {
        Functions.Add(function, captured);
        return function;
    }
}
