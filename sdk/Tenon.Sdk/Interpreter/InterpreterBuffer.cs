using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>Memory of the interpreter, which knows what of it was ever written.</summary>
internal sealed class InterpreterBuffer(int bytes) : DeviceBuffer(bytes)
{
    private const byte Undefined = 0xff;
    private bool[]? _isDefined = new bool[bytes];
    private int _undefined = bytes;

    /// <summary>The memory.</summary>
    public byte[] Memory { get; private set; } = Fill(bytes);

    /// <summary>Whether all of it was written.</summary>
    public bool IsDefined => _isDefined is null;

    /// <summary>Who has used it in the launch that runs; null if that doesn't write it.</summary>
    public LaunchShadow? Shadow { get; set; }

    /// <summary>These bytes are written.</summary>
    public void Define(int at, int count)
    {
        if (_isDefined is null)
        {
            return;
        }

        foreach (ref var isDefined in _isDefined.AsSpan(at, count))
        {
            _undefined -= isDefined ? 0 : 1;
            isDefined = true;
        }

        _isDefined = _undefined == 0 ? null : _isDefined;
    }

    /// <summary>The first of these bytes that was never written; -1 if there is none.</summary>
    public int FindUndefined(int at, int count) => _isDefined is null ? -1 : _isDefined.AsSpan(at, count).IndexOf(false) is >= 0 and var i ? at + i : -1;

    /// <inheritdoc/>
    protected override void FreeCore() => (Memory, _isDefined) = ([], null);

    private static byte[] Fill(int bytes)
    {
        var memory = GC.AllocateUninitializedArray<byte>(bytes);
        memory.AsSpan().Fill(Undefined);
        return memory;
    }
}
