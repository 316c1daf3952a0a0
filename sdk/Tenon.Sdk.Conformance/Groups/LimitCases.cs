using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>What is claimed at most must work. One more gives an error with a code, or the right result; never a wrong one.</summary>
internal static class LimitCases
{
    private const int MostBuffers = 200;
    private const long MostItems = 1 << 22;
    private const long MostLocalBytes = 1 << 20;

    public static IEnumerable<ConformanceCase> For(Subject subject) => [.. Buffers(subject), .. Items(subject), .. Groups(subject), .. LocalBytes(subject)];

    private static IEnumerable<ConformanceCase> Buffers(Subject subject)
    {
        var most = subject.Capabilities.MaxBuffers;
        if (most > MostBuffers)
        {
            yield return Case("buffers/40", () => Sum(subject, 40));
            yield return ConformanceCase.Skipped("buffers/one more", $"MaxBuffers is {most}");
            yield break;
        }

        yield return Case($"buffers/{most}", () => Sum(subject, most));
        yield return Beyond($"buffers/one more than {most}", () => Sum(subject, most + 1));
    }

    private static void Sum(Subject subject, int buffers)
    {
        var b = new ProgramBuilder(subject.Capabilities, 8);
        UOp[] parameters = [.. Enumerable.Range(0, buffers).Select(_ => b.Buffer(DType.Int32, 8))];
        var sum = parameters[1..].Select(p => Ir.Load(Ir.At(p, b.Item))).Aggregate(Ir.Add);
        b.Add(Ir.Store(Ir.At(parameters[0], b.Item), sum));
        ProgramCase.Check(subject, $"sum_of_{buffers}", b, [.. Enumerable.Range(0, buffers).Select(i => Elements.ToBytes(Enumerable.Range(i * 10, 8).ToArray()))]);
    }

    private static IEnumerable<ConformanceCase> Items(Subject subject)
    {
        foreach (var count in new[] { 65_535L, 65_536, 65_537, 1 << 20 })
        {
            yield return subject.Capabilities.Workgroups is { } w && ProgramBuilder.Split(subject.Capabilities, count).Groups > w.MaxGroups.X
                ? ConformanceCase.Skipped($"items/{count}", $"MaxGroups is {w.MaxGroups}")
                : Case($"items/{count}", () => Count(subject, new ProgramBuilder(subject.Capabilities, count)));
        }
    }

    private static IEnumerable<ConformanceCase> Groups(Subject subject)
    {
        if (subject.Capabilities.Workgroups is not { } w)
        {
            yield return ConformanceCase.Skipped("groups", "the device has no Workgroups");
            yield break;
        }

        foreach (var (name, limit, at) in new (string, long, Func<long, GridSize>)[]
        {
            ("lanes along x", Math.Min(w.MaxLanes.X, w.MaxLanesPerGroup), n => new GridSize(n)),
            ("lanes along y", Math.Min(w.MaxLanes.Y, w.MaxLanesPerGroup), n => new GridSize(1, n)),
            ("lanes along z", Math.Min(w.MaxLanes.Z, w.MaxLanesPerGroup), n => new GridSize(1, 1, n)),
        })
        {
            yield return Case($"{name}/{limit}", () => Count(subject, new ProgramBuilder(subject.Capabilities, new GridSize(3), at(limit))));
            yield return Beyond($"{name}/one more than {limit}", () => Count(subject, new ProgramBuilder(subject.Capabilities, new GridSize(3), at(limit + 1))));
        }

        foreach (var (name, limit, at) in new (string, long, Func<long, GridSize>)[]
        {
            ("groups along x", w.MaxGroups.X, n => new GridSize(n)),
            ("groups along y", w.MaxGroups.Y, n => new GridSize(1, n)),
            ("groups along z", w.MaxGroups.Z, n => new GridSize(1, 1, n)),
        })
        {
            if (limit >= MostItems)
            {
                yield return ConformanceCase.Skipped(name, $"{limit} are too many to try");
                continue;
            }

            yield return Case($"{name}/{limit}", () => Count(subject, new ProgramBuilder(subject.Capabilities, at(limit), new GridSize(1))));
            yield return Beyond($"{name}/one more than {limit}", () => Count(subject, new ProgramBuilder(subject.Capabilities, at(limit + 1), new GridSize(1))));
        }
    }

    // Too many for the reference, and simple enough without.
    private static void Count(Subject subject, ProgramBuilder b)
    {
        var count = (int)(b.Groups.Count * b.Lanes.Count);
        var at = Ir.At(b.Buffer(DType.Int32, count), b.Item);
        var program = b.Add(Ir.Store(at, Ir.Add(Ir.Load(at), Ir.Add(b.Item, Ir.Int(1))))).Build("count");
        Expect.Same(subject.Run(program, [new byte[count * 4]])![0], Elements.ToBytes(Enumerable.Range(1, count).ToArray()), $"{b.Groups} groups of {b.Lanes} lanes, of which each writes its number and 1");
    }

    private static IEnumerable<ConformanceCase> LocalBytes(Subject subject)
    {
        var claimed = subject.Capabilities.LocalBytes;
        if (claimed < 64 || !subject.Target.ExtraOps.Contains(Ops.Local))
        {
            yield return ConformanceCase.Skipped("local bytes", "the device has none");
            yield break;
        }

        var most = Math.Min(claimed, MostLocalBytes);
        yield return Case($"local bytes/{most}", () => Fill(subject, most));
        yield return claimed > MostLocalBytes
            ? ConformanceCase.Skipped("local bytes/one more", $"LocalBytes is {claimed}")
            : Beyond($"local bytes/64 more than {most}", () => Fill(subject, most + 64));
    }

    private static void Fill(Subject subject, long bytes)
    {
        var b = new ProgramBuilder(subject.Capabilities, new GridSize(3), new GridSize(1));
        var (y, size) = (b.Buffer(DType.Int32, 3), bytes / 4);
        var (array, sum) = (Ir.Local(DType.Int32, 0, size), Ir.Accumulator(Ir.Int(0), 0));
        var (write, read) = (Ir.Range(Ir.Int(size), 0), Ir.Range(Ir.Int(size), 1));
        b.Add(array, write, Ir.Store(Ir.At(array, write), Ir.Add(write, b.Item)), Ir.End(write));
        b.Add(sum, read, Ir.Assign(sum, Ir.Add(Ir.Mul(sum, Ir.Int(3)), Ir.Load(Ir.At(array, read)))), Ir.End(read), Ir.Store(Ir.At(y, b.Item), sum));
        ProgramCase.Check(subject, $"fill_{bytes}", b, [new byte[12]]);
    }

    private static ConformanceCase Case(string name, Action run) => new(name, run);

    private static ConformanceCase Beyond(string name, Action run) => new(name, () =>
    {
        try
        {
            run();
        }
        catch (TenonException)
        {
            // Said clearly, so that nobody relies on it.
        }
    });
}
