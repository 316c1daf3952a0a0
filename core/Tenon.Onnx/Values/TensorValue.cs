namespace Tenon.Onnx;

/// <summary>
/// Numbers. Small ones that are known on the host (sizes, axes, what follows from them) are kept there, and become storage of a device
/// only if a kernel needs them.
/// </summary>
public sealed class TensorValue : OnnxValue
{
    private readonly string? _device;
    private Tensor? _tensor;

    /// <summary>A tensor as a value.</summary>
    public TensorValue(Tensor tensor) => _tensor = tensor;

    internal TensorValue(HostTensor host, string? device)
    {
        Host = host;
        _device = device;
        IsLiteral = true;
    }

    // Numbers and the tensor that stands for them.
    internal TensorValue(Tensor tensor, HostTensor host) => (_tensor, Host) = (tensor, host);

    /// <inheritdoc/>
    public override Tensor Tensor => _tensor ??= Host!.ToTensor(_device);

    /// <inheritdoc/>
    public override string Description => $"a tensor of {DType} {Shape}";

    /// <summary>Whether it is numbers of the host, which nobody can change.</summary>
    internal bool IsLiteral { get; }

    /// <summary>The elements, if they are known on the host.</summary>
    internal HostTensor? Host { get; private set; }

    internal DType DType => Host?.DType ?? Tensor.DType;

    internal Core.Shape Shape => Host?.Shape ?? Tensor.Shape;

    /// <summary>Whether its elements mean something: those of a device that runs nothing don't, unless the host knows them.</summary>
    internal bool HasElements => Host is not null || TensorExecutor.Current.HasValues(Tensor.Device);

    /// <summary>The elements on the host; what isn't known there yet is computed by the device, and kept if it is small.</summary>
    internal HostTensor Read()
    {
        if (Host is { } host)
        {
            return host;
        }

        host = HostTensor.Read(Tensor);
        if (host.Elements.Length <= HostTensor.Limit && HasElements)
        {
            Host = host;
        }

        return host;
    }
}
