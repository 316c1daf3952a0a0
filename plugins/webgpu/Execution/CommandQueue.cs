using System.Runtime.InteropServices;
using Tenon.Core.Backend;
using Tenon.Plugins.WebGpu.Native;

namespace Tenon.Plugins.WebGpu;

/// <summary>
/// Work in the order in which it comes. Launches are gathered in a list of commands, which is submitted when it is long enough, or when
/// something has to come after it. Called under the session's lock.
/// </summary>
internal sealed unsafe partial class CommandQueue(Session session) : IDisposable
{
    /// <summary>Bytes of a block of parameters, and what its place is a multiple of.</summary>
    public const int BlockBytes = 256;

    private const int Blocks = 256;
    private const int LaunchesPerSubmit = 64;

    private readonly byte[] _parameters = new byte[Blocks * BlockBytes];
    private readonly List<string> _kernels = [];
    private nint _parameterBuffer;
    private nint _encoder;
    private nint _pass;
    private int _blocks;
    private bool _isClosed;

    private WebGpuLibrary Library => session.Library;

    /// <summary>The uniform buffer from which blocks of parameters are bound.</summary>
    public nint ParameterBuffer
    {
        get
        {
            if (_parameterBuffer == 0)
            {
                _parameterBuffer = CreateBuffer(_parameters.Length, Names.Uniform | Names.CopyDestination, out var error);
                _ = error is null ? 0 : throw new BackendException("TEN5003", $"WEBGPU ({session.Adapter.Name}) has no buffer for parameters: {error}");
            }

            return _parameterBuffer;
        }
    }

    /// <summary>Whether the device is closed, and all that it had is gone.</summary>
    public bool IsClosed => _isClosed;

    private string During => _kernels.Count == 0 ? "a copy" : $"kernels {string.Join(", ", _kernels.Distinct())}";

    public void CheckOpen() => ObjectDisposedException.ThrowIf(_isClosed, typeof(WebGpuDevice));

    /// <summary>A buffer; or the reason why there is none.</summary>
    public nint CreateBuffer(long bytes, ulong usage, out string? error)
    {
        nint Create()
        {
            var descriptor = new BufferDescriptor { Usage = usage, Size = (ulong)bytes };
            return Library.DeviceCreateBuffer(session.Handle, &descriptor);
        }

        string? inner = null;
        var handle = session.Try(Names.Validation, () => session.Try(Names.OutOfMemory, Create, out inner), out error);
        error ??= inner;
        if (error is not null && handle != 0)
        {
            Library.BufferRelease(handle);
        }

        return handle;
    }

    /// <summary>Gives a buffer back when the work that uses it is done.</summary>
    public void Free(nint buffer)
    {
        lock (session.Lock)
        {
            if (_isClosed)
            {
                return;
            }

            // A list must not be submitted with it.
            Submit();
            Library.BufferDestroy(buffer);
            Library.BufferRelease(buffer);
        }
    }

    /// <summary>Queues a launch.</summary>
    public void Launch(string kernel, nint pipeline, nint group, ReadOnlySpan<uint> parameters, GridSize dispatch)
    {
        CheckOpen();
        var blocks = (parameters.Length * 4 + BlockBytes - 1) / BlockBytes;
        if (_blocks + blocks > Blocks || _kernels.Count >= LaunchesPerSubmit)
        {
            Flush();
        }

        var offset = (uint)(_blocks * BlockBytes);
        MemoryMarshal.AsBytes(parameters).CopyTo(_parameters.AsSpan((int)offset));
        _blocks += blocks;
        _kernels.Add(kernel);
        var pass = Pass();
        Library.ComputePassEncoderSetPipeline(pass, pipeline);
        Library.ComputePassEncoderSetBindGroup(pass, 0, group, 1, &offset);
        Library.ComputePassEncoderDispatchWorkgroups(pass, (uint)dispatch.X, (uint)dispatch.Y, (uint)dispatch.Z);
    }

    /// <summary>Queues a copy in the device, of whole words.</summary>
    public void Copy(nint source, long from, nint destination, long to, long bytes)
    {
        CheckOpen();
        EndPass();
        Library.CommandEncoderCopyBufferToBuffer(Encoder(), source, (ulong)from, destination, (ulong)to, (ulong)bytes);
    }

    /// <summary>Hands what is gathered to the device, and throws what it has reported.</summary>
    public void Flush()
    {
        var during = During;
        Submit();
        session.ThrowIfFailed(during);
    }

    /// <summary>Waits until all work is done, and throws what went wrong in it.</summary>
    public void Finish()
    {
        CheckOpen();
        var during = During;
        Submit();
        using var reply = new Reply();
        session.Wait(reply, Library.QueueOnSubmittedWorkDone(session.Queue, reply.ForStatus));
        session.ThrowIfFailed(during);
        if (reply.Status != Names.Success)
        {
            throw new BackendException("TEN4356", $"WEBGPU ({session.Adapter.Name}) did not finish, during {during}: {reply.Message}");
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        DropStaging();
        if (_parameterBuffer != 0)
        {
            Library.BufferRelease(_parameterBuffer);
        }
    }

    private void Submit()
    {
        if (_encoder == 0)
        {
            return;
        }

        EndPass();
        if (_blocks > 0)
        {
            fixed (byte* data = _parameters)
            {
                Library.QueueWriteBuffer(session.Queue, ParameterBuffer, 0, data, (nuint)(_blocks * BlockBytes));
            }
        }

        var commands = Library.CommandEncoderFinish(_encoder, null);
        Library.CommandEncoderRelease(_encoder);
        Library.QueueSubmit(session.Queue, 1, &commands);
        Library.CommandBufferRelease(commands);
        (_encoder, _blocks) = (0, 0);
        _kernels.Clear();
    }

    private nint Encoder() => _encoder != 0 ? _encoder : _encoder = Library.DeviceCreateCommandEncoder(session.Handle, null);

    private nint Pass()
    {
        if (_pass == 0)
        {
            var descriptor = new ComputePassDescriptor();
            _pass = Library.CommandEncoderBeginComputePass(Encoder(), &descriptor);
        }

        return _pass;
    }

    private void EndPass()
    {
        if (_pass != 0)
        {
            Library.ComputePassEncoderEnd(_pass);
            Library.ComputePassEncoderRelease(_pass);
            _pass = 0;
        }
    }
}
