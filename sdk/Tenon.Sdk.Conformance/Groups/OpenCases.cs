using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>What a device says of itself, and how it opens and closes.</summary>
internal static class OpenCases
{
    private const int Repetitions = 5;

    public static IEnumerable<ConformanceCase> For(Subject subject)
    {
        ConformanceCase[] always =
        [
            new("listed again", () => ListedAgain(subject)),
            new("capabilities stay", () => CapabilitiesStay(subject)),
            new("capabilities make sense", () => CapabilitiesMakeSense(subject)),
            new("an unknown feature", () => Expect.That(subject.Device.TryGetFeature<IDisposable>() is null or Device, "TryGetFeature gives an object for an interface that is no feature")),
            subject.IfRun(new("open twice at once", () => OpenTwice(subject))),
            new("open and close in turn", () => OpenInTurn(subject)),
            new("close twice", () => CloseTwice(subject)),
        ];
        return subject.Generator is null
            ? [.. always, ConformanceCase.Skipped("generators", "the device has no code generator")]
            :
            [
                .. always,
                new("targets make sense", () => subject.Device.CodeGenerators.ToList().ForEach(g => CheckTarget(subject, g))),
                new("render", () => Expect.That(!string.IsNullOrWhiteSpace(subject.Generator.Render(Chain(subject, 1))), "Render gives no text")),
                new("close with queued work", () => CloseWithQueuedWork(subject)),
                subject.IfRun(new("a damaged kernel", () => LoadDamaged(subject))),
                new("after close", () => AfterClose(subject)),
            ];
    }

    /// <summary>x = x · 3 + 1, so many times in one launch.</summary>
    public static LinearProgram Chain(Subject subject, int turns)
    {
        var b = new ProgramBuilder(subject.Capabilities, 256);
        var at = Ir.At(b.Buffer(DType.Int32, 256), b.Item);
        var (value, loop) = (Ir.Accumulator(Ir.Load(at), 0), Ir.Range(Ir.Int(turns), 0));
        return b.Add(value, loop, Ir.Assign(value, Ir.Add(Ir.Mul(value, Ir.Int(3)), Ir.Int(1))), Ir.End(loop), Ir.Store(at, value)).Build($"chain_{turns}");
    }

    /// <summary>What <see cref="Chain"/> makes of a number.</summary>
    public static int Chained(int value, long turns)
    {
        for (long i = 0; i < turns; i++)
        {
            value = unchecked(value * 3 + 1);
        }

        return value;
    }

    private static void ListedAgain(Subject subject)
    {
        using var again = subject.OpenAgain();
        string[] Names(Runtime.TenonRuntime runtime) => [.. runtime.Devices.Names];
        var (first, second) = (Names(subject.Runtime), Names(again));
        Expect.That(first.SequenceEqual(second), $"it lists {string.Join(", ", second)} where it listed {string.Join(", ", first)}");
    }

    private static void CapabilitiesStay(Subject subject)
    {
        var (first, second) = (subject.Capabilities, subject.Device.Capabilities);
        Expect.That(first.DTypes.OrderBy(d => d.Key.Id).SequenceEqual(second.DTypes.OrderBy(d => d.Key.Id)) && first.MaxBuffers == second.MaxBuffers && first.MaxBufferBytes == second.MaxBufferBytes && first.Workgroups == second.Workgroups && first.Alignment == second.Alignment, "Capabilities differ when they are asked for again");
        var (one, other) = (subject.Device.CodeGenerators.Select(g => g.Name), subject.Device.CodeGenerators.Select(g => g.Name));
        Expect.That(one.SequenceEqual(other), "CodeGenerators differ when they are asked for again");
    }

    private static void CapabilitiesMakeSense(Subject subject)
    {
        var c = subject.Capabilities;
        Expect.That(c.Alignment > 0 && (c.Alignment & (c.Alignment - 1)) == 0, $"Alignment is {c.Alignment}, not a power of 2");
        Expect.That(c.Parallelism >= 1, $"Parallelism is {c.Parallelism}");
        Expect.That(c.MaxBuffers >= 3, $"MaxBuffers is {c.MaxBuffers}: too few for x + y");
        Expect.That(c.MaxBufferBytes >= 1 << 20, $"MaxBufferBytes is {c.MaxBufferBytes}");
        Expect.That(c.LocalBytes >= 0 && c.L1CacheBytes >= 0 && c.L2CacheBytes >= 0 && c.L3CacheBytes >= 0, "a size in Capabilities is negative");
        Expect.That(c.DTypes.Count > 0, "no dtype can be stored");
        Expect.That(c.DTypes.Keys.All(d => !d.IsVector && d.IsNative), "DTypes lists what is no scalar dtype of the contract");
        if (c.Workgroups is { } w)
        {
            Expect.That(w.MaxGroups is { X: >= 1, Y: >= 1, Z: >= 1 } && w.MaxLanes is { X: >= 1, Y: >= 1, Z: >= 1 } && w.MaxLanesPerGroup >= 1 && w.PreferredLanes >= 1, $"a limit of Workgroups is below 1: {w}");
            Expect.That(w.SubgroupSize >= 0 && (w.SubgroupSize & (w.SubgroupSize - 1)) == 0, $"SubgroupSize is {w.SubgroupSize}, not a power of 2");
            Expect.That(w.MaxLanes.Count >= w.MaxLanesPerGroup, $"MaxLanesPerGroup is {w.MaxLanesPerGroup}, but MaxLanes are {w.MaxLanes}");
        }
    }

    private static void CheckTarget(Subject subject, CodeGenerator generator)
    {
        var t = generator.Target;
        Expect.That(generator.Name.Length > 0 && t.Fingerprint.Length > 0, "a generator has no name, or its target no fingerprint");
        Expect.That(subject.Device.CodeGenerators.Count(g => g.Name == generator.Name) == 1, $"two generators are called {generator.Name}");
        Expect.That(t.VectorBytes == 0 || (t.VectorBytes >= 16 && (t.VectorBytes & (t.VectorBytes - 1)) == 0), $"{generator.Name}: VectorBytes is {t.VectorBytes}; expected 0, or a power of 2 from 16 on");
        Expect.That(t.VectorRegisters > 0, $"{generator.Name}: VectorRegisters is {t.VectorRegisters}");
        Expect.That(t.DTypes.Keys.All(d => !d.IsVector && d.IsNative), $"{generator.Name}: DTypes lists what is no scalar dtype of the contract");
        foreach (var needed in new[] { DType.Float32, DType.Int32, DType.Bool })
        {
            Expect.That(t.DTypes.GetValueOrDefault(needed).HasFlag(DTypeSupport.Arithmetic), $"{generator.Name}: no arithmetic of {needed}, which every target must have");
        }

        foreach (var (dtype, support) in t.DTypes)
        {
            Expect.That(!support.HasFlag(DTypeSupport.Vector) || t.VectorBytes > 0, $"{generator.Name}: vectors of {dtype}, but VectorBytes is 0");
            Expect.That(!support.HasFlag(DTypeSupport.Vector) || support.HasFlag(DTypeSupport.Arithmetic), $"{generator.Name}: vectors of {dtype} without arithmetic");
            Expect.That(!support.HasFlag(DTypeSupport.MaskedLoad) || support.HasFlag(DTypeSupport.Vector), $"{generator.Name}: masked loads of {dtype} without vectors");
        }

        Expect.That(!t.ExtraOps.Contains(Ops.Barrier) || subject.Capabilities.Workgroups is not null, $"{generator.Name} lists Barrier, but the device has no Workgroups");
        Expect.That(!t.ExtraOps.Contains(Ops.LaneXor) || subject.Capabilities.Workgroups is not null, $"{generator.Name} lists LaneXor, but the device has no Workgroups");
    }

    private static void OpenTwice(Subject subject)
    {
        using var runtime = subject.OpenAgain();
        var other = runtime.Devices.Open(subject.Opened.Name).Device;
        byte[] content = [1, 2, 3, 4, 5];
        using (var mine = subject.Allocate(content))
        {
            using var theirs = other.Allocator.Allocate(5);
            other.Allocator.CopyIn(Subject.Whole(theirs), [9, 8, 7, 6, 5]);
            Expect.Same(subject.Read(mine), content, "the memory of the first of two open devices");
        }

        runtime.Dispose();
        using var after = subject.Allocate(content);
        Expect.Same(subject.Read(after), content, "memory after another device of the plugin was closed");
    }

    private static void OpenInTurn(Subject subject)
    {
        for (var i = 0; i < Repetitions; i++)
        {
            using var runtime = subject.OpenAgain();
            var device = runtime.Devices.Open(subject.Opened.Name).Device;
            using var buffer = device.Allocator.Allocate(1000);
            device.Allocator.CopyIn(Subject.Whole(buffer), Elements.Noise(1000, i));
            device.Synchronize();
        }
    }

    private static void CloseTwice(Subject subject)
    {
        using var runtime = subject.OpenAgain();
        var device = runtime.Devices.Open(subject.Opened.Name).Device;
        device.Synchronize();
        runtime.Dispose();
        device.Dispose();
    }

    private static void CloseWithQueuedWork(Subject subject)
    {
        for (var i = 0; i < Repetitions; i++)
        {
            using var runtime = subject.OpenAgain();
            var device = runtime.Devices.Open(subject.Opened.Name).Device;
            var buffer = device.Allocator.Allocate(1024);
            device.Allocator.CopyIn(Subject.Whole(buffer), new byte[1024]);
            var kernel = device.Load(device.CodeGenerators[0].Generate(Chain(subject, subject.IsQuick ? 300 : 100_000)));
            for (var n = 0; n < 8; n++)
            {
                kernel.Launch([Subject.Whole(buffer)]);
            }

            // Closing waits for the work; what it used is given back afterwards.
            runtime.Dispose();
            kernel.Dispose();
            buffer.Dispose();
        }
    }

    private static void LoadDamaged(Subject subject)
    {
        var good = subject.Generator!.Generate(Chain(subject, 2));
        var damaged = new CompiledKernel
        {
            Name = good.Name,
            Generator = good.Generator,
            Binary = Elements.Noise(good.Binary.Length / 2 + 1, seed: 3),
            GlobalSize = good.GlobalSize,
            Groups = good.Groups,
            Lanes = good.Lanes,
            BufferCount = good.BufferCount,
            VariableCount = good.VariableCount,
        };
        Expect.Throws(() => subject.Device.Load(damaged).Dispose(), "loading a kernel whose bytes are damaged", typeof(TenonException));
        using var kernel = subject.Device.Load(good);
        Expect.Same(subject.Run(kernel, [new byte[1024]])[0], Elements.ToBytes(Enumerable.Repeat(Chained(0, 2), 256).ToArray()), "a kernel after a damaged one");
    }

    private static void AfterClose(Subject subject)
    {
        using var runtime = subject.OpenAgain();
        var device = runtime.Devices.Open(subject.Opened.Name).Device;
        var compiled = device.CodeGenerators[0].Generate(Chain(subject, 2));
        runtime.Dispose();
        Expect.Throws(() => device.Load(compiled), "loading a kernel on a closed device", typeof(ObjectDisposedException), typeof(TenonException));
    }
}
