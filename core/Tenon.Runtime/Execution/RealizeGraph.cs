using Tenon.Core;

namespace Tenon.Runtime;

/// <summary>Where a value is once its graph has run.</summary>
internal abstract class RealizeResult
{
    /// <summary>In a buffer that was there before.</summary>
    public sealed class Stored(UOp buffer) : RealizeResult
    {
        public UOp Buffer => buffer;
    }

    /// <summary>In the memory that an assignment overwrites.</summary>
    public sealed class Assigned(UOp after) : RealizeResult
    {
        public UOp After => after;
    }

    /// <summary>In new memory.</summary>
    /// <param name="index">Its place among the outputs.</param>
    /// <param name="value">The value, as it was given.</param>
    /// <param name="slot">The slot of its memory; null if it is empty.</param>
    /// <param name="device">Where it is stored.</param>
    /// <param name="valueDevice">Where it is computed, if it says so itself.</param>
    /// <param name="other">The same value on another device.</param>
    public sealed class Output(int index, UOp value, int? slot, string device, string? valueDevice, Output? other) : RealizeResult
    {
        public int Index => index;

        public UOp Value => value;

        public int? Slot => slot;

        public string Device => device;

        public string? ValueDevice => valueDevice;

        public Output? Other => other;
    }
}

/// <summary>What has to be run to realise values: a graph that names no storage, and the storage to run it on.</summary>
internal sealed class RealizeGraph
{
    /// <summary>The graph for the scheduler.</summary>
    public required UOp Sink { get; init; }

    /// <summary>The buffers of the first slots; those of the outputs follow.</summary>
    public required List<UOp> Inputs { get; init; }

    /// <summary>Values that get new memory.</summary>
    public required List<RealizeResult.Output> Outputs { get; init; }

    /// <summary>Assignments, and the buffer that each overwrites.</summary>
    public required List<(UOp After, UOp Buffer)> Assignments { get; init; }

    /// <summary>The values of the variables.</summary>
    public required VariableBindings Variables { get; init; }

    /// <summary>Where each value that was asked for will be.</summary>
    public required RealizeResult[] Results { get; init; }

    /// <summary>Whether there is nothing to run.</summary>
    public bool IsEmpty => Sink.Src.IsEmpty;
}
