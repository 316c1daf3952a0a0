using System.Collections.Concurrent;
using Tenon.Core;
using Tenon.Core.Backend;

namespace Tenon.Sdk.Conformance;

/// <summary>Work is done in the order in which it is queued, and by several threads at once.</summary>
internal static class QueueCases
{
    private const int Threads = 6;

    public static IEnumerable<ConformanceCase> For(Subject subject)
    {
        yield return new("copies from several threads", () => InThreads(t => CopyAround(subject, t)));
        if (subject.Generator is null)
        {
            yield return ConformanceCase.Skipped("launches", "the device has no code generator");
            yield break;
        }

        yield return new("launches in order", () => InOrder(subject));
        yield return new("copies between launches", () => CopiesBetween(subject));
        yield return new("a buffer freed after its launch", () => Freed(subject));
        yield return new("a program disposed after its launch", () => ProgramDisposed(subject));
        yield return new("the same program from several threads", () => SameProgram(subject));
        yield return new("compile and load in several threads", () => InThreads(t => CompileAndRun(subject, t)));
        yield return new("everything at once", () => InThreads(t => Mixed(subject, t)));
        yield return new("wrong launches", () => WrongLaunches(subject));
    }

    private static void InThreads(Action<int> work)
    {
        var failures = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            try
            {
                work(t);
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Expect.That(failures.IsEmpty, failures.TryPeek(out var first) ? $"in one of {Threads} threads: {first.Message}" : "");
    }

    private static void CopyAround(Subject subject, int thread)
    {
        for (var i = 0; i < 40; i++)
        {
            var content = Elements.Noise(1 + (i * 977 + thread * 131) % 20_000, thread * 1000 + i);
            using var buffer = subject.Allocate(content);
            Expect.Same(subject.Read(buffer), content, $"thread {thread}'s copy {i}");
        }
    }

    private static void InOrder(Subject subject)
    {
        var b = new ProgramBuilder(subject.Capabilities, 256);
        var at = Ir.At(b.Buffer(DType.Int32, 256), b.Item);
        using var flip = subject.Device.Load(subject.Generator!.Generate(b.Add(Ir.Store(at, UOp.Alu(Ops.Xor, Ir.Load(at), Ir.Int(0x5555)))).Build("flip")));
        using var kernel = Load(subject, 1);
        using var buffer = subject.Allocate(new byte[1024]);
        var expected = 0;
        for (var i = 0; i < 101; i++)
        {
            // In another order the result is another, also from the last to the first.
            (i % 3 == 0 ? flip : kernel).Launch([Subject.Whole(buffer)]);
            expected = i % 3 == 0 ? expected ^ 0x5555 : OpenCases.Chained(expected, 1);
        }

        Check(subject, buffer, expected, "101 launches on one buffer");
    }

    private static void CopiesBetween(Subject subject)
    {
        var turns = Turns(subject, 20_000);
        // A copy to the device may not overtake the launches that read what was there before, nor one to the host those that write.
        using var kernel = Load(subject, turns);
        using var buffer = subject.Device.Allocator.Allocate(1024);
        for (var i = 0; i < 20; i++)
        {
            subject.Device.Allocator.CopyIn(Subject.Whole(buffer), Elements.ToBytes(Enumerable.Repeat(i, 256).ToArray()));
            kernel.Launch([Subject.Whole(buffer)]);
            Check(subject, buffer, OpenCases.Chained(i, turns), $"copy, launch, copy, time {i}");
        }
    }

    private static void Freed(Subject subject)
    {
        var turns = Turns(subject, 5_000);
        using var kernel = Load(subject, turns);
        for (var i = 0; i < 10; i++)
        {
            var buffer = subject.Allocate(Elements.ToBytes(Enumerable.Repeat(i, 256).ToArray()));
            kernel.Launch([Subject.Whole(buffer)]);
            subject.Device.Synchronize();
            Check(subject, buffer, OpenCases.Chained(i, turns), "a buffer that is freed next");
            buffer.Dispose();
        }
    }

    private static void ProgramDisposed(Subject subject)
    {
        using var buffer = subject.Allocate(new byte[1024]);
        for (var i = 0; i < 10; i++)
        {
            var kernel = Load(subject, 100);
            kernel.Launch([Subject.Whole(buffer)]);
            subject.Device.Synchronize();
            kernel.Dispose();
        }

        Check(subject, buffer, OpenCases.Chained(0, 1_000), "what programs wrote that are disposed");
    }

    private static void SameProgram(Subject subject)
    {
        using var kernel = Load(subject, 10);
        InThreads(t =>
        {
            using var buffer = subject.Allocate(Elements.ToBytes(Enumerable.Repeat(t, 256).ToArray()));
            for (var i = 0; i < 50; i++)
            {
                kernel.Launch([Subject.Whole(buffer)]);
            }

            Check(subject, buffer, OpenCases.Chained(t, 500), $"thread {t}'s buffer");
        });
    }

    private static void CompileAndRun(Subject subject, int thread)
    {
        for (var i = 0; i < 4; i++)
        {
            var turns = 1 + thread * 10 + i;
            using var kernel = Load(subject, turns);
            using var buffer = subject.Allocate(new byte[1024]);
            kernel.Launch([Subject.Whole(buffer)]);
            Check(subject, buffer, OpenCases.Chained(0, turns), $"thread {thread}'s program {i}");
        }
    }

    private static void Mixed(Subject subject, int thread)
    {
        var random = new Random(thread);
        using var kernel = Load(subject, 5 + thread);
        for (var i = 0; i < 12; i++)
        {
            var start = random.Next();
            using var buffer = subject.Allocate(Elements.ToBytes(Enumerable.Repeat(start, 256).ToArray()));
            using var other = subject.Allocate(Elements.Noise(random.Next(1, 5000), i));
            var turns = 0;
            for (var n = random.Next(1, 6); n > 0; n--)
            {
                kernel.Launch([Subject.Whole(buffer)]);
                turns += 5 + thread;
                if (random.Next(4) == 0)
                {
                    subject.Device.Synchronize();
                }
            }

            Check(subject, buffer, OpenCases.Chained(start, turns), $"thread {thread}'s buffer, time {i}");
        }
    }

    private static void WrongLaunches(Subject subject)
    {
        using var kernel = Load(subject, 1);
        var buffer = subject.Allocate(new byte[1024]);
        Expect.Throws(() => kernel.Launch([]), "a launch without its buffer", typeof(BackendException));
        Expect.Throws(() => kernel.Launch([Subject.Whole(buffer), Subject.Whole(buffer)]), "a launch with a buffer too many", typeof(BackendException));
        Expect.Throws(() => kernel.Launch([Subject.Whole(buffer)], [1]), "a launch with a variable too many", typeof(BackendException));
        buffer.Dispose();
        Expect.Throws(() => kernel.Launch([Subject.Whole(buffer)]), "a launch with a buffer that is freed", typeof(ObjectDisposedException));
    }

    // Long enough that what is queued behind would be seen to overtake, where the device computes fast.
    private static int Turns(Subject subject, int most) => subject.IsQuick ? most / 100 : most;

    private static KernelProgram Load(Subject subject, int turns) => subject.Device.Load(subject.Generator!.Generate(OpenCases.Chain(subject, turns)));

    private static void Check(Subject subject, DeviceBuffer buffer, int expected, string what) =>
        Expect.Same(subject.Read(buffer), Elements.ToBytes(Enumerable.Repeat(expected, 256).ToArray()), what);
}
