using Tenon.Data;
using Tenon.State;
using static Tenon.Tests.TensorTest;

namespace Tenon.Tests;

/// <summary>Data sets, and the loader that makes batches of them on other threads.</summary>
internal sealed class DataLoaderTests
{
    private static readonly TensorDataset Numbers = new(Tensor.Arange(10), Tensor.Arange(10) * 2.0);

    [Test]
    public void BatchesComeInOrderWithTheRestAtTheEnd([Values(0, 1, 3)] int prefetch)
    {
        var loader = new DataLoader(Numbers, new(4, Prefetch: prefetch));
        Assert.That(loader.Count, Is.EqualTo(3));
        var seen = new List<double>();
        foreach (var (x, y) in loader)
        {
            Assert.That(x.IsRealized, Is.True);
            Expect(y, x * 2.0);
            seen.AddRange(x.Values());
        }

        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 10)));
        Assert.That(new DataLoader(Numbers, new(4, DropLast: true)).Count(), Is.EqualTo(2));
    }

    [Test]
    public void ShufflingIsSeededAndNewEachEpoch()
    {
        var loader = new DataLoader(Numbers, new(10, Shuffle: true, Seed: 1));
        var (first, second) = (Order(loader), Order(loader));
        Assert.That(first.Order(), Is.EqualTo(Enumerable.Range(0, 10)));
        Assert.That(second, Is.Not.EqualTo(first));
        loader.Epoch = 0;
        Assert.That(Order(loader), Is.EqualTo(first));
        Assert.That(Order(new DataLoader(Numbers, new(10, Shuffle: true, Seed: 2))), Is.Not.EqualTo(first));

        static double[] Order(DataLoader loader) => loader.Single()[0].Values();
    }

    [Test]
    public async Task AsynchronousLoopsReportProgress()
    {
        var reports = new List<DataProgress>();
        var loader = new DataLoader(Numbers, new(4, Progress: new Immediate(reports)));
        var sum = 0.0;
        await foreach (var batch in loader)
        {
            sum += batch[0].Values().Sum();
        }

        Assert.That(sum, Is.EqualTo(45));
        Assert.That(reports, Is.EqualTo(new[] { new DataProgress(0, 1, 3, 4), new(0, 2, 3, 8), new(0, 3, 3, 10) }));
    }

    [Test]
    public void ErrorsComeWhereTheirBatchWouldHave()
    {
        var loader = new DataLoader(new Broken(5), new(2, Prefetch: 4));
        using var batches = loader.GetEnumerator();
        Assert.That(batches.MoveNext() && batches.MoveNext(), Is.True);
        Assert.That(() => batches.MoveNext(), Throws.TypeOf<InvalidOperationException>().With.Message.EqualTo("sample 5"));
    }

    [Test]
    public void CancellationEndsAnEpochAndNothingRunsOn()
    {
        using var stop = new CancellationTokenSource();
        var dataset = new Broken(100);
        using (var batches = new DataLoader(dataset, new(2, Prefetch: 2)).Batches(stop.Token).GetEnumerator())
        {
            Assert.That(batches.MoveNext(), Is.True);
            stop.Cancel();
            Assert.That(() => batches.MoveNext(), Throws.InstanceOf<OperationCanceledException>());
        }

        Assert.That(dataset.Running, Is.Zero);
        Assert.That(dataset.Reads, Is.LessThanOrEqualTo(6));
    }

    [Test]
    public void NoMoreIsMadeAheadThanWanted()
    {
        var order = new Counted();
        using var batches = new DataLoader(new Broken(100), new(2, Prefetch: 3, Sampler: order)).GetEnumerator();
        for (var batch = 1; batch <= 4; batch++)
        {
            batches.MoveNext();
            Assert.That(order.Asked, Is.EqualTo(2 * (batch + 2)));
        }
    }

    [Test]
    public void DataSetsAreCutAndJoined()
    {
        var parts = Subset.RandomSplit(Numbers, 3, 7, 3);
        Assert.That(parts.Select(p => p.Count), Is.EqualTo(new[] { 7, 3 }));
        var joined = new ConcatDataset(parts[0], new Subset(Numbers, []), parts[1]);
        var all = new DataLoader(joined, new(10)).Single()[0].Values();
        Assert.That(all.Order(), Is.EqualTo(Enumerable.Range(0, 10)));
        Expect(joined[8][1], joined[8][0] * 2.0);
        Expect(parts[1].Read([2, 0])[0], [all[9], all[7]]);
        ExpectError("TEN3263", () => Subset.RandomSplit(Numbers, 3, 7, 2));
        ExpectError("TEN3262", () => _ = joined[10]);
        ExpectError("TEN3261", () => _ = new TensorDataset(Tensor.Ones(2), Tensor.Ones(3)));
    }

    [Test]
    public void SamplersAndCollatingAreReplaceable()
    {
        var sampler = new WeightedSampler([0, 1, 0, 3], 400, seed: 1);
        var order = sampler.Order(0);
        Assert.That(order.Distinct().Order(), Is.EqualTo(new[] { 1, 3 }));
        Assert.That(order.Count(i => i == 3), Is.InRange(250, 350));
        var loader = new DataLoader(Numbers, new(2, Sampler: new Reverse(), Collate: samples => new Batch(samples.Select(s => s[0]).Aggregate((a, b) => a * 10 + b))));
        Assert.That(loader.Select(b => b[0].Item<int>()), Is.EqualTo(new[] { 98, 76 }));
        ExpectError("TEN3264", () => _ = new WeightedSampler([0, 0], 1));
        ExpectError("TEN3265", () => _ = new DataLoader(Numbers, new(0)));
        ExpectError("TEN3260", () => (_, _, _) = Numbers[0]);
    }

    [Test]
    public void PicturesAreNormalisedByChannel()
    {
        var dataset = new ImageDataset([0, 255, 51, 102, 255, 0, 0, 0], [7, 9], 2, 1, 2);
        Expect(dataset[0][0], [0, 1, 0.2, 0.4], shape: [2, 1, 2]);
        Assert.That(dataset[1][1].Item<int>(), Is.EqualTo(9));
        var (images, labels) = dataset.Normalised([0.5f, 0.2f], [0.5f]).Read([1, 0]);
        Expect(images, [1, -1, -0.4, -0.4, -1, 1, 0, 0.4], shape: [2, 2, 1, 2]);
        Expect(labels, [9, 7]);
        ExpectError("TEN3261", () => _ = new ImageDataset(new byte[3], new byte[2], 1, 1, 2));
        ExpectError("TEN3262", () => dataset.Read([2]));
    }

    [Test]
    public void CifarIsReadAndItsFaultsFound()
    {
        var folder = Directory.CreateTempSubdirectory("cifar").FullName;
        try
        {
            ExpectError("TEN3266", () => Cifar.ReadTest10(folder));
            Write("test_batch.bin", Row(4, 10), Row(9, 20));
            var dataset = Cifar.ReadTest10(folder);
            Assert.That(dataset.Labels.ToArray(), Is.EqualTo(new byte[] { 4, 9 }));
            Assert.That(dataset.Read([1])[0].Shape.ToSizes().Select(s => s.Value), Is.EqualTo(new[] { 1, 3, 32, 32 }));
            Expect(dataset.Read([1])[0].Max(), [20 / 255.0]);
            Write("train.bin", [3, .. Row(99, 1)]);
            Assert.That(Cifar.ReadTraining100(folder).Labels[0], Is.EqualTo(99));
            Assert.That(Cifar.ReadTraining100(folder, coarse: true).Labels[0], Is.EqualTo(3));
            Write("test_batch.bin", Row(10, 0));
            Assert.That(Assert.Throws<TenonFormatException>(() => Cifar.ReadTest10(folder))!.Code, Is.EqualTo("TEN3269"));
            Write("test_batch.bin", Row(1, 0)[..^1]);
            Assert.That(Assert.Throws<TenonFormatException>(() => Cifar.ReadTest10(folder))!.Code, Is.EqualTo("TEN3268"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Write(string name, params byte[][] rows) => File.WriteAllBytes(Path.Combine(folder, name), [.. rows.SelectMany(r => r)]);
        static byte[] Row(byte label, byte pixel) => [label, .. Enumerable.Repeat(pixel, 3072)];
    }

    private sealed class Immediate(List<DataProgress> reports) : IProgress<DataProgress>
    {
        public void Report(DataProgress value) => reports.Add(value);
    }

    private sealed class Reverse : ISampler
    {
        public int Count => 4;

        public IReadOnlyList<int> Order(int epoch) => [9, 8, 7, 6];
    }

    // Counts the places that were asked for: the loader asks before it makes a batch.
    private sealed class Counted : ISampler, IReadOnlyList<int>
    {
        public int Asked { get; private set; }

        public int Count => 100;

        public int this[int index]
        {
            get
            {
                Asked++;
                return index;
            }
        }

        public IReadOnlyList<int> Order(int epoch) => this;

        public IEnumerator<int> GetEnumerator() => Enumerable.Range(0, Count).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    // Fails at one sample; counts what it is asked for.
    private sealed class Broken(int at) : IDataset
    {
        private int _reads;
        private int _running;

        public int Count => 100;

        public int Reads => _reads;

        public int Running => _running;

        public Batch this[int index]
        {
            get
            {
                Interlocked.Increment(ref _running);
                try
                {
                    Interlocked.Increment(ref _reads);
                    return index != at ? new Batch(Tensor.Ones(1)) : throw new InvalidOperationException($"sample {index}");
                }
                finally
                {
                    Interlocked.Decrement(ref _running);
                }
            }
        }
    }
}
