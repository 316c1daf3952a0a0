namespace Tenon.Sdk.Conformance;

/// <summary>What a case says of a device.</summary>
internal static class Expect
{
    /// <exception cref="ConformanceFailure">It is not so.</exception>
    public static void That(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new ConformanceFailure(otherwise);
        }
    }

    /// <exception cref="ConformanceFailure">They differ.</exception>
    public static void Same(ReadOnlySpan<byte> got, ReadOnlySpan<byte> expected, string what)
    {
        var at = got.CommonPrefixLength(expected);
        That(at == expected.Length && got.Length == expected.Length, $"{what}: byte {at} of {expected.Length} is {(at < got.Length ? got[at] : -1)}, expected {(at < expected.Length ? expected[at] : -1)}");
    }

    /// <summary>The action must throw one of these.</summary>
    /// <exception cref="ConformanceFailure">It throws another exception, or none.</exception>
    public static Exception Throws(Action action, string what, params ReadOnlySpan<Type> types)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is not ConformanceFailure)
        {
            foreach (var type in types)
            {
                if (type.IsInstanceOfType(e))
                {
                    return e;
                }
            }

            throw new ConformanceFailure($"{what} throws {e.GetType().Name} ({e.Message}); expected {Names(types)}");
        }

        throw new ConformanceFailure($"{what} is accepted; expected {Names(types)}");
    }

    private static string Names(ReadOnlySpan<Type> types)
    {
        var names = new List<string>();
        foreach (var type in types)
        {
            names.Add(type.Name);
        }

        return string.Join(" or ", names);
    }
}
