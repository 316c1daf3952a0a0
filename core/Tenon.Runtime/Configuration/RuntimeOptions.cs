namespace Tenon.Runtime;

/// <summary>How a <see cref="TenonRuntime"/> is set up: the content of <c>plugins.json</c> after all overrides.</summary>
public sealed class RuntimeOptions
{
    /// <summary>The device of tensors that name none; null for the first device of the first plugin.</summary>
    public string? DefaultDevice { get; set; }

    /// <summary>The device whose memory is files (<see cref="Core.Backend.IFileMemory"/>); null if files are not read.</summary>
    public string? FileDevice { get; set; }

    /// <summary>
    /// What is printed: 1 schedules, 2 kernels with their time, 3 kernel graphs, 4 generated source, 5 linear programs; each
    /// includes those before.
    /// </summary>
    public int Debug { get; set; }

    /// <summary>
    /// Whether values are computed by fast maths (<see cref="Core.FastMathRules"/>) where a program doesn't say itself; see
    /// <see cref="Compiler.FastMath"/>.
    /// </summary>
    public bool FastMath { get; set; }

    /// <summary>Whether each access of a kernel is proved to lie in its buffer when the kernel is compiled.</summary>
    public bool CheckIndices { get; set; } = Core.IndexChecker.IsOnByDefault;

    /// <summary>Whether the loops of kernels are optimised; off gives the plainest correct code, to find out where an error comes from.</summary>
    public bool Optimise { get; set; } = true;

    /// <summary>The cache of schedules and compiled kernels on disk.</summary>
    public CacheOptions Cache { get; } = new();

    /// <summary>What searches have found, and whether to search.</summary>
    public TuningSettings Tuning { get; } = new();

    /// <summary>The plugins, in the order in which they are listed.</summary>
    public IList<PluginOptions> Plugins { get; } = [];

    /// <summary>Which plugin provides a device that several offer: device kind (<c>CPU</c>) to plugin id.</summary>
    public IDictionary<string, string> Devices { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Bytes of free memory that is kept for reuse on each device.</summary>
    public long MaxCachedBytes { get; set; } = 2L << 30;

    /// <summary>How many schedules are kept.</summary>
    public int MaxSchedules { get; set; } = 1024;

    /// <summary>What relative plugin paths are relative to.</summary>
    public string BaseFolder { get; set; } = AppContext.BaseDirectory;

    /// <summary>Where the options come from, for error messages.</summary>
    public string Origin { get; set; } = "the options";

    /// <summary>Where debug output goes; standard error unless set.</summary>
    public TextWriter DebugWriter { get; set; } = Console.Error;
}
