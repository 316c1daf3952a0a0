namespace Tenon.Plugins.Cpu.Tests;

public class WorkSharesTests
{
    [TestCase(1, 1, 1)]
    [TestCase(3, 2, 1)]
    [TestCase(4, 4, 1)]
    [TestCase(1000, 3, 7)]
    [TestCase(5, 8, 1)]
    public void OneThreadTakesEverythingOnceItsOwnShareFirst(long size, int threads, long least)
    {
        var shares = new WorkShares();
        for (var thread = 0; thread < threads; thread++)
        {
            shares.Divide(size, threads, least);
            var taken = new int[size];
            var first = true;
            while (shares.TryTake(thread, out var begin, out var end))
            {
                if (first && size >= threads)
                {
                    Assert.That(begin, Is.EqualTo(size * thread / threads).Within(1));
                }

                first = false;
                for (var i = begin; i < end; i++)
                {
                    taken[i]++;
                }
            }

            Assert.That(taken, Is.All.EqualTo(1));
        }
    }

    [Test]
    public void PiecesHalveDownToTheLeast()
    {
        var shares = new WorkShares();
        shares.Divide(64, 2, 4);
        var sizes = new List<long>();
        while (shares.TryTake(0, out var begin, out var end) && begin < 32)
        {
            sizes.Add(end - begin);
        }

        Assert.That(sizes, Is.EqualTo(new[] { 16, 8, 4, 4 }));
    }

    [Test]
    public void LargeSizesDoNotOverflow()
    {
        var shares = new WorkShares();
        shares.Divide(long.MaxValue - 1, 3, 1);
        Assert.That(shares.TryTake(2, out var begin, out _) && begin is > 6_100_000_000_000_000_000 and < 6_200_000_000_000_000_000);
    }

    [Test]
    public void ThreadsTakeEachItemOnce()
    {
        const int Size = 20_000;
        var shares = new WorkShares();
        for (var round = 0; round < 20; round++)
        {
            var taken = new int[Size];
            shares.Divide(Size, 4, 3);
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
            {
                while (shares.TryTake(thread, out var begin, out var end))
                {
                    for (var i = begin; i < end; i++)
                    {
                        Interlocked.Increment(ref taken[i]);
                    }
                }
            });
            Assert.That(taken, Is.All.EqualTo(1));
        }
    }
}
