namespace Tenon.State;

/// <summary>Files of tensors of any format that is known here.</summary>
public static class StateFile
{
    /// <summary>Reads tensors to a device, all at once.</summary>
    /// <param name="tensors">What a reader has opened.</param>
    /// <param name="device">The default device if null.</param>
    internal static IReadOnlyDictionary<string, Tensor> Read(IReadOnlyDictionary<string, Tensor> tensors, string? device)
    {
        var target = device ?? TensorExecutor.Current.DefaultDevice;
        var read = new OrderedDictionary<string, Tensor>(tensors.Select(t => KeyValuePair.Create(t.Key, t.Value.To(target))));
        Tensor.Realize([.. read.Values]);
        return read;
    }
}
