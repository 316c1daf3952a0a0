using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tenon.Sources.Tests;

/// <summary>The folders of a project follow each other: what is in one uses those before it only.</summary>
public sealed class LayerTests
{
    // Each uses only those to the left; "" is the project's own folder.
    private static readonly Dictionary<string, string[]> Order = new()
    {
        ["core/Tenon.Compiler"] = ["Memory", "Kernels", "Schedule", "Optimise", "Lower", "", "Search"],
        ["sdk/Tenon.Sdk"] = ["", "TensorCores", "CStyle", "Wgsl", "Llvm", "Interpreter", "Targets"],
    };

    // Next to each other, but without a word between them.
    private static readonly (string Project, string From, string To)[] Strangers = [("core/Tenon.Compiler", "Lower", "Optimise")];

    public static IEnumerable<string> Projects => Order.Keys;

    [TestCaseSource(nameof(Projects))]
    public void FoldersUseThoseBeforeThem(string project)
    {
        var (order, uses) = (Order[project], UsesIn(project));
        Assert.That(uses.SelectMany(u => new[] { u.From, u.To }).Distinct(), Is.EquivalentTo(order), "every folder has its place");
        Assert.That(uses.Where(u => Array.IndexOf(order, u.From) < Array.IndexOf(order, u.To) || Strangers.Contains((project, u.From, u.To))), Is.Empty);
    }

    // Which folder uses which other, and by what.
    private static HashSet<Use> UsesIn(string project)
    {
        var folder = Path.Combine(Sources.Root, project);
        var compilation = Sources.Compile(Path.GetFileName(project), OutputKind.DynamicallyLinkedLibrary, Sources.In(project).Select(f => Sources.Parse(File.ReadAllText(f), f)));
        var uses = new HashSet<Use>();
        foreach (var tree in compilation.SyntaxTrees.Where(t => t.FilePath.Length > 0))
        {
            var (model, from) = (compilation.GetSemanticModel(tree), FolderOf(tree));
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (model.GetSymbolInfo(name).Symbol is { } symbol && (symbol as INamedTypeSymbol ?? symbol.ContainingType) is { } type
                    && type.DeclaringSyntaxReferences.Select(r => FolderOf(r.SyntaxTree)).Distinct().ToArray() is [var to] && to != from)
                {
                    uses.Add(new Use(from, to, Path.GetFileName(tree.FilePath), type.Name));
                }
            }
        }

        return uses;

        string FolderOf(SyntaxTree tree) => Path.GetRelativePath(folder, Path.GetDirectoryName(tree.FilePath)!).Split(Path.DirectorySeparatorChar)[0] is var first and not "." ? first : "";
    }

    private sealed record Use(string From, string To, string File, string Type);
}
