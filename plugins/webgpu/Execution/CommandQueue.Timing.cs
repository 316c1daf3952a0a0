using System.Runtime.InteropServices;
using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu.Native;

namespace Tenon.Plugins.WebGpu;

internal sealed unsafe partial class CommandQueue
{
    /// <summary>How long what <paramref name="launch"/> queues runs by the device's clock, after all work queued before.</summary>
    public TimeSpan Measure(Action launch)
    {
        Finish();
        var description = new QuerySetDescriptor { Type = Names.TimestampQueryType, Count = 2 };
        var queries = Library.DeviceCreateQuerySet(session.Handle, &description);
        var times = CreateBuffer(256, Names.QueryResolve | Names.CopySource, out var error);
        try
        {
            _ = error is null ? 0 : throw new BackendException("TEN5003", $"WEBGPU ({session.Adapter.Name}) has no buffer for times: {error}");
            var writes = new TimestampWrites { QuerySet = queries, Beginning = 0, End = 1 };
            var descriptor = new ComputePassDescriptor { Timestamps = &writes };
            _pass = Library.CommandEncoderBeginComputePass(Encoder(), &descriptor);
            launch();
            EndPass();
            Library.CommandEncoderResolveQuerySet(Encoder(), queries, 0, 2, times, 0);
            Span<ulong> ticks = stackalloc ulong[2];
            Read(times, 0, MemoryMarshal.AsBytes(ticks));

            // Nanoseconds.
            return TimeSpan.FromTicks((long)(ticks[1] > ticks[0] ? (ticks[1] - ticks[0]) / 100 : 0));
        }
        finally
        {
            Library.QuerySetRelease(queries);
            Library.BufferRelease(times);
        }
    }
}
