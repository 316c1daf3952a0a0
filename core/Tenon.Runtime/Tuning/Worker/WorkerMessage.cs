namespace Tenon.Runtime;

/// <summary>What a worker that times candidates is asked for.</summary>
internal static class WorkerMessage
{
    /// <summary>To open a device, as JSON says.</summary>
    public const byte Open = 0;

    /// <summary>To prepare a kernel in place of the one before: buffers, and the plain program's results.</summary>
    public const byte Kernel = 1;

    /// <summary>To compile and load a program.</summary>
    public const byte Load = 2;

    /// <summary>To check and time one.</summary>
    public const byte Time = 3;

    /// <summary>To time some in turn.</summary>
    public const byte Compare = 4;

    /// <summary>To let go of one.</summary>
    public const byte Unload = 5;
}
