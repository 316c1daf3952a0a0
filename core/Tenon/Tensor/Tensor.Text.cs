using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    // So many elements are shown whole; of more, the first and last of each axis.
    private const int MostShown = 1000;

    /// <summary>
    /// Shape, dtype and device; the values too, in PyTorch's manner, if nothing has to be computed for them: they are stored, or
    /// are a few elements of what is stored. Of a large tensor whose memory the host doesn't see, no values.
    /// </summary>
    public override string ToString()
    {
        var header = $"Tensor {Shape} {DType} {_device ?? "(any device)"}";
        if (Shape.MaxElements == 0 || !IsAtHand(out var isMoved) || (isMoved && Count > MostShown))
        {
            return header;
        }

        string? text = null;
        if (Count <= MostShown)
        {
            text = TensorText.Of(ToBytes(), DType, Sizes(), int.MaxValue);
        }
        else
        {
            TensorExecutor.Current.TryUseInPlace(StoredElements(), DType.BytesOf(Count), Show);
        }

        return text is null ? header : Rank < 2 ? $"{header} {text}" : $"{header}\n{text}";

        unsafe void Show(nint address)
        {
            var bytes = (int)Math.Min(int.MaxValue, DType.BytesOf(Count));
            text = bytes < DType.BytesOf(Count) ? null : TensorText.Of(new ReadOnlySpan<byte>((void*)address, bytes), DType, Sizes(), TensorText.Edge);
        }

        long[] Sizes() => [.. Shape.ToSizes().Select(s => s.Value)];
    }

    // Whether the value is stored, or nothing but a movement of what is stored or literal.
    private bool IsAtHand(out bool isMoved)
    {
        isMoved = !IsRealized;
        var node = Node;
        while (OpSet.Movement.Contains(node.Op) || node.Op == Ops.Detach)
        {
            node = node[0];
        }

        return IsRealized || node.Op is Ops.Buffer or Ops.Const;
    }
}
