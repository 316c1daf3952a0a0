using Tenon.Plugins.Cl.Memory;
using Tenon.Plugins.Cl.Native;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl.Execution;

/// <summary>Copies between the host and the device.</summary>
internal sealed unsafe partial class ClCommands
{
    /// <summary>Makes the device find room for a buffer now rather than when a kernel first uses it.</summary>
    public void Reserve(ClHandle memory, long bytes)
    {
        lock (_context.Gate)
        {
            nint command;
            var buffer = memory.Value;
            _context.Check(_cl.clEnqueueMigrateMemObjects(_launches.Handle, 1, &buffer, CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED, 0, null, &command), $"a buffer of {bytes:N0} bytes");
            _launches.Add(command, $"a buffer of {bytes:N0} bytes");
        }
    }

    /// <summary>Copies to the device; doesn't wait for it unless there is more than is worth being copied twice.</summary>
    public void CopyIn(ClBuffer buffer, long offset, ReadOnlySpan<byte> source)
    {
        if (source.Length > StagingRing.Capacity)
        {
            fixed (byte* p = source)
            {
                _copies.WaitFor(Write(buffer, offset, p, source.Length));
                _context.ThrowFailure();
            }

            return;
        }

        lock (_stagingGate)
        {
            while (!source.IsEmpty)
            {
                var part = source[..Math.Min(source.Length, StagingRing.MaxPart)];
                var room = _staging.Take(part.Length);
                part.CopyTo(room);
                fixed (byte* p = room)
                {
                    _staging.Use(part.Length, Write(buffer, offset, p, part.Length));
                }

                offset += part.Length;
                source = source[part.Length..];
            }
        }
    }

    /// <summary>Copies to the host, and waits for it.</summary>
    public void CopyOut(ClBuffer buffer, long offset, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            _context.ThrowFailure();
            return;
        }

        fixed (byte* p = destination)
        {
            long number;
            lock (_context.Gate)
            {
                _context.ThrowIfLost();
                nint command;
                var wait = EventBefore(buffer);
                _context.Check(_cl.clEnqueueReadBuffer(_copies.Handle, buffer.Handle, 0, (nuint)offset, (nuint)destination.Length, p, wait == 0 ? 0u : 1u, wait == 0 ? null : &wait, &command), $"a copy of {destination.Length:N0} bytes to the host");
                number = _copies.Add(command, "a copy to the host");
            }

            _copies.WaitFor(number);
        }

        if (AreApart)
        {
            // What has failed there is told by its own name.
            _launches.WaitFor(buffer.LastLaunch);
        }

        _context.ThrowFailure();
    }

    private long Write(ClBuffer buffer, long offset, byte* source, int bytes)
    {
        lock (_context.Gate)
        {
            _context.ThrowIfLost();
            nint command;
            var wait = EventBefore(buffer);
            _context.Check(_cl.clEnqueueWriteBuffer(_copies.Handle, buffer.Handle, 0, (nuint)offset, (nuint)bytes, source, wait == 0 ? 0u : 1u, wait == 0 ? null : &wait, &command), $"a copy of {bytes:N0} bytes to the device");
            return buffer.LastCopyIn = _copies.Add(command, "a copy to the device");
        }
    }

    // What a copy must wait for: the last kernel that uses the buffer, if that is in another queue.
    private nint EventBefore(ClBuffer buffer)
    {
        var wait = AreApart ? _launches.EventOf(buffer.LastLaunch) : 0;
        if (wait != 0)
        {
            _launches.Flush();
        }

        return wait;
    }
}
