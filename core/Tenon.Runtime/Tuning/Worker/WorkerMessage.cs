namespace Tenon.Runtime;

/// <summary>What a worker is asked for. Each message is a length, its kind, its number, and the rest; the answer has the same number.</summary>
internal enum WorkerMessage : byte
{
    /// <summary>To open a device, as JSON says.</summary>
    Open,

    /// <summary>To prepare a kernel in place of the one before: buffers, and the plain program's results.</summary>
    Kernel,

    /// <summary>To compile and load a program.</summary>
    Load,

    /// <summary>To check and time one.</summary>
    Time,

    /// <summary>To time some in turn.</summary>
    Compare,

    /// <summary>To let go of one.</summary>
    Unload,
}
