using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon;

/// <content>Captures as programs for other devices.</content>
internal sealed partial class Capture
{
    /// <summary>Compiles what was captured for a device that need not be there.</summary>
    /// <param name="arguments">How many tensors the function got.</param>
    /// <param name="device">What the device has.</param>
    /// <param name="generator">What makes its code.</param>
    public ExportedProgram Export(int arguments, Capabilities device, CodeGenerator generator)
    {
        if (_assigned.Length + _gradientsLeft.Length > 0 || _inputs.Where((input, i) => input.Source.Argument < 0 && _program.Writes(i)).Any())
        {
            throw new TenonException("TEN6104", "What is to be exported changes tensors from outside, or leaves gradients, which an exported program can't. Take such a tensor as an argument, and return its new value.");
        }

        if (_inputs.Count(i => i.Source.Argument >= 0) != arguments || _results.Any(r => r is not CapturedResult.Stored))
        {
            throw new InvalidOperationException("An exported function has inputs and results with storage of their own.");
        }

        // Arguments come first, in order.
        var program = _program.Export([.. _inputs.Select(i => i.Source.Argument >= 0 ? null : i.Source.Outside!.StoredBuffer)], device, generator);
        return program with { Outputs = [.. _results.Select(r => program.Outputs[((CapturedResult.Stored)r).Output])] };
    }
}
