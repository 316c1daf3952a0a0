using System.Globalization;
using System.Numerics;

namespace Tenon.State;

/// <summary>What a pickle has built, as what users get.</summary>
internal sealed class TorchObjects
{
    private const int Deepest = 100;
    private readonly Dictionary<object, object?> _done = new(ReferenceEqualityComparer.Instance);
    private readonly StateReader _file;
    private readonly Action<TorchStorage> _place;

    private TorchObjects(StateReader file, Action<TorchStorage> place) => (_file, _place) = (file, place);

    /// <summary>Converts a value and all in it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="value">What the pickle has built.</param>
    /// <param name="place">Says where a storage lies.</param>
    public static object? Convert(StateReader file, object? value, Action<TorchStorage> place) => new TorchObjects(file, place).Convert(value, 0);

    private object? Convert(object? value, int depth)
    {
        switch (value)
        {
            case null or bool or long or BigInteger or double or string or byte[]:
                return value;
            case TorchStorageType or PickleGlobal:
                return value.ToString();
            case PickleMark:
                throw Fault("a mark that is no value.");
        }

        if (depth > Deepest)
        {
            throw Fault($"containers in containers, more than {Deepest} deep.");
        }

        if (_done.TryGetValue(value, out var known))
        {
            return known ?? throw Fault("a container that holds itself.");
        }

        _done[value] = null;
        return _done[value] = value switch
        {
            TorchView view => ToTensor(view),
            TorchStorage storage => ToTensor(new TorchView(storage, storage.DType, 0, [storage.Count], [1])),
            object?[] items => items.Select(i => Convert(i, depth + 1)).ToArray(),
            List<object?> items => items.Select(i => Convert(i, depth + 1)).ToArray(),
            PickleDictionary items => ToDictionary(items, depth),
            _ => throw Fault($"a {value.GetType().Name}."),
        };
    }

    private Tensor ToTensor(TorchView view)
    {
        if (!view.Storage.IsPlaced)
        {
            _place(view.Storage);
        }

        return view.ToTensor(_file);
    }

    private OrderedDictionary<string, object?> ToDictionary(PickleDictionary items, int depth)
    {
        var result = new OrderedDictionary<string, object?>();
        foreach (var (key, item) in items.Items)
        {
            var name = key switch
            {
                string text => text,
                long number => number.ToString(CultureInfo.InvariantCulture),
                _ => throw Fault($"a dictionary with a {key?.GetType().Name ?? "null"} as a key. Expected texts or whole numbers."),
            };
            result[name] = Convert(item, depth + 1);
        }

        return result;
    }

    private TenonFormatException Fault(string problem) => _file.Fault("TEN5150", null, "pickle", problem);
}
