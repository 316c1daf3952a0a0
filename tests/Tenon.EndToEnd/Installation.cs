using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tenon.EndToEnd;

/// <summary>A copy of the built command line that a test may spoil.</summary>
internal sealed class Installation : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Installation()
    {
        foreach (var part in new[] { "plugins", "Data" })
        {
            TemporaryFolder.Copy(System.IO.Path.Combine(TenonProcess.BuiltFolder, part), Path(part));
        }

        foreach (var file in Directory.EnumerateFiles(TenonProcess.BuiltFolder))
        {
            File.Copy(file, Path(System.IO.Path.GetFileName(file)));
        }
    }

    public string Folder => _folder.Path;

    public string PluginsFile => Path("plugins.json");

    public string Path(params string[] parts) => System.IO.Path.Combine([_folder.Path, .. parts]);

    /// <summary>Changes plugins.json.</summary>
    public void EditPlugins(Action<JsonNode> edit) => Edit(PluginsFile, edit);

    /// <summary>Changes a plugin's manifest.</summary>
    public void EditManifest(string plugin, Action<JsonNode> edit) => Edit(Path("plugins", plugin, "tenon.plugin.json"), edit);

    /// <summary>A folder with the first of the bundled digits: 640 to train and 100 to test.</summary>
    public string SmallData()
    {
        var folder = Path("small");
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            Shorten("train-images-idx3-ubyte", 640, 16, 784);
            Shorten("train-labels-idx1-ubyte", 640, 8, 1);
            Shorten("t10k-images-idx3-ubyte", 100, 16, 784);
            Shorten("t10k-labels-idx1-ubyte", 100, 8, 1);
        }

        return folder;
    }

    public void Dispose() => _folder.Dispose();

    private static void Edit(string path, Action<JsonNode> edit)
    {
        var node = JsonNode.Parse(File.ReadAllBytes(path))!;
        edit(node);
        File.WriteAllText(path, node.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    private void Shorten(string name, int count, int header, int elementBytes)
    {
        using var gzip = new GZipStream(File.OpenRead(Path("Data", name + ".gz")), CompressionMode.Decompress);
        var bytes = new byte[header + count * elementBytes];
        gzip.ReadExactly(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), count);
        File.WriteAllBytes(Path("small", name), bytes);
    }
}
