using System.Globalization;

namespace Tenon.Tests.Shared;

/// <summary>How much longer than in CI random tests run: <c>TENON_TEST_FACTOR</c>, 1 unless set.</summary>
internal static class LongRun
{
    public static int Factor { get; } =
        Environment.GetEnvironmentVariable("TENON_TEST_FACTOR") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 1;

    /// <summary>Writes how much was run, in the form that <c>.ci/run</c> looks for.</summary>
    public static void Report(string kind, int count, string what) => TestContext.Out.WriteLine($"random {kind}: {count} run, {what}");
}
