namespace Tenon.Onnx.Tests;

/// <summary>Data that lies beside the repository, in <c>shared/data</c> of a folder above.</summary>
internal static class SharedData
{
    /// <summary>The path of a file or folder, or null if it isn't there.</summary>
    public static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", name);
            if (Path.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
