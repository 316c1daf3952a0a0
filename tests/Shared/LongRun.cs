using System.Globalization;

namespace Tenon.Tests.Shared;

/// <summary>How much longer than in CI random tests run: <c>TENON_TEST_FACTOR</c>, 1 unless set.</summary>
internal static class LongRun
{
    public static int Factor { get; } =
        Environment.GetEnvironmentVariable("TENON_TEST_FACTOR") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 1;
}
