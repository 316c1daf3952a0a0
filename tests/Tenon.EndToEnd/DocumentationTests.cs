using System.Reflection;
using System.Text.RegularExpressions;

namespace Tenon.EndToEnd;

/// <summary>The documents keep up with the code.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Root =
        typeof(DocumentationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;

    [Test]
    public void EveryErrorCodeIsDocumented()
    {
        var thrown = new[] { "core", "sdk", "plugins", "hosts" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .SelectMany(file => Codes().Matches(File.ReadAllText(file)).Select(m => m.Value))
            .ToHashSet();
        var documented = Codes().Matches(File.ReadAllText(Path.Combine(Root, "docs", "errors.md"))).Select(m => m.Value).ToHashSet();
        Assert.That(thrown, Has.Count.GreaterThan(50));
        Assert.That(documented, Is.EquivalentTo(thrown), "docs/errors.md lists every code that is thrown, and no other");
    }

    [Test]
    public void EveryErrorCodeHasOneRow() =>
        Assert.That(File.ReadLines(Path.Combine(Root, "docs", "errors.md")).Where(l => l.StartsWith("| TEN", StringComparison.Ordinal)).SelectMany(l => Codes().Matches(l.Split('|')[1]).Select(m => m.Value)), Is.Unique);

    [Test]
    public void EveryOptionIsDocumented()
    {
        var text = File.ReadAllText(Path.Combine(Root, "docs", "cli.md"));
        foreach (var command in new[] { "devices", "train mnist", "bench", "onnx info", "onnx run", "onnx bench", "export web", "cache info", "cache clear", "explain", "tune", "plugin test" })
        {
            var help = TenonProcess.Run([.. command.Split(' '), "--help"]);
            help.AssertSuccess();
            Assert.That(help.Output, Does.Match($@"tenon {command} (<\S+> |\[<.*>\.\.\.\] )*\[options\]"));
            foreach (var option in Options().Matches(help.Output).Select(m => m.Value))
            {
                Assert.That(text, Does.Contain($"`{option}"), $"docs/cli.md says what {option} of 'tenon {command}' means");
            }
        }
    }

    [GeneratedRegex("TEN[0-9]{4}")]
    private static partial Regex Codes();

    [GeneratedRegex("(?<= )--[a-z]+")]
    private static partial Regex Options();
}
