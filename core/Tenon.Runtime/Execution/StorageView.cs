using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>Whole buffers seen in a shape: what a realised value is.</summary>
internal static class StorageView
{
    public static UOp Of(UOp buffer, Shape shape) =>
        buffer.Shape.Equals(shape) ? buffer : UOp.New(Ops.Reshape, buffer.DType, [buffer, .. shape.Dims]);

    /// <summary>The node under reshapes.</summary>
    public static UOp Base(UOp view)
    {
        while (view.Op is Ops.Reshape or Ops.Detach)
        {
            view = view[0];
        }

        return view;
    }
}
