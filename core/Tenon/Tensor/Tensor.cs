using Tenon.Core;

namespace Tenon;

/// <summary>
/// An array of numbers of one <see cref="DType"/> with any number of axes. It is lazy: methods build a graph, which is
/// compiled and run when values are asked for (<see cref="Realize()"/>, <see cref="ToArray{T}"/>, <see cref="Item{T}"/>).
/// </summary>
/// <remarks>
/// Operands of two shapes broadcast as in NumPy: axes are aligned at the right and those of size 1 are repeated. Operands of
/// two dtypes meet in the least dtype above both (<see cref="Promotion"/>); a C# number adapts to the tensor's dtype.
/// </remarks>
public sealed partial class Tensor
{
    // Null while the tensor is made of literals only: it then joins whichever device it meets.
    private string? _device;
    private WeakReference<Tensor>? _self;

    internal Tensor(UOp node, string? device)
    {
        _node = node;
        _device = device;
        Born = CaptureTrace.Current?.Id ?? 0;
    }

    /// <summary>The graph that makes the value.</summary>
    public UOp Node
    {
        get
        {
            CaptureTrace.Current?.Touch(this);
            if (_base is not null)
            {
                FollowBase();
            }

            return _node;
        }
    }

    /// <summary>The sizes of the axes.</summary>
    public Shape Shape => Node.Shape;

    /// <summary>The type of the elements.</summary>
    public DType DType => Node.DType;

    /// <summary>The number of axes.</summary>
    public int Rank => Node.Shape.Rank;

    /// <summary>The number of elements, under the bindings of the shape's variables.</summary>
    /// <exception cref="TenonException">A variable of the shape is not bound.</exception>
    public long Count => Node.Shape.Elements.Value;

    /// <summary>The canonical name of the device on which the value is, or will be, such as <c>CPU</c>.</summary>
    public string Device => _device ?? TensorExecutor.Current.DefaultDevice;

    /// <summary>The device, or null while the tensor is made of literals only.</summary>
    internal string? DeviceOrNull => _device;

    /// <summary>What tables hold this tensor by, that don't keep it alive; always the same.</summary>
    internal WeakReference<Tensor> Self => _self ?? Interlocked.CompareExchange(ref _self, new WeakReference<Tensor>(this), null) ?? _self;

    /// <summary>The size of an axis; negative axes count from the end.</summary>
    /// <exception cref="TenonException">There is no such axis, or its size is symbolic; <c>Shape.Size</c> gives those too.</exception>
    public long Size(int axis) => Shapes.Known(Shape, Shapes.Axis(axis, Rank, nameof(Size)), nameof(Size));

    // Every operation ends here: the result lives where its operands do and requires a gradient if one of them does.
    private static Tensor Result(UOp node, string operation, params ReadOnlySpan<Tensor> operands)
    {
        string? device = null;
        var requiresGrad = false;
        foreach (var t in operands)
        {
            if (t._device is not null && device is not null && t._device != device)
            {
                throw new TenonException(
                    "TEN3015",
                    $"{operation}: operands are on {device} and {t._device}. Move one of them with To(\"{device}\").");
            }

            device ??= t._device;
            requiresGrad |= t.RequiresGrad;
        }

        if (requiresGrad && !GradientMode.IsEnabled)
        {
            node = Detached(node);
            requiresGrad = false;
        }

        var result = new Tensor(node, device) { _requiresGrad = requiresGrad && IsDifferentiable(node.DType) };
        FunctionTrace.Current?.Note(operands, result);
        return result;
    }

    /// <summary>What a traced function depends on, of an argument.</summary>
    internal (Shape Shape, DType DType, string? Device, bool RequiresGrad) Kind => (Shape, DType, _device, RequiresGrad);

    /// <summary>A tensor of the same kind without a value.</summary>
    internal Tensor Placeholder(int slot)
    {
        var node = UOp.New(Ops.Param, DType, [], new ParamArg(slot, Shape.MaxElements, _device));
        return new Tensor(TensorGraph.Reshape(node, Shape), _device) { _requiresGrad = RequiresGrad };
    }

    /// <summary>What a traced function made.</summary>
    internal static Tensor Made(UOp node, bool requiresGrad, Tensor[] operands)
    {
        var result = Result(node, nameof(TensorFunction), operands);
        result._requiresGrad = requiresGrad;
        return result;
    }

    private static bool IsDifferentiable(DType dtype) => dtype.IsFloat || dtype.IsComplex;

    private Tensor With(UOp node, string operation) => node == Node ? this : Result(node, operation, this);
}
