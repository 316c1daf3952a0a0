using Tenon.Core;

namespace Tenon.State;

/// <summary>Memory of tensors in a file, of which several may be views.</summary>
/// <param name="key">Its name in the file.</param>
/// <param name="dtype">The type of its elements.</param>
/// <param name="count">How many there are.</param>
internal sealed class TorchStorage(string key, DType dtype, long count)
{
    private StateReader? _file;
    private long _begin;
    private bool _isBigEndian;

    public string Key => key;

    public DType DType => dtype;

    public long Count => count;

    /// <summary>Whether it is known where in the file it lies.</summary>
    public bool IsPlaced => _file is not null;

    /// <summary>The storage that an identity in a pickle stands for.</summary>
    public static TorchStorage Of(StateReader file, object?[] id)
    {
        var type = id.Length is >= 5 and <= 6 && id[0] is "storage" ? id[1] as TorchStorageType : null;
        return type is not null && id[2] is string key && id[4] is long count and >= 0 && (id.Length == 5 || id[5] is null or object?[])
            ? new TorchStorage(key, type.DType, count)
            : throw file.Fault("TEN5150", null, "storage", "a persistent identity that is not ('storage', type, key, location, count).");
    }

    /// <summary>Says where the elements lie.</summary>
    public void Place(StateReader file, long begin, long end, bool isBigEndian)
    {
        if (count > (end - begin) / dtype.Bytes)
        {
            throw file.Fault("TEN5150", begin, $"storage '{key}'", $"it has {count} elements of {dtype}, but {Math.Max(0, end - begin)} bytes. The file is truncated or damaged.");
        }

        (_file, _begin, _isBigEndian) = (file, begin, isBigEndian);
    }

    /// <summary>Elements that follow each other.</summary>
    public Tensor Elements(long first, DType type, long[] shape) =>
        _file!.Tensor($"storage '{key}'", checked(_begin + first * type.Bytes), type, shape, _isBigEndian);
}

/// <summary>The class of a storage, as a pickle names it.</summary>
internal sealed record TorchStorageType(DType DType);
