using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tenon.Sources.Tests;

/// <summary>What the documents show compiles as it stands, among the names of Data/Surroundings.cs.</summary>
public sealed partial class SnippetTests
{
    private static readonly string Data = Path.Combine(Sources.Root, "tests", "Tenon.Sources.Tests", "Data");

    public static IEnumerable<TestCaseData> Snippets =>
        from document in (string[])["README.md", "CONTRIBUTING.md", .. Directory.EnumerateFiles(Path.Combine(Sources.Root, "docs"), "*.md").Order(StringComparer.Ordinal).Select(f => $"docs/{Path.GetFileName(f)}")]
        let text = File.ReadAllText(Path.Combine(Sources.Root, document)).ReplaceLineEndings("\n")
        from snippet in Fences().Matches(text)
        select new TestCaseData(snippet.Groups[1].Value, snippet.Groups[2].Value).SetArgDisplayNames($"{document}:{text[..snippet.Index].Count(c => c == '\n') + 2}");

    /// <param name="assembly">Of the code of Tenon itself, what it is part of.</param>
    /// <param name="snippet">What is shown.</param>
    [TestCaseSource(nameof(Snippets))]
    public void Compiles(string assembly, string snippet)
    {
        if (snippet.TrimEnd().EndsWith(','))
        {
            // A row of a table in the sources.
            var row = string.Join('\n', snippet.Split('\n').Where(l => !l.StartsWith("//", StringComparison.Ordinal))).Trim();
            Assert.That(Sources.In("core").Any(f => File.ReadAllText(f).Contains(row, StringComparison.Ordinal)), $"no table has the row {row}");
            return;
        }

        var tree = Sources.Parse(snippet);
        var root = (CompilationUnitSyntax)tree.GetRoot();
        var surroundings = File.ReadAllLines(Path.Combine(Data, "Surroundings.cs"));
        var usings = surroundings.Where(l => l.StartsWith("using ", StringComparison.Ordinal) && root.Usings.Count == 0).Append("using static Surroundings;").Select(l => $"global {l}");
        List<SyntaxTree> trees = [tree, Sources.Parse(string.Join('\n', surroundings)), Sources.Parse(string.Join('\n', usings))];
        if (assembly.Length > 0)
        {
            trees.Add(Sources.Parse(File.ReadAllText(Path.Combine(Data, $"{assembly}.cs"))));
        }

        var kind = root.Members.Any(m => m is GlobalStatementSyntax) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        var name = assembly.Length > 0 ? $"{assembly}.Tests" : "Snippet";
        Assert.That(Sources.Compile(name, kind, trees).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error), Is.Empty);
    }

    [GeneratedRegex("(?<=^|\n)```csharp ?([A-Za-z.]*)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fences();
}
