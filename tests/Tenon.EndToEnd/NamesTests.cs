using System.Reflection;
using System.Text;

namespace Tenon.EndToEnd;

/// <summary>
/// docs/names.md, which says what the names of other frameworks are called here, is written from Data/names.txt. With
/// <c>TENON_WRITE_DOCS=1</c> the test writes it.
/// </summary>
public sealed class NamesTests
{
    private static readonly string Root =
        typeof(NamesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryFolder").Value!;

    private static readonly Type[] Types = [.. new[] { typeof(Tensor).Assembly, typeof(DType).Assembly }.SelectMany(a => a.GetExportedTypes())];

    private static readonly Dictionary<string, string> Operators = new(
        "+ op_Addition - op_Subtraction * op_Multiply / op_Division % op_Modulus & op_BitwiseAnd | op_BitwiseOr ^ op_ExclusiveOr ~ op_OnesComplement << op_LeftShift >> op_RightShift < op_LessThan > op_GreaterThan <= op_LessThanOrEqual >= op_GreaterThanOrEqual [] Element"
            .Split(' ').Chunk(2).Select(p => KeyValuePair.Create(p[0], p[1])));

    [Test]
    public void EveryNameOfTinygradHasAnAnswer()
    {
        var own = Read().Where(s => s.Title.StartsWith("tinygrad", StringComparison.Ordinal) && !s.Title.Contains("operators")).SelectMany(s => s.Names).ToList();
        Assert.That(own.Select(n => n.Theirs), Is.Unique);
        Assert.That(own, Has.Count.EqualTo(251), "tinygrad's Tensor has 251 public names");
    }

    [Test]
    public void EveryNameOfOursExists()
    {
        var missing = Read().SelectMany(s => s.Names).Where(n => n.Ours.Length > 0 && !Exists(n.Ours)).Select(n => $"{n.Theirs}={n.Ours}");
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void ThePageIsUpToDate()
    {
        var path = Path.Combine(Root, "docs", "names.md");
        if (Environment.GetEnvironmentVariable("TENON_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, Page());
        }

        Assert.That(File.Exists(path) ? File.ReadAllText(path) : "", Is.EqualTo(Page()), "docs/names.md is not what Data/names.txt says; run this test with TENON_WRITE_DOCS=1");
    }

    private static string Page()
    {
        var page = new StringBuilder("""
            # Names

            What the names of tinygrad and PyTorch are called here. This page is written from `tests/Tenon.EndToEnd/Data/names.txt` by a test, which
            also checks that every member exists and that every public name of tinygrad's `Tensor` has an answer. Members are those of `Tensor` where
            nothing else is said. Axes are called axes, not dims; a name that stands for several overloads is given once.


            """);
        foreach (var (title, names) in Read())
        {
            page.Append($"## {title}\n\n| theirs | here |\n| --- | --- |\n");
            foreach (var name in names.OrderBy(n => n.Theirs.Trim('_'), StringComparer.Ordinal))
            {
                page.Append($"| {Code(name.Theirs)} | {(name.Ours.Length > 0 ? Code(name.Ours) : name.Reason)} |\n");
            }

            page.Append('\n');
        }

        return page.ToString().TrimEnd() + "\n";

        static string Code(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";
    }

    private static bool Exists(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var member = Operators.GetValueOrDefault(name, dot < 0 ? name : name[(dot + 1)..]);
        var owners = dot < 0 ? [typeof(Tensor)] : Types.Where(t => NameOf(t) == name[..dot]);
        return owners.Any(t => t.GetMember(member, BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy).Length > 0)
            || (dot < 0 && Array.Exists(Types, t => NameOf(t) == name));

        static string NameOf(Type type) => type.Name.Split('`')[0];
    }

    private static List<(string Title, List<(string Theirs, string Ours, string Reason)> Names)> Read()
    {
        var sections = new List<(string Title, List<(string, string, string)> Names)>();
        foreach (var line in File.ReadLines(Path.Combine(Root, "tests", "Tenon.EndToEnd", "Data", "names.txt")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                sections.Add((line[3..], []));
            }
            else if (line.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon && line[0] != '#')
            {
                sections[^1].Names.Add((line[..colon], "", line[(colon + 2)..]));
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                foreach (var pair in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    var equals = pair.IndexOf('=', StringComparison.Ordinal);
                    sections[^1].Names.Add((pair[..equals], pair[(equals + 1)..], ""));
                }
            }
        }

        return sections;
    }
}
