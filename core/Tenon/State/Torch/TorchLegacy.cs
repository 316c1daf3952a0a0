using System.Numerics;

namespace Tenon.State;

/// <summary>
/// What <c>torch.save</c> wrote before PyTorch 1.6: pickles of a magic number, a version, the system, the value and the keys of the
/// storages; then each storage, its count before it.
/// </summary>
internal static class TorchLegacy
{
    private const long Version = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    public static object? Read(StateReader file)
    {
        if (Value(file) is not BigInteger magic || magic != Magic)
        {
            throw file.Fault("TEN5150", 0, "magic", "this is neither a zip archive nor an older file of torch.save.");
        }

        if (Value(file) is not Version)
        {
            throw file.Fault("TEN5150", null, "version", $"another than {Version}.");
        }

        if (Value(file) is not PickleDictionary system || system.Items.Any(i => i is { Key: "little_endian", Value: false }))
        {
            throw file.Fault("TEN5150", null, "system", "it is missing, or the file is of a big-endian machine.");
        }

        var storages = new Dictionary<string, TorchStorage>();
        var value = new Unpickler(file, id => Find(file, storages, id)).Read();
        Place(file, storages, Value(file) as List<object?> ?? throw file.Fault("TEN5150", file.Position, "storage keys", "they are no list."));
        return TorchObjects.Convert(file, value, s => throw file.Fault("TEN5150", null, $"storage '{s.Key}'", "it is not in the file."));
    }

    private static void Place(StateReader file, Dictionary<string, TorchStorage> storages, List<object?> keys)
    {
        foreach (var key in keys)
        {
            if (key is not string name || !storages.TryGetValue(name, out var storage) || storage.IsPlaced)
            {
                throw file.Fault("TEN5150", file.Position, "storage keys", $"'{key}' is the key of no storage, or for the second time.");
            }

            var count = file.UInt64($"storage '{name}'.count");
            if (count != (ulong)storage.Count)
            {
                throw file.Fault("TEN5150", file.Position - 8, $"storage '{name}'.count", $"{count}. Expected {storage.Count}, as the pickle says.");
            }

            storage.Place(file, file.Position, file.Length, false);
            file.Position += storage.Count * storage.DType.Bytes;
        }
    }

    private static TorchStorage Find(StateReader file, Dictionary<string, TorchStorage> storages, object?[] id)
    {
        var storage = TorchStorage.Of(file, id);
        return id is [.., object?[]] ? throw file.Fault("TEN5150", null, $"storage '{storage.Key}'", "it is a view of another storage, as PyTorch before 0.4 wrote it. Save it anew.")
            : !storages.TryGetValue(storage.Key, out var known) ? storages[storage.Key] = storage
            : known.DType == storage.DType && known.Count == storage.Count ? known
            : throw file.Fault("TEN5150", null, $"storage '{storage.Key}'", "it is of two types or sizes.");
    }

    private static object? Value(StateReader file) => new Unpickler(file, _ => throw file.Fault("TEN5150", file.Position, "pickle", "a storage where none is expected.")).Read();
}
