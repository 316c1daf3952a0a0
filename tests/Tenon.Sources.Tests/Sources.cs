using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tenon.Sources.Tests;

/// <summary>The sources of this repository, and the compiler that understands them.</summary>
internal static class Sources
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    // What this program runs with: all of .NET, and what it references.
    private static readonly Dictionary<string, MetadataReference> References = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .GroupBy(a => Path.GetFileNameWithoutExtension(a)).ToDictionary(g => g.Key, MetadataReference (g) => MetadataReference.CreateFromFile(g.First()));

    /// <summary>Where the repository is.</summary>
    public static string Root { get; } = typeof(Sources).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;

    /// <summary>The C# files of a folder, without what builds have made.</summary>
    public static IEnumerable<string> In(string folder) => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(f => !Path.GetRelativePath(Root, f).Split(Path.DirectorySeparatorChar).Intersect(["obj", "bin"]).Any());

    public static SyntaxTree Parse(string text, string path = "") => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), path);

    /// <summary>Sources as an assembly of a name, which may use all others.</summary>
    public static CSharpCompilation Compile(string name, OutputKind kind, IEnumerable<SyntaxTree> trees) => CSharpCompilation.Create(
        name, [Parse(ImplicitUsings), .. trees], References.Where(r => r.Key != name).Select(r => r.Value), new CSharpCompilationOptions(kind, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
}
