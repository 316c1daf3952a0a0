using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>A small model of whole numbers as any program would run it, so that launches, lists of them, copies and views go the usual ways.</summary>
internal static class RuntimeCheck
{
    private const int Size = 300;

    /// <exception cref="ConformanceFailure">A result is wrong.</exception>
    public static void Run(TenonRuntime runtime, string device)
    {
        TenonRuntime.Default = runtime;
        var numbers = Enumerable.Range(0, Size).ToArray();
        var x = Tensor.From<int>(numbers, [Size], device).Realize();
        int[] expected = [.. numbers];

        // A schedule that runs again is kept as a list, where the device can do that.
        for (var i = 0; i < 4; i++)
        {
            var squares = (x * x + i).Reshape(20, 15).Sum(1).Contiguous();
            x = (x + squares.Reshape(20, 1).Expand(20, 15).Reshape(Size) % 1000).Realize();
            int[] sums = [.. Enumerable.Range(0, 20).Select(r => expected.Skip(r * 15).Take(15).Sum(v => unchecked(v * v + i)))];
            expected = [.. expected.Select((v, n) => v + (sums[n / 15] % 1000 + 1000) % 1000)];
        }

        Expect.That(x.ToArray<int>().SequenceEqual(expected), "a small model gives wrong numbers");
        Expect.That(x[7..100].Contiguous().Realize().ToArray<int>().SequenceEqual(expected[7..100]), "a part of its result is wrong");
    }
}
