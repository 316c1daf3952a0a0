namespace Tenon.Onnx.Tests.Backend;

/// <summary>
/// Cases that are known to fail, with the reason: a line each, <c>name: reason</c>. A question mark behind the name says that the case is
/// random, and may pass by chance. What fails on every device is in <c>expected-failures.txt</c>, what a device adds in
/// <c>expected-failures.DEVICE.txt</c>.
/// </summary>
internal static class ExpectedFailures
{
    public static IReadOnlyDictionary<string, (string Reason, bool MayPass)> Read(string? device) => Lines("expected-failures.txt")
        .Concat(device is null ? [] : Lines($"expected-failures.{device.Split(':')[0]}.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(": ", 2))
        .ToDictionary(parts => parts[0].TrimEnd('?'), parts => (parts[1], parts[0].EndsWith('?')));

    private static IEnumerable<string> Lines(string file) =>
        Path.Combine(AppContext.BaseDirectory, file) is var path && File.Exists(path) ? File.ReadLines(path) : [];
}
