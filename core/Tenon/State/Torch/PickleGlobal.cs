using Tenon.Core;

namespace Tenon.State;

/// <summary>A name that pickles may use, and what calling it gives.</summary>
/// <param name="Name">Module and name.</param>
/// <param name="Call">What it gives for arguments; null for arguments that it doesn't take. Null itself if it can't be called.</param>
internal sealed record PickleGlobal(string Name, Func<object?[], object?>? Call = null)
{
    private static readonly Dictionary<string, object> Known = All().ToDictionary(g => g.Name, g => g.Value);

    /// <summary>What a name stands for; null if pickles here may not use it.</summary>
    public static object? Find(string module, string name) => Known.GetValueOrDefault($"{module}.{name}");

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static IEnumerable<(string Name, object Value)> All()
    {
        (string Name, DType DType)[] storages =
        [
            ("Float", DType.Float32), ("Double", DType.Float64), ("Half", DType.Float16), ("BFloat16", DType.BFloat16), ("Long", DType.Int64), ("Int", DType.Int32),
            ("Short", DType.Int16), ("Char", DType.Int8), ("Byte", DType.UInt8), ("Bool", DType.Bool), ("Untyped", DType.UInt8), ("ComplexFloat", DType.Complex64),
        ];
        foreach (var (name, dtype) in storages)
        {
            yield return ($"torch.{name}Storage", new TorchStorageType(dtype));
            yield return ($"torch.storage.{name}Storage", new TorchStorageType(dtype));
        }

        (string Name, DType DType)[] dtypes =
        [
            ("float32", DType.Float32), ("float64", DType.Float64), ("float16", DType.Float16), ("bfloat16", DType.BFloat16), ("int64", DType.Int64), ("int32", DType.Int32),
            ("int16", DType.Int16), ("int8", DType.Int8), ("uint8", DType.UInt8), ("uint16", DType.UInt16), ("uint32", DType.UInt32), ("uint64", DType.UInt64), ("bool", DType.Bool),
            ("complex64", DType.Complex64), ("float8_e4m3fn", DType.Float8E4M3FN), ("float8_e5m2", DType.Float8E5M2), ("float8_e4m3fnuz", DType.Float8E4M3FNUZ),
            ("float8_e5m2fnuz", DType.Float8E5M2FNUZ), ("float8_e8m0fnu", DType.Float8E8M0),
        ];
        foreach (var (name, dtype) in dtypes)
        {
            yield return ($"torch.{name}", new TorchStorageType(dtype));
        }

        yield return Function("collections.OrderedDict", Dictionary);
        yield return Function("builtins.dict", Dictionary);
        yield return Function("builtins.set", Items);
        yield return Function("__builtin__.set", Items);
        yield return Function("builtins.frozenset", Items);
        yield return Function("torch.Size", Items);
        yield return Function("torch.device", static a => string.Join(':', a));
        yield return Function("_codecs.encode", static a => a is [string text, "latin1" or "latin-1"] && text.All(c => c < 256) ? System.Text.Encoding.Latin1.GetBytes(text) : null);
        yield return Function("torch._utils._rebuild_tensor", static a => a is [TorchStorage s, long offset, object?[] size, object?[] stride] ? View(s, s.DType, offset, size, stride) : null);
        yield return Function("torch._utils._rebuild_tensor_v2", static a => a is [TorchStorage s, long offset, object?[] size, object?[] stride, ..] and { Length: 6 or 7 } ? View(s, s.DType, offset, size, stride) : null);
        yield return Function("torch._utils._rebuild_tensor_v3", static a => a is [TorchStorage s, long offset, object?[] size, object?[] stride, _, _, TorchStorageType type, ..] and { Length: 7 or 8 } ? View(s, type.DType, offset, size, stride) : null);
        yield return Function("torch._utils._rebuild_parameter", static a => a is [TorchView view, _, _] ? view : null);
        yield return Function("torch._utils._rebuild_parameter_with_state", static a => a is [TorchView view, _, _, _] ? view : null);
        yield return Function("torch._tensor._rebuild_from_type_v2", static a => a is [PickleGlobal { Call: { } call }, PickleGlobal { Name: "torch.Tensor" or "torch.nn.parameter.Parameter" }, object?[] args, _] ? call(args) : null);
        yield return ("torch.Tensor", new PickleGlobal("torch.Tensor"));
        yield return ("torch.nn.parameter.Parameter", new PickleGlobal("torch.nn.parameter.Parameter"));
        yield return ("torch.serialization._get_layout", new PickleGlobal("torch.serialization._get_layout", static a => a is ["torch.strided"] ? a[0] : null));
    }

    private static (string Name, object Value) Function(string name, Func<object?[], object?> call) => (name, new PickleGlobal(name, call));

    private static TorchView? View(TorchStorage storage, DType dtype, long offset, object?[] size, object?[] stride) =>
        Array.TrueForAll(size, s => s is long) && Array.TrueForAll(stride, s => s is long) && size.Length <= 64
            ? new TorchView(storage, dtype, offset, [.. size.Cast<long>()], [.. stride.Cast<long>()]) : null;

    private static object? Items(object?[] args) => args switch
    {
        [] => Array.Empty<object?>(),
        [object?[] items] => items,
        [List<object?> items] => items.ToArray(),
        _ => null,
    };

    private static PickleDictionary? Dictionary(object?[] args)
    {
        var items = new PickleDictionary();
        switch (args)
        {
            case []:
                return items;
            case [List<object?> pairs]:
                foreach (var pair in pairs)
                {
                    if (pair is not (object?[] { Length: 2 } or List<object?> { Count: 2 }))
                    {
                        return null;
                    }

                    var two = (IReadOnlyList<object?>)pair;
                    items.Items.Add(new(two[0], two[1]));
                }

                return items;
            default:
                return null;
        }
    }
}

/// <summary>A dictionary while it is built; a later entry of a key replaces an earlier one.</summary>
internal sealed class PickleDictionary
{
    public List<KeyValuePair<object?, object?>> Items { get; } = [];
}

/// <summary>Where the items of a container begin on the stack.</summary>
internal sealed class PickleMark;
