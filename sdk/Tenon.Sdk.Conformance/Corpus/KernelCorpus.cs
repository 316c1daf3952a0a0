using Tenon.Core;
using Tenon.Core.Backend;
using Tenon.Runtime;

namespace Tenon.Sdk.Conformance;

/// <summary>The kernels of <see cref="Models"/> as they are scheduled for a device.</summary>
internal static class KernelCorpus
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, KernelList> Known = [];

    /// <summary>Each different kernel, with its model's name. Models that need what the device can't store are left out.</summary>
    /// <param name="subject">The device.</param>
    /// <param name="forMasks">Whether a quick run wants the fewer kernels that it runs for each mask.</param>
    public static KernelList For(Subject subject, bool forMasks = false)
    {
        var c = subject.Capabilities;
        var key = string.Join(' ', c.Parallelism, c.MaxBuffers, c.MaxBufferBytes, c.LocalBytes, c.Workgroups, subject.IsQuick, forMasks, string.Join(' ', c.DTypes.Where(d => d.Value.HasFlag(DTypeSupport.Storage)).Select(d => d.Key.Id).Order()));
        lock (Gate)
        {
            return Known.TryGetValue(key, out var kernels) ? kernels : Known[key] = Make(subject, forMasks);
        }
    }

    private static KernelList Make(Subject subject, bool forMasks)
    {
        // Only the schedule is wanted, so what runs on paper is compiled in the quickest way.
        var options = new RuntimeOptions { Optimise = false, CheckIndices = false, DefaultDevice = PaperPlugin.DeviceName };
        (options.Cache.Enabled, options.Tuning.Enabled) = (false, false);
        using var runtime = new TenonRuntimeBuilder(options).AddPlugin("conformance.paper", new PaperPlugin(subject.Capabilities, subject.Target)).Build();
        var failures = new List<(string, string)>();
        var (kernels, seen, model) = (new List<(string, UOp)>(), new HashSet<UOp>(ReferenceEqualityComparer.Instance), "");
        runtime.Tuning.Observer = called =>
        {
            lock (kernels)
            {
                foreach (var (kernel, _) in called)
                {
                    if (seen.Add(kernel))
                    {
                        kernels.Add(($"{model}/{kernel.ArgAs<KernelArg>().Name}", kernel));
                    }
                }
            }
        };
        TenonRuntime.Default = runtime;
        foreach (var (name, _, run) in Models.All.Where(m => !subject.IsQuick || m.Quick == QuickRuns.All || (m.Quick == QuickRuns.Corpus && !forMasks)))
        {
            model = name;
            Tensor.ManualSeed(1);
            try
            {
                run();
            }
            catch (TenonException e) when (e.Code == "TEN5004")
            {
                // The device can't store a dtype that the model needs; docs/conformance.md.
            }
            catch (TenonException e)
            {
                failures.Add((name, e.Message));
            }
        }

        return new KernelList(kernels, failures);
    }
}

/// <summary>What models ask of a device.</summary>
/// <param name="Kernels">The kernels, with their names.</param>
/// <param name="Failures">The models that can't be scheduled for it, and why.</param>
internal sealed record KernelList(IReadOnlyList<(string Name, UOp Kernel)> Kernels, IReadOnlyList<(string Model, string Message)> Failures)
{
    /// <summary>A case for each.</summary>
    public IEnumerable<ConformanceCase> Cases(Func<Subject> subject, string prefix = "") =>
    [
        .. Failures.Select(f => new ConformanceCase($"{prefix}{f.Model}/schedule", () => throw new ConformanceFailure(f.Message))),
        .. Kernels.Select(k => new ConformanceCase($"{prefix}{k.Name}", () => KernelCheck.Run(subject(), k.Kernel))),
    ];
}
