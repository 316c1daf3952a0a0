using Tenon.Core.Backend;
using Tenon.Plugins.Cl.Compilation;
using Tenon.Plugins.Cl.Memory;
using Tenon.Plugins.Cl.Native;
using Tenon.Sdk.CStyle;
using static Tenon.Plugins.Cl.Native.ClConstants;

namespace Tenon.Plugins.Cl.Execution;

/// <summary>
/// Buffers as images. Where the driver has images of buffers, and a view begins where they may, they are of the buffer's own memory, and kept
/// with it; otherwise what the view holds is copied to an image of its own before the launch. Used under the context's gate.
/// </summary>
/// <param name="context">The device.</param>
/// <param name="use">The setting.</param>
internal sealed unsafe class ClImages(ClContext context, ClImageUse use) : IDisposable
{
    private readonly ClFunctions _cl = context.Functions;
    private readonly ClImageInfo? _info = context.Device.Images;
    private readonly bool _areLines = context.Device.Images?.Form(use) == OpenCLImages.Lines;

    // What was made for the launch that is being queued, and for those that are.
    private readonly List<ClHandle> _once = [];
    private readonly Queue<(long Launch, ClHandle Handle)> _held = [];

    /// <summary>Whether the kernel also takes where in the image the view begins.</summary>
    public bool HaveOffsets => _areLines;

    /// <summary>The image of a view.</summary>
    /// <param name="view">The view.</param>
    /// <param name="buffer">What the kernel reads it as.</param>
    /// <param name="isStable">Whether the kernel leaves the view as it is.</param>
    /// <param name="queue">The queue of the launch.</param>
    /// <param name="wait">What is to be waited for before the view is read; 0 for nothing.</param>
    /// <returns>OpenCL's object, and the texel of it with which the view begins.</returns>
    public (nint Image, long Offset) Of(BufferView view, ClKernelBuffer buffer, bool isStable, nint queue, nint wait)
    {
        var (memory, size, texel) = ((ClBuffer)view.Buffer, buffer.Image!.Value, ImageSize.TexelElements * buffer.ElementBytes);
        if (isStable && _areLines && view.Offset % texel == 0 && memory.Bytes >= texel && memory.Bytes / texel <= _info!.MaxLine)
        {
            return (Kept(memory, new ClImageView(texel, 0, new ImageSize(memory.Bytes / texel, 1))), view.Offset / texel);
        }

        var isWhole = view.Offset + Pitch(size) * texel * size.Height <= memory.Bytes;
        return isStable && !_areLines && _info!.HasPlanes && isWhole && view.Offset % Math.Max(context.Device.AlignmentBits / 8, _info.BaseTexels * texel) == 0
            ? (Kept(memory, new ClImageView(texel, view.Offset, size)), 0)
            : (_areLines ? CopyLine(view, memory, size, texel, queue, wait) : CopyPlane(view, memory, size, texel, queue, wait), 0);
    }

    /// <summary>
    /// Keeps what was made for a launch until that is done, and releases what was kept for those that are: PoCL lets go of the memory of an
    /// image while a kernel that reads it is queued.
    /// </summary>
    /// <param name="launch">The launch's number.</param>
    /// <param name="launches">The queue.</param>
    public void Hold(long launch, ClQueue launches)
    {
        _once.ForEach(h => _held.Enqueue((launch, h)));
        _once.Clear();
        while (_held.TryPeek(out var oldest) && launches.EventOf(oldest.Launch) == 0)
        {
            _held.Dequeue().Handle.Dispose();
        }
    }

    /// <summary>Releases what was made for a launch that is done, or failed.</summary>
    public void Release()
    {
        _once.ForEach(h => h.Dispose());
        _once.Clear();
    }

    /// <summary>Releases everything; nothing is queued any more.</summary>
    public void Dispose()
    {
        Release();
        while (_held.TryDequeue(out var held))
        {
            held.Handle.Dispose();
        }
    }

    private long Pitch(ImageSize size) => (size.Width + _info!.PitchTexels - 1) / _info.PitchTexels * _info.PitchTexels;

    private nint Kept(ClBuffer buffer, ClImageView view)
    {
        if (!buffer.Images.TryGetValue(view, out var handles))
        {
            var part = view.Offset == 0 ? null : Part(buffer, view.Offset, Pitch(view.Size) * view.TexelBytes * view.Size.Height);
            var image = Create(view.TexelBytes, view.Size, part?.Value ?? buffer.Handle, _areLines ? 0 : Pitch(view.Size) * view.TexelBytes);
            buffer.Images[view] = handles = part is null ? [image] : [image, part];
        }

        return handles[0].Value;
    }

    private nint CopyLine(BufferView view, ClBuffer memory, ImageSize size, int texel, nint queue, nint wait)
    {
        var copy = context.CreateBuffer(size.Width * texel);
        _once.Add(copy);
        var bytes = Math.Min(view.Bytes, size.Width * texel);
        Check(_cl.clEnqueueCopyBuffer(queue, memory.Handle, copy.Value, (nuint)view.Offset, 0, (nuint)bytes, wait == 0 ? 0u : 1u, wait == 0 ? null : &wait, null), bytes);
        var image = Create(texel, size, copy.Value, 0);
        _once.Add(image);
        return image.Value;
    }

    private nint CopyPlane(BufferView view, ClBuffer memory, ImageSize size, int texel, nint queue, nint wait)
    {
        var image = Create(texel, size, 0, 0);
        _once.Add(image);
        var (rows, rest) = Math.DivRem(Math.Min(view.Bytes / texel, size.Width * size.Height), size.Width);
        foreach (var (row, width, height) in new[] { (0L, size.Width, rows), (rows, rest, 1L) })
        {
            if (width * height > 0)
            {
                var (origin, region) = (new ClPlace(0, (nuint)row, 0), new ClPlace((nuint)width, (nuint)height, 1));
                var from = view.Offset + row * size.Width * texel;
                Check(_cl.clEnqueueCopyBufferToImage(queue, memory.Handle, image.Value, (nuint)from, &origin, &region, wait == 0 ? 0u : 1u, wait == 0 ? null : &wait, null), width * height * texel);
            }
        }

        return image.Value;
    }

    private void Check(int code, long bytes) => context.Check(code, $"copying {bytes:N0} bytes to an image");

    private ClHandle Part(ClBuffer buffer, long offset, long bytes)
    {
        int code;
        var region = stackalloc nuint[] { (nuint)offset, (nuint)bytes };
        var part = new ClHandle(_cl.clCreateSubBuffer(buffer.Handle, CL_MEM_READ_ONLY, CL_BUFFER_CREATE_TYPE_REGION, region, &code), _cl.clReleaseMemObject);
        context.Check(code, $"a part of {bytes:N0} bytes of a buffer at byte {offset:N0}");
        return part;
    }

    // Of memory; or, where that is 0, with its own.
    private ClHandle Create(int texelBytes, ImageSize size, nint memory, long pitch)
    {
        int code;
        var format = new ClImageFormat(CL_RGBA, texelBytes == ImageSize.TexelElements * sizeof(float) ? CL_FLOAT : CL_HALF_FLOAT);
        var description = new ClImageDescription
        {
            Type = _areLines ? CL_MEM_OBJECT_IMAGE1D_BUFFER : CL_MEM_OBJECT_IMAGE2D,
            Width = (nuint)size.Width,
            Height = _areLines ? 0 : (nuint)size.Height,
            RowPitch = (nuint)pitch,
            Memory = memory,
        };
        var image = new ClHandle(_cl.clCreateImage(context.Handle, CL_MEM_READ_ONLY, &format, &description, null, &code), _cl.clReleaseMemObject);
        context.Check(code, $"an image of {size.Width:N0} x {size.Height:N0} texels");
        return image;
    }
}
