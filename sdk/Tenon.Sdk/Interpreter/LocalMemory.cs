using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>The local arrays of all groups that run together, and who has used each byte since the last barrier.</summary>
internal sealed class LocalMemory(Lockstep lockstep, int bytesPerGroup)
{
    private const byte Undefined = 0xff;
    private const int Many = -1;
    private readonly Cell[] _cells = new Cell[lockstep.Width / lockstep.LanesPerGroup * bytesPerGroup];

    // Counts barriers; never goes back, so that what was before one is known to be.
    private int _phase;

    public int BytesPerGroup { get; } = bytesPerGroup;

    public byte[] Bytes { get; } = new byte[lockstep.Width / lockstep.LanesPerGroup * bytesPerGroup];

    /// <summary>Other groups begin: all content is undefined.</summary>
    public void Begin()
    {
        Pass();
        Bytes.AsSpan().Fill(Undefined);
        Array.Clear(_cells);
    }

    /// <summary>All have come to a barrier.</summary>
    public void Pass() => _phase++;

    public void OnRead(MemoryAccess access, int array, int lane, int at, int count)
    {
        for (var i = at; i < at + count; i++)
        {
            ref var cell = ref _cells[i];
            if (cell.Array != array)
            {
                var since = cell.Array == 0 ? "" : " since another array had the memory";
                throw access.Fault("TEN4205", lane, i, a => $"{a}, which no lane has written{since}.");
            }

            if (cell.WritePhase == _phase && cell.Writer != lane)
            {
                throw Race(access, lane, i, cell.Writer, "wrote");
            }

            cell.Reader = cell.ReadPhase == _phase && cell.Reader != lane ? Many : lane;
            cell.ReadPhase = _phase;
        }
    }

    public void OnWrite(MemoryAccess access, int array, int lane, int at, ReadOnlySpan<byte> value)
    {
        for (var k = 0; k < value.Length; k++)
        {
            var i = at + k;
            ref var cell = ref _cells[i];
            if (cell.WritePhase == _phase && cell.Writer != lane && value[k] != Bytes[i])
            {
                throw Race(access, lane, i, cell.Writer, "wrote another value");
            }

            if (cell.ReadPhase == _phase && cell.Reader != lane)
            {
                throw Race(access, lane, i, cell.Reader, "read");
            }

            (cell.Array, cell.Writer, cell.WritePhase) = (array, lane, _phase);
        }
    }

    private BackendException Race(MemoryAccess access, int lane, int at, int other, string did) =>
        access.Fault("TEN4202", lane, at, a => $"{a}, which {(other == Many ? "another lane" : lockstep.Describe(lockstep.Number(other)))} {did} with no barrier between.");

    private struct Cell
    {
        public int Array;
        public int Writer;
        public int WritePhase;
        public int Reader;
        public int ReadPhase;
    }
}

/// <summary>A local array.</summary>
internal sealed class LocalRegion(DType dtype, LocalArg arg, LocalMemory memory, int lanesPerGroup) : MemoryRegion(dtype)
{
    // What an array held before some stores is listed as one of its own: the place says that they are the same. 0 is none.
    private readonly int _array = HashCode.Combine(arg.Offset, arg.Size) | 1;

    public override string Name => $"local array {arg.Number} ({DType}, at byte {arg.Offset})";

    public override long Size => arg.Size;

    public override byte[] Bytes => memory.Bytes;

    public override bool ChecksReads => true;

    public override long Origin(int lane) => (lane / lanesPerGroup * memory.BytesPerGroup) + arg.Offset;

    public override void OnRead(MemoryAccess access, int lane, int at, int count) => memory.OnRead(access, _array, lane, at, count);

    public override void OnWrite(MemoryAccess access, int lane, int at, ReadOnlySpan<byte> value) => memory.OnWrite(access, _array, lane, at, value);
}
