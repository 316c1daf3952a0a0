using System.Collections;
using System.Runtime.CompilerServices;

namespace Tenon.Core;

/// <summary>The sizes of the axes of a value. A size is a node, so that it may hold variables; most are literals.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IEquatable<Shape>, IEnumerable<SymInt>
{
    private readonly UOp[] _dims;

    private Shape(UOp[] dims) => _dims = dims;

    /// <summary>A shape of known sizes.</summary>
    public Shape(params ReadOnlySpan<long> sizes)
    {
        _dims = new UOp[sizes.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            _dims[i] = UOp.Index(sizes[i]);
        }
    }

    /// <summary>The shape of rank 0.</summary>
    public static Shape Scalar { get; } = new(Array.Empty<UOp>());

    /// <summary>How many axes there are.</summary>
    public int Rank => _dims.Length;

    /// <summary>The sizes as nodes.</summary>
    public ReadOnlySpan<UOp> Dims => _dims;

    /// <summary>Whether every size is a literal.</summary>
    public bool IsConcrete => Array.TrueForAll(_dims, d => d.Op == Ops.Const);

    /// <summary>The product of the sizes.</summary>
    public SymInt Elements
    {
        get
        {
            SymInt n = 1;
            foreach (var d in _dims)
            {
                n *= new SymInt(d);
            }

            return n;
        }
    }

    /// <summary>The product of the greatest sizes: what storage has room for.</summary>
    /// <exception cref="TenonException">Nothing has room for so many.</exception>
    public long MaxElements
    {
        get
        {
            if (Array.Exists(_dims, static d => d.Max == 0))
            {
                return 0;
            }

            long n = 1;
            foreach (var d in _dims)
            {
                n = n <= long.MaxValue / d.Max ? n * d.Max : throw new TenonException(
                    "TEN3011", $"Shape {this} has more elements than any memory has room for. Expected fewer than 2^63: make its sizes smaller.");
            }

            return n;
        }
    }

    /// <summary>The size of an axis.</summary>
    /// <exception cref="TenonException">The size is not a literal.</exception>
    public long this[int axis] => _dims[axis].IsConst(out var v)
        ? v.AsLong
        : throw new TenonException("TEN3010", $"Axis {axis} of shape {this} is symbolic; a known size is needed here. Use a literal size for it.");

    /// <summary>A shape of known sizes.</summary>
    public static implicit operator Shape(long[] sizes) => new(sizes);

    /// <summary>A shape of known sizes.</summary>
    public static implicit operator Shape(ReadOnlySpan<long> sizes) => new(sizes);

    /// <summary>A shape of these sizes.</summary>
    public static implicit operator Shape(SymInt[] sizes) => Create(sizes);

    /// <summary>The shape of these sizes.</summary>
    public static Shape Create(ReadOnlySpan<SymInt> sizes)
    {
        if (sizes.Length == 0)
        {
            return Scalar;
        }

        var dims = new UOp[sizes.Length];
        for (var i = 0; i < dims.Length; i++)
        {
            dims[i] = sizes[i].Node;
        }

        return new(dims);
    }

    /// <summary>The shape of these sizes.</summary>
    public static Shape FromDims(ReadOnlySpan<UOp> dims) => dims.Length == 0 ? Scalar : new(dims.ToArray());

    /// <summary>The size of an axis as a node.</summary>
    public UOp Dim(int axis) => _dims[axis];

    /// <summary>The size of an axis, which may be symbolic.</summary>
    public SymInt Size(Index axis) => new(_dims[axis]);

    /// <summary>The sizes, which may be symbolic.</summary>
    public SymInt[] ToSizes() => Array.ConvertAll(_dims, static d => new SymInt(d));

    /// <inheritdoc/>
    public IEnumerator<SymInt> GetEnumerator()
    {
        foreach (var d in _dims)
        {
            yield return new SymInt(d);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The sizes.</summary>
    /// <exception cref="TenonException">A size is not a literal.</exception>
    public long[] ToArray()
    {
        var sizes = new long[_dims.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = this[i];
        }

        return sizes;
    }

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && _dims.AsSpan().SequenceEqual(other._dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var d in _dims)
        {
            hash.Add(d.Hash);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", this)}]";
}
