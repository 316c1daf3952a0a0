using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Optional interfaces that no other group is about.</summary>
internal static class FeatureCases
{
    public static IEnumerable<ConformanceCase> For(Subject subject)
    {
        if (subject.Generator is not null && subject.Device.TryGetFeature<ILaunchGraphs>() is { } graphs)
        {
            yield return new("launch graphs/order", () => GraphOrder(subject, graphs));
            yield return new("launch graphs/parts and variables", () => GraphParts(subject, graphs));
            yield return new("launch graphs/disposed while queued", () => GraphDisposed(subject, graphs));
            yield return new("launch graphs/wrong counts", () =>
            {
                using var kernel = Load(subject);
                using var graph = graphs.CreateGraph([new GraphLaunch(kernel, [new GraphOperand(0, 0, 1024)], [])], 1, 0);
                Expect.Throws(() => graph.Run([], []), "a list without its buffer", typeof(BackendException));
            });
        }
        else
        {
            yield return ConformanceCase.Skipped("launch graphs", "the device isn't ILaunchGraphs");
        }

        yield return subject.Generator is not null && subject.Device.TryGetFeature<ILaunchTiming>() is { } timing
            ? new("launch timing", () => Timing(subject, timing))
            : ConformanceCase.Skipped("launch timing", "the device isn't ILaunchTiming");
        yield return subject.Device.TryGetFeature<IFileMemory>() is { } files
            ? new("files", () => Files(subject, files))
            : ConformanceCase.Skipped("files", "the device isn't IFileMemory");
    }

    private static KernelProgram Load(Subject subject, int turns = 1) => subject.Device.Load(subject.Generator!.Generate(OpenCases.Chain(subject, turns)));

    private static void GraphOrder(Subject subject, ILaunchGraphs graphs)
    {
        using var kernel = Load(subject);
        using var other = Load(subject, 3);
        GraphOperand[] one = [new GraphOperand(0, 0, 1024)], two = [new GraphOperand(1, 0, 1024)];
        using var graph = graphs.CreateGraph([new(kernel, one, []), new(other, one, []), new(kernel, two, []), new(kernel, one, [])], 2, 0);
        using var first = subject.Allocate(new byte[1024]);
        using var second = subject.Allocate(new byte[1024]);
        for (var i = 0; i < 10; i++)
        {
            // Other buffers each time.
            graph.Run(i % 2 == 0 ? [Subject.Whole(first), Subject.Whole(second)] : [Subject.Whole(second), Subject.Whole(first)], []);
        }

        foreach (var buffer in new[] { first, second })
        {
            Expect.Same(subject.Read(buffer), Elements.ToBytes(Enumerable.Repeat(OpenCases.Chained(0, 5 * 5 + 5), 256).ToArray()), "a buffer of a list of launches");
        }
    }

    private static void GraphParts(Subject subject, ILaunchGraphs graphs)
    {
        var b = new ProgramBuilder(subject.Capabilities, 64);
        var at = Ir.At(b.Buffer(DType.Int32, 64), b.Item);
        var program = b.Add(Ir.Store(at, Ir.Add(Ir.Load(at), Ir.Variable("n", DType.Int32, 0, 1000)))).Build("add_n");
        using var kernel = subject.Device.Load(subject.Generator!.Generate(program));
        using var graph = graphs.CreateGraph([new(kernel, [new GraphOperand(0, 0, 256)], [1]), new(kernel, [new GraphOperand(0, 512, 256)], [0])], 1, 2);
        using var buffer = subject.Allocate(new byte[256 + 1024]);
        graph.Run([new BufferView(buffer, 256, 1024)], [5, 70]);
        graph.Run([new BufferView(buffer, 256, 1024)], [6, 80]);
        var expected = new int[320];
        Array.Fill(expected, 150, 64, 64);
        Array.Fill(expected, 11, 192, 64);
        Expect.Same(subject.Read(buffer), Elements.ToBytes(expected), "a buffer of which two launches of a list have parts");
    }

    private static void GraphDisposed(Subject subject, ILaunchGraphs graphs)
    {
        var turns = subject.IsQuick ? 100 : 20_000;
        using var kernel = Load(subject, turns);
        using var buffer = subject.Allocate(new byte[1024]);
        var graph = graphs.CreateGraph([.. Enumerable.Repeat(new GraphLaunch(kernel, [new GraphOperand(0, 0, 1024)], []), 5)], 1, 0);
        graph.Run([Subject.Whole(buffer)], []);
        graph.Dispose();
        Expect.Same(subject.Read(buffer), Elements.ToBytes(Enumerable.Repeat(OpenCases.Chained(0, 5L * turns), 256).ToArray()), "a run that was queued when its list was disposed");
    }

    private static void Timing(Subject subject, ILaunchTiming timing)
    {
        using var shorter = Load(subject, 1000);
        using var longer = Load(subject, 2_000_000);
        using var buffer = subject.Allocate(new byte[1024]);
        shorter.Launch([Subject.Whole(buffer)]);
        var brief = timing.Measure(shorter, [Subject.Whole(buffer)], []);
        var lengthy = timing.Measure(longer, [Subject.Whole(buffer)], []);
        Expect.That(brief > TimeSpan.Zero || lengthy > TimeSpan.Zero, "no time passes");
        Expect.That(lengthy > brief, $"a loop of 2,000,000 turns takes {lengthy}, one of 1,000 {brief}");
        Expect.Same(subject.Read(buffer), Elements.ToBytes(Enumerable.Repeat(OpenCases.Chained(0, 2_002_000), 256).ToArray()), "what measured launches wrote");
    }

    private static void Files(Subject subject, IFileMemory files)
    {
        var path = Path.Combine(Path.GetTempPath(), $"tenon-conformance-{Guid.NewGuid():N}");
        try
        {
            var content = Elements.Noise(10_001, seed: 8);
            using (var created = files.Create(path, content.Length))
            {
                Expect.Same(subject.Read(created), new byte[content.Length], "a new file");
                subject.Device.Allocator.CopyIn(new BufferView(created, 1, content.Length - 2), content.AsSpan(1, content.Length - 2));
            }

            (content[0], content[^1]) = (0, 0);
            Expect.Same(File.ReadAllBytes(path), content, "the file");
            using var opened = files.Open(path);
            Expect.That(opened.Bytes == content.Length, $"a file of {content.Length} bytes is opened as {opened.Bytes}");
            Expect.Same(subject.Read(opened), content, "a file that is opened");
            Expect.Throws(() => files.Open(path + ".none"), "opening a file that isn't there", typeof(BackendException));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
