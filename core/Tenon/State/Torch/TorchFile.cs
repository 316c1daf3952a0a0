using System.Text;

namespace Tenon.State;

/// <summary>
/// What <c>torch.save</c> writes: <c>.pt</c> and <c>.pth</c>, as zip archives and in the form before PyTorch 1.6. The pickle in
/// it can build tensors, containers, numbers and texts; a file that names anything else is refused, and nothing of it is run.
/// </summary>
public static class TorchFile
{
    private const string PickleName = "data.pkl";

    /// <summary>
    /// The tensors of a file by name, on the device of files: none is read before it is moved to another. Names of dictionaries
    /// within dictionaries are joined by dots, lists count from 0; a lone tensor is called <c>tensor</c>.
    /// </summary>
    /// <exception cref="TenonFormatException">The file is missing, truncated or malformed, or names what is no tensor, container, number or text.</exception>
    public static IReadOnlyDictionary<string, Tensor> Open(string path) => TorchNames.Flatten(path, OpenObject(path), new FileInfo(path).Length);

    /// <summary>The tensors of a file by name, read to a device.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonFormatException">As of <see cref="Open"/>.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, string? device = null) => StateFile.Read(Open(path), device);

    /// <summary>
    /// All that a file has: <see cref="Tensor"/>, <see cref="string"/>, <see cref="bool"/>, <see cref="long"/>,
    /// <see cref="System.Numerics.BigInteger"/>, <see cref="double"/>, <c>byte[]</c>, null, <c>object?[]</c> for lists, tuples and sets,
    /// and dictionaries from text or number to these.
    /// </summary>
    /// <exception cref="TenonFormatException">As of <see cref="Open"/>.</exception>
    public static object? OpenObject(string path)
    {
        using var file = new StateReader(path) { TruncatedCode = "TEN5150" };
        if (file.Length < 4 || file.UInt32("signature") != ZipFile.LocalMagic)
        {
            file.Position = 0;
            return TorchLegacy.Read(file);
        }

        var zip = ZipFile.Read(file);
        var pickles = zip.Entries.Keys.Where(n => n == PickleName || n.EndsWith($"/{PickleName}", StringComparison.Ordinal)).ToList();
        if (pickles.Count != 1)
        {
            throw file.Fault("TEN5150", null, PickleName, $"the archive has {pickles.Count} entries of this name. Expected one: this is no file of torch.save.");
        }

        var folder = pickles[0][..^PickleName.Length];
        var isBigEndian = zip.Entries.TryGetValue($"{folder}byteorder", out var order) && IsBig(file, zip, order);
        using var pickle = zip.Open(zip.Entries[pickles[0]]);
        var storages = new Dictionary<(string, DType, long), TorchStorage>();
        return TorchObjects.Convert(file, new Unpickler(pickle, id => Find(file, storages, id)).Read(), storage => Place(file, zip, folder, isBigEndian, storage));
    }

    private static TorchStorage Find(StateReader file, Dictionary<(string, DType, long), TorchStorage> storages, object?[] id)
    {
        var storage = TorchStorage.Of(file, id);
        return storages.TryGetValue((storage.Key, storage.DType, storage.Count), out var known) ? known : storages[(storage.Key, storage.DType, storage.Count)] = storage;
    }

    private static void Place(StateReader file, ZipFile zip, string folder, bool isBigEndian, TorchStorage storage)
    {
        var name = $"{folder}data/{storage.Key}";
        var entry = zip.Entries.TryGetValue(name, out var e) ? e : throw file.Fault("TEN5150", null, $"storage '{storage.Key}'", $"the archive has no entry '{name}'.");
        var part = zip.Open(entry);
        storage.Place(part, part.Position, part.Length, isBigEndian);
    }

    private static bool IsBig(StateReader file, ZipFile zip, ZipEntry entry)
    {
        using var part = zip.Open(entry);
        return Encoding.ASCII.GetString(part.Bytes(Math.Min(8, part.Length - part.Position), "byteorder")) switch
        {
            "little" => false,
            "big" => true,
            var order => throw file.Fault("TEN5150", null, "byteorder", $"'{order}' is neither little nor big."),
        };
    }
}
