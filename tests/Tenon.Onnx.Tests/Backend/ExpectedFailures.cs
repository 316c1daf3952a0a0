namespace Tenon.Onnx.Tests.Backend;

/// <summary>
/// Cases that are known to fail, with the reason: a line each, <c>name: reason</c>. A question mark behind the name says that the case is
/// random, and may pass by chance.
/// </summary>
internal static class ExpectedFailures
{
    public static IReadOnlyDictionary<string, (string Reason, bool MayPass)> Read() => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "expected-failures.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(": ", 2))
        .ToDictionary(parts => parts[0].TrimEnd('?'), parts => (parts[1], parts[0].EndsWith('?')));
}
