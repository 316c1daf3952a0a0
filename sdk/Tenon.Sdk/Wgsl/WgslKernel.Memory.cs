using System.Text;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Wgsl;

internal sealed partial class WgslKernel
{
    private readonly Dictionary<int, Buffer> _buffers;
    private readonly int[] _windows;
    private readonly Dictionary<DType, (long Begin, long End)> _locals;

    private sealed record Buffer(string Type, int Bytes, bool IsAtomic);

    private long WindowBytes => _limits.BindingBytes / _limits.OffsetAlignment * _limits.OffsetAlignment;

    /// <summary>The index of a buffer's or array's first element in what it is bound to.</summary>
    public string First(UOp storage)
    {
        if (storage.Op == Ops.Param)
        {
            return $"first{storage.ArgAs<ParamArg>().Slot}";
        }

        var first = (storage.ArgAs<LocalArg>().Offset - _locals[storage.DType].Begin) / storage.DType.Bytes;
        return $"{first}i";
    }

    /// <summary>What is at an address: a scalar, or as many neighbours as the type has lanes.</summary>
    public string Load(DType dtype, UOp address)
    {
        if (dtype.IsVector)
        {
            return LoadVector(dtype, address);
        }

        if (JoinedLoad(address) is { } joined)
        {
            return joined;
        }

        var (name, slot, index) = Place(address);
        return slot is not { } s ? ElementOf(name, index, IsVectors(address))
            : _windows[s] > 1 ? Call(Accessor(s, "load", $" -> {_buffers[s].Type}", "", (element, _) => $"return {ReadOf(s, element)};"), index)
            : ReadOf(s, ElementOf(name, index, IsVectors(address)));
    }

    private string Store(UOp address, UOp stored, string? mask)
    {
        var value = Bare(TextOf(stored));
        if (stored.DType.IsVector)
        {
            return StoreVector(stored.DType, address, value);
        }

        var (name, slot, index) = Place(address);
        if (slot is not { } s)
        {
            return $"{name}[{index}] = {value};";
        }

        if (_windows[s] == 1)
        {
            return WriteOf(s, $"{name}[{index}]", value, mask);
        }

        var type = _buffers[s].Type;
        return mask is null
            ? Call(Accessor(s, "store", "", $", value: {type}", (element, _) => $"{WriteOf(s, element, "value", null)} return;"), index, value) + ";"
            : Call(Accessor(s, "mask", "", $", value: {type}, bits: {type}", (element, _) => $"{WriteOf(s, element, "value", "bits")} return;"), index, value, mask) + ";";
    }

    private string ReadOf(int slot, string element) => _buffers[slot].IsAtomic ? $"atomicLoad(&{element})" : element;

    // The bits of a mask change in two steps. Others may store between them, but never the same bits.
    private string WriteOf(int slot, string element, string value, string? mask) =>
        mask is not null ? $"atomicAnd(&{element}, ~{mask}); atomicOr(&{element}, {value});"
        : _buffers[slot].IsAtomic ? $"atomicStore(&{element}, {value});" : $"{element} = {value};";

    // A function that finds the window in which an element of a large buffer lies.
    private string Accessor(int slot, string name, string result, string parameters, Func<string, int, string> access)
    {
        var perWindow = WindowBytes / _buffers[slot].Bytes;
        var text = new StringBuilder($"fn {name}{slot}(at: i32{parameters}){result} {{\n    let place = u32(at);\n");
        for (var window = 0; window < _windows[slot]; window++)
        {
            var element = window == 0 ? $"data{slot}[place]" : $"data{slot}_{window}[place - {window * perWindow}u]";
            var line = access(element, window);
            text.Append(window < _windows[slot] - 1 ? $"    if (place < {(window + 1) * perWindow}u) {{ {line} }}\n" : $"    {line}\n");
        }

        return Define($"{name}{slot}", text.Append('}').ToString());
    }

    private (string Name, int? Slot, string Index) Place(UOp address)
    {
        var storage = address;
        while (storage.Op == Ops.Index)
        {
            storage = storage[0];
        }

        var index = Bare(TextOf(address));
        return storage.Op == Ops.Param
            ? ($"data{storage.ArgAs<ParamArg>().Slot}", storage.ArgAs<ParamArg>().Slot, index)
            : ($"local_{TypeOf(storage.DType)}", null, index);
    }

    private (Dictionary<int, Buffer> Buffers, int[] Windows) FindBuffers()
    {
        var (buffers, windows) = (new Dictionary<int, Buffer>(), new int[_program.Parameters.Count]);
        foreach (var op in _program.Ops)
        {
            if (op.Op == Ops.Param)
            {
                buffers[op.ArgAs<ParamArg>().Slot] = new Buffer(TypeOf(op.DType), op.DType.Bytes, false);
            }
            else if (op.Op == Ops.Store && op.Src.Length > 2 && !op[2].DType.IsBool)
            {
                var slot = StorageOf(op[0]).ArgAs<ParamArg>().Slot;
                buffers[slot] = buffers[slot] with { IsAtomic = true };
            }
        }

        for (var slot = 0; slot < windows.Length; slot++)
        {
            var parameter = _program.Parameters[slot];
            var bytes = parameter.DType.BytesOf(parameter.Size) + _limits.OffsetAlignment + 3;
            windows[slot] = bytes <= WindowBytes ? 1 : (int)((bytes + WindowBytes - 1) / WindowBytes);
        }

        return windows.Sum() <= _limits.StorageBuffers ? (buffers, windows) : throw new BackendException(
            "TEN4352", $"Kernel {_program.Name} uses {windows.Length} buffers, which take {windows.Sum()} bindings of at most {WindowBytes} bytes each; a shader has {_limits.StorageBuffers}. Split the largest tensors.");
    }

    // One array for each type: from the first byte that any local array of the type has to the last.
    private Dictionary<DType, (long Begin, long End)> FindLocals()
    {
        var locals = new Dictionary<DType, (long Begin, long End)>();
        foreach (var op in _program.Ops)
        {
            if (op.Op == Ops.Local)
            {
                var array = op.ArgAs<LocalArg>();
                var (begin, end) = locals.GetValueOrDefault(op.DType, (long.MaxValue, 0));
                locals[op.DType] = (Math.Min(begin, array.Offset), Math.Max(end, array.Offset + array.Size * op.DType.Bytes));
            }
        }

        return locals;
    }

    private static UOp StorageOf(UOp address)
    {
        while (address.Op == Ops.Index)
        {
            address = address[0];
        }

        return address;
    }
}
