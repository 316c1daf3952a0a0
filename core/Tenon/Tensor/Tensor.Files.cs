using Tenon.Core;
using Tenon.State;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>
    /// A file as a tensor. Nothing is read: slicing takes a part of the file, and <see cref="To"/> reads no more than the part.
    /// Elements are little-endian.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="dtype">The type of the elements; <c>uint8</c> if null.</param>
    /// <param name="shape">The sizes; one axis over the rest of the file if null.</param>
    /// <param name="offset">The first byte.</param>
    /// <exception cref="TenonException">The file can't be read, or has fewer bytes than the shape.</exception>
    public static Tensor FromFile(string path, DType? dtype = null, Shape? shape = null, long offset = 0)
    {
        using var file = new StateReader(path);
        var type = dtype ?? DType.UInt8;
        var sizes = shape is { } given ? Shapes.Checked(given, nameof(FromFile)).ToArray() : [(file.Length - offset) * 8 / type.Bits];
        return file.Tensor("tensor", offset, type, sizes);
    }

    /// <summary>
    /// Writes the elements, the last axis running fastest and little-endian, to a file in place of what is there, and gives the
    /// file as a tensor. The file is complete or untouched. Realises the tensor.
    /// </summary>
    /// <exception cref="TenonException">The file can't be written.</exception>
    public Tensor ToFile(string path)
    {
        StateWriter.Write(path, [], [(0, this)], DType.BytesOf(Count));
        return FromFile(path, DType, Shape);
    }

    /// <summary>A part of an open file as a tensor.</summary>
    internal static Tensor OfFile(UOp part, Shape shape) => new(TensorGraph.Reshape(part, shape), TensorExecutor.Current.FileDevice);

    // A view of a file that isn't one part of it.
    private bool IsUnreadFile => _device is not null && _device == TensorExecutor.Current.FileDevice && Storage is null;

    // What is read is cut down to what is seen; the rest is done where it is read to.
    private UOp Copied(string target)
    {
        var (source, moves) = _device == TensorExecutor.Current.FileDevice && !RequiresGrad ? FileView.Narrow(Node) : (Node, []);
        return FileView.Move(UOp.New(Ops.Copy, DType, [source], target), moves);
    }
}
