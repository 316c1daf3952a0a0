using Tenon.Core.Backend;

namespace Tenon.Sdk.Interpreter;

/// <summary>Which lanes of a launch have read and written each element of a buffer that it writes.</summary>
internal sealed class LaunchShadow(int elements, int elementBytes, bool isRead)
{
    private const int Many = -1;

    // Numbers of lanes in the launch, from 1; 0 is none.
    private readonly int[] _writers = new int[elements];
    private readonly int[] _readers = new int[isRead ? elements : 0];

    public void OnRead(MemoryAccess access, int lane, int at, int count)
    {
        var number = Number(access, lane);
        for (var i = at / elementBytes; i <= (at + count - 1) / elementBytes; i++)
        {
            if (_writers[i] is not 0 and var writer && writer != number)
            {
                throw Race(access, lane, i, writer, "writes");
            }

            if (isRead)
            {
                _readers[i] = _readers[i] is 0 || _readers[i] == number ? number : Many;
            }
        }
    }

    public void OnWrite(MemoryAccess access, int lane, int at, ReadOnlySpan<byte> value)
    {
        var number = Number(access, lane);
        for (var i = at / elementBytes; i <= (at + value.Length - 1) / elementBytes; i++)
        {
            var from = Math.Max(i * elementBytes, at);
            var part = value[(from - at)..Math.Min((i + 1) * elementBytes - at, value.Length)];
            if (_writers[i] is not 0 and var writer && writer != number && !part.SequenceEqual(access.Region.Bytes.AsSpan(from, part.Length)))
            {
                throw Race(access, lane, i, writer, "writes with another value");
            }

            if (isRead && _readers[i] is not 0 and var reader && reader != number)
            {
                throw Race(access, lane, i, reader, "reads");
            }

            _writers[i] = number;
        }
    }

    private static int Number(MemoryAccess access, int lane) => (int)Math.Min(access.Lockstep.Number(lane), int.MaxValue - 1) + 1;

    private BackendException Race(MemoryAccess access, int lane, int element, int other, string does) => access.Fault(
        "TEN4203",
        lane,
        element * elementBytes,
        a => $"{a}, which {(other == Many ? "another lane" : access.Lockstep.Describe(other - 1))} {does} in the same launch. Lanes run in any order.");
}
