using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>A buffer of a launch.</summary>
internal sealed class GlobalRegion(DType dtype, ParamArg arg, bool checksBuffers) : MemoryRegion(dtype)
{
    private InterpreterBuffer? _buffer;
    private BufferView _view;

    public override string Name => $"buffer {arg.Slot} ({DType})";

    public override long Size => Math.Min(arg.Size, _view.Bytes / DType.Bytes);

    public override byte[] Bytes => _buffer!.Memory;

    public override bool ChecksReads => _buffer!.Shadow is not null || (checksBuffers && !_buffer.IsDefined);

    /// <summary>Takes the buffer of a launch.</summary>
    public void Bind(ReadOnlySpan<BufferView> buffers)
    {
        _view = buffers[arg.Slot];
        _buffer = (InterpreterBuffer)_view.Buffer;
    }

    public override long Origin(int lane) => _view.Offset;

    public override void OnRead(MemoryAccess access, int lane, int at, int count)
    {
        if (checksBuffers && _buffer!.FindUndefined(at, count) is >= 0 and var undefined)
        {
            throw access.Fault("TEN4206", lane, undefined, a => $"{a}, which nothing has ever written.");
        }

        _buffer!.Shadow?.OnRead(access, lane, at, count);
    }

    public override void OnWrite(MemoryAccess access, int lane, int at, ReadOnlySpan<byte> value)
    {
        _buffer!.Shadow?.OnWrite(access, lane, at, value);
        _buffer.Define(at, value.Length);
    }
}
