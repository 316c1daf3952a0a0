using System.Numerics;
using System.Runtime.InteropServices;
using Tenon.Core;

namespace Tenon;

public sealed partial class Tensor
{
    /// <summary>A tensor with the shape and values of an array: of any rank, or of arrays of equal lengths.</summary>
    /// <param name="values">Such as <c>float[,]</c> or <c>int[][]</c>.</param>
    /// <param name="device">The default device if null.</param>
    /// <exception cref="TenonException">No dtype stores the elements, or inner arrays differ in length.</exception>
    public static Tensor FromArray(Array values, string? device = null)
    {
        var sizes = new List<long>();
        var leaves = new List<Array> { values };
        Type element;
        while ((element = leaves[0].GetType().GetElementType()!).IsArray)
        {
            AddSizes(sizes, leaves[0]);
            leaves = [.. leaves.SelectMany(a => a.Cast<Array?>()).Select(a => a ?? throw new TenonException("TEN3110", $"FromArray: an inner array of {values.GetType().Name} is null. Expected arrays of equal lengths."))];
            if (leaves.Count == 0)
            {
                // Of no arrays the inner sizes are unknown: they are 0.
                for (; element.IsArray; element = element.GetElementType()!)
                {
                    sizes.AddRange(Enumerable.Repeat(0L, element.GetArrayRank()));
                }

                return Empty([.. sizes], DType.Of(element), device);
            }
        }

        if (element == typeof(Complex))
        {
            var count = leaves.Sum(a => a.LongLength);
            ByteCount(count, DType.Complex64);
            AddSizes(sizes, leaves[0]);
            leaves.ForEach(a => LikeFirst(a));
            return FromComplex([.. leaves.SelectMany(a => a.Cast<Complex>())], [.. sizes], device);
        }

        var dtype = DType.Of(element);
        var first = leaves[0];
        AddSizes(sizes, first);
        var bytes = new byte[leaves.Count > 1 ? ByteCount(leaves.Count * first.LongLength, dtype) : 0];
        for (var i = 0; i < leaves.Count && bytes.Length > 0; i++)
        {
            BytesOf(LikeFirst(leaves[i]), dtype).CopyTo(bytes.AsSpan(i * (bytes.Length / leaves.Count)));
        }

        return FromBytes(leaves.Count > 1 ? bytes : BytesOf(first, dtype), dtype, [.. sizes], device);

        Array LikeFirst(Array inner)
        {
            var first = leaves[0];
            for (var axis = 0; axis < first.Rank; axis++)
            {
                if (inner.Rank != first.Rank || inner.GetLongLength(axis) != first.GetLongLength(axis))
                {
                    throw new TenonException("TEN3110", $"FromArray: inner arrays of {values.GetType().Name} have {first.Length} and {inner.Length} elements. Expected arrays of equal lengths.");
                }
            }

            return inner;
        }
    }

    /// <summary>The elements as an array of this tensor's shape: <c>float[,]</c> for two axes of float32. Realises the tensor.</summary>
    /// <returns>An array of rank <see cref="Rank"/>; of a tensor of rank 0, an array of one element.</returns>
    /// <exception cref="TenonException"><typeparamref name="T"/> is not the type of the elements.</exception>
    public Array ToNDArray<T>() where T : unmanaged
    {
        var flat = ToArray<T>();
        if (Rank <= 1)
        {
            return flat;
        }

        var array = Array.CreateInstance(typeof(T), [.. Shape.ToSizes().Select(s => s.Value)]);
        flat.AsSpan().CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(ElementsOf<T>(array)), flat.Length));
        return array;
    }

    private static void AddSizes(List<long> sizes, Array array)
    {
        for (var axis = 0; axis < array.Rank; axis++)
        {
            sizes.Add(array.GetLongLength(axis));
        }
    }

    private static ReadOnlySpan<T> ElementsOf<T>(Array array) where T : unmanaged =>
        array.Length == 0 ? [] : MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static ReadOnlySpan<byte> BytesOf(Array array, DType dtype) =>
        array.Length == 0 ? [] : MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(array), ByteCount(array.LongLength, dtype));
}
