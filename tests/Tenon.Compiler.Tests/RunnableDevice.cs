using Tenon.Core;
using Tenon.Runtime;

namespace Tenon.Compiler.Tests;

/// <summary>A device of this machine that computes, and one of its generators.</summary>
/// <param name="Name">The device.</param>
/// <param name="Plugin">Its plugin; empty if the generator is its only one.</param>
/// <param name="Generator">The generator.</param>
/// <param name="DTypes">What it can store.</param>
internal sealed record RunnableDevice(string Name, string Plugin, string Generator, IReadOnlyList<DType> DTypes)
{
    /// <summary>What makes the generator the device's first.</summary>
    public (string Key, string? Value)[] Settings => Plugin.Length > 0 ? [($"plugins:{Plugin}:generator", Generator)] : [];

    /// <summary>All of this machine, of every plugin, with each of their generators.</summary>
    public static IReadOnlyList<RunnableDevice> All() => Find(null);

    /// <summary>The one that <see cref="ToString"/> names.</summary>
    public static RunnableDevice Parse(string text) => Find(text.Split('/')[0]).Single(d => d.ToString() == text);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}/{Generator}";

    private static IReadOnlyList<RunnableDevice> Find(string? name)
    {
        using var runtime = new TenonRuntimeBuilder(TenonConfiguration.Load(null, [new("cache:enabled", "false")])).Build();
        var found = new List<RunnableDevice>();
        foreach (var device in (name is null ? runtime.Devices.Names.Where(n => !n.Contains(':')) : [name]).Select(runtime.Devices.Open).Where(Computes))
        {
            var (generators, dtypes) = (device.Device.CodeGenerators, DType.Native.Where(d => device.Capabilities.DTypes.ContainsKey(d)).ToList());
            found.AddRange(generators.Select(g => new RunnableDevice(device.Name, generators.Count > 1 ? device.PluginId : "", g.Name, dtypes)));
        }

        return found;
    }

    // Some keep files and have no generator; some keep nothing, and run nothing.
    private static bool Computes(OpenedDevice device)
    {
        if (device.Device.CodeGenerators.Count == 0)
        {
            return false;
        }

        byte[] written = [1, 2, 3, 4];
        var read = new byte[4];
        using var buffer = device.Device.Allocator.Allocate(4);
        device.Device.Allocator.CopyIn(new(buffer, 0, 4), written);
        device.Device.Allocator.CopyOut(new(buffer, 0, 4), read);
        return read.AsSpan().SequenceEqual(written);
    }
}
