using System.Text;

namespace Tenon.Web;

/// <summary>The page that an exported model comes with: files by name. In texts <c>{{name}}</c> stands for the model's name.</summary>
public sealed record WebPage(IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>A page that runs the model on its sample, with a bar while it loads, and shows what comes out and how long it takes.</summary>
    public static WebPage Plain { get; } = FromResources(typeof(WebPage), "page/");

    /// <summary>The resources of an assembly whose names begin with a prefix.</summary>
    /// <param name="type">A type of the assembly.</param>
    /// <param name="prefix">The prefix, which is left out of the names.</param>
    public static WebPage FromResources(Type type, string prefix)
    {
        var files = new Dictionary<string, byte[]>();
        foreach (var name in type.Assembly.GetManifestResourceNames())
        {
            // The build of another system writes other separators.
            var path = name.Replace('\\', '/');
            if (path.StartsWith(prefix, StringComparison.Ordinal))
            {
                files[path[prefix.Length..]] = Read(type, name);
            }
        }

        return new WebPage(files);
    }

    /// <summary>A file of this assembly.</summary>
    internal static byte[] Read(Type type, string name)
    {
        using var stream = type.Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No resource {name}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A file with the model's name in it.</summary>
    internal static byte[] Filled(byte[] text, WebModel model) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).Replace("{{name}}", System.Net.WebUtility.HtmlEncode(model.Name), StringComparison.Ordinal));
}
