using System.Globalization;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Runtime;

/// <summary>
/// What of a device a program is not to see: <c>mask</c> in <c>plugins.json</c>. What is masked is as if the plugin had never claimed it, so
/// the compiler finds another way. A word is <c>vectors</c>, <c>lanes</c>, <c>subgroups</c>, an op that generators may take
/// (<c>MulAcc</c>), a dtype (<c>float16</c>) or something that a dtype may be used for (<c>float32:MaskedLoad</c>, <c>*:Vector</c>), an optional
/// interface of devices (<c>ILaunchGraphs</c>), or a smaller limit (<c>maxBuffers=4</c>).
/// </summary>
public sealed class CapabilityMask
{
    private const string Vectors = "vectors";
    private const string Lanes = "lanes";
    private const string Subgroups = "subgroups";
    private const string AnyDType = "*";
    private static readonly string[] Limits = ["parallelism", "maxBuffers", "maxBufferBytes", "localBytes", "vectorBytes", "vectorRegisters", "maxLanesPerGroup"];
    private static readonly Type[] Features = [.. typeof(Device).Assembly.GetExportedTypes().Where(t => t.IsInterface && t.Namespace == typeof(Device).Namespace && t != typeof(IBackendPlugin))];

    private readonly HashSet<string> _groups = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _limits = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(DType? DType, DTypeSupport Flags)> _dtypes = [];
    private readonly HashSet<Type> _features = [];
    private OpSet _ops;

    private CapabilityMask(IReadOnlyList<string> words) => Words = words;

    /// <summary>The words that it was made from.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The mask of some words.</summary>
    /// <exception cref="TenonException">A word means nothing, or names what every device must have.</exception>
    public static CapabilityMask Parse(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var mask = new CapabilityMask(words);
        foreach (var word in words)
        {
            if (!mask.TryAdd(word.Trim()))
            {
                throw new TenonException(
                    "TEN2104",
                    $"'{word}' can't be masked. Known: {Vectors}, {Lanes}, {Subgroups}; an op that generators may take, such as MulAcc; a dtype or *, alone or with a use of it, such as float32:MaskedLoad; {string.Join(", ", Features.Select(f => f.Name))}; a smaller limit, such as maxBuffers=4, of {string.Join(", ", Limits)}.");
            }
        }

        return mask;
    }

    /// <summary>Whether a word hides an optional interface of devices.</summary>
    public static bool IsFeature(string word) => Features.Any(f => f.Name.Equals(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>Every word that would hide something that the device claims, each alone.</summary>
    public static IReadOnlyList<string> WordsFor(Device device, CodeGenerator generator)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(generator);
        var (c, t) = (device.Capabilities, generator.Target);
        var words = new List<string>();
        Add(t.VectorBytes > 0, Vectors);
        Add(t.VectorBytes > 16, "vectorBytes=16");
        Add(c.Workgroups is { MaxLanesPerGroup: > 1 }, Lanes);
        Add(c.Workgroups is { SubgroupSize: > 0 }, Subgroups);
        Add(c.MaxBuffers > 8, "maxBuffers=8");
        foreach (var op in t.ExtraOps.Where(op => t.VectorBytes == 0 || !CodeGeneratorTarget.VectorOps.Contains(op)))
        {
            words.Add(op.ToString());
        }

        foreach (var flag in new[] { DTypeSupport.Vector, DTypeSupport.MaskedLoad, DTypeSupport.Conversion })
        {
            Add(t.DTypes.Values.Any(s => s.HasFlag(flag)), $"{AnyDType}:{flag}");
        }

        foreach (var half in new[] { DType.Float16, DType.BFloat16 })
        {
            Add(t.DTypes.GetValueOrDefault(half).HasFlag(DTypeSupport.Arithmetic), $"{half}:{DTypeSupport.Arithmetic}");
        }

        words.AddRange(Features.Where(f => device.TryGetFeature(f) is not null).Select(f => f.Name));
        return words;

        void Add(bool isClaimed, string word)
        {
            if (isClaimed)
            {
                words.Add(word);
            }
        }
    }

    /// <summary>What is left of a device's capabilities.</summary>
    public Capabilities Apply(Capabilities c)
    {
        ArgumentNullException.ThrowIfNull(c);
        var groups = c.Workgroups;
        if (_groups.Contains(Lanes))
        {
            groups = groups is null ? null : groups with { MaxLanes = new GridSize(1), MaxLanesPerGroup = 1, SubgroupSize = 0, PreferredLanes = 1 };
        }

        if (_groups.Contains(Subgroups))
        {
            groups = groups is null ? null : groups with { SubgroupSize = 0 };
        }

        groups = groups is null ? null : groups with { MaxLanesPerGroup = (int)Limit("maxLanesPerGroup", groups.MaxLanesPerGroup) };
        return c with
        {
            DTypes = Apply(c.DTypes),
            Parallelism = (int)Limit("parallelism", c.Parallelism),
            MaxBuffers = (int)Limit("maxBuffers", c.MaxBuffers),
            MaxBufferBytes = Limit("maxBufferBytes", c.MaxBufferBytes),
            LocalBytes = _ops.Contains(Ops.Local) ? 0 : Limit("localBytes", c.LocalBytes),
            Workgroups = groups,
        };
    }

    /// <summary>What is left of what a generator takes.</summary>
    public CodeGeneratorTarget Apply(CodeGeneratorTarget t)
    {
        ArgumentNullException.ThrowIfNull(t);
        var (bytes, ops) = ((int)Limit("vectorBytes", t.VectorBytes), t.ExtraOps - _ops);
        var dtypes = Apply(t.DTypes);
        if (_groups.Contains(Vectors) || bytes == 0)
        {
            bytes = 0;
            ops -= CodeGeneratorTarget.VectorOps | new OpSet(Ops.Shuffle);
            dtypes = dtypes.ToDictionary(d => d.Key, d => d.Value & ~(DTypeSupport.Vector | DTypeSupport.MaskedLoad));
        }

        if (_groups.Contains(Lanes))
        {
            ops -= new OpSet(Ops.Barrier, Ops.LaneXor);
        }

        if (_groups.Contains(Subgroups))
        {
            ops -= new OpSet(Ops.LaneXor);
        }

        return t with { ExtraOps = ops, DTypes = dtypes, VectorBytes = bytes, VectorRegisters = (int)Limit("vectorRegisters", t.VectorRegisters) };
    }

    /// <summary>Whether an optional interface of the device is masked.</summary>
    public bool Hides(Type feature) => _features.Contains(feature);

    private long Limit(string name, long claimed) => _limits.TryGetValue(name, out var limit) ? Math.Min(limit, claimed) : claimed;

    private Dictionary<DType, DTypeSupport> Apply(IReadOnlyDictionary<DType, DTypeSupport> dtypes)
    {
        var left = new Dictionary<DType, DTypeSupport>();
        foreach (var (dtype, support) in dtypes)
        {
            var masked = _dtypes.Where(m => m.DType is null || m.DType == dtype).Aggregate(DTypeSupport.None, (flags, m) => flags | m.Flags);
            if ((support & ~masked) is var rest && (rest != DTypeSupport.None || support == DTypeSupport.None))
            {
                left[dtype] = rest;
            }
        }

        return left;
    }

    private bool TryAdd(string word)
    {
        if (word.Equals(Vectors, StringComparison.OrdinalIgnoreCase) || word.Equals(Lanes, StringComparison.OrdinalIgnoreCase) || word.Equals(Subgroups, StringComparison.OrdinalIgnoreCase))
        {
            return _groups.Add(word) || true;
        }

        if (word.Split('=') is [var name, var number])
        {
            return Limits.Contains(name, StringComparer.OrdinalIgnoreCase) && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && (_limits[name] = limit) >= 0;
        }

        if (Features.FirstOrDefault(f => f.Name.Equals(word, StringComparison.OrdinalIgnoreCase)) is { } feature)
        {
            return _features.Add(feature) || true;
        }

        var parts = word.Split(':');
        var dtype = DType.Native.FirstOrDefault(d => d.Name.Equals(parts[0], StringComparison.OrdinalIgnoreCase));
        var flags = (DTypeSupport)~0;
        if ((dtype is not null || parts[0] == AnyDType) && parts.Length <= 2 && (parts.Length == 1 ? dtype is not null : IsName(parts[1]) && Enum.TryParse(parts[1], ignoreCase: true, out flags)))
        {
            _dtypes.Add((dtype, flags));
            return true;
        }

        if (IsName(word) && Enum.TryParse<Ops>(word, ignoreCase: true, out var op) && !CodeGeneratorTarget.BaseOps.Contains(op))
        {
            _ops |= new OpSet(op);
            return true;
        }

        return false;
    }

    // Enumerations would also take numbers and lists.
    private static bool IsName(string text) => text.Length > 0 && text.All(char.IsAsciiLetterOrDigit) && char.IsAsciiLetter(text[0]);
}
